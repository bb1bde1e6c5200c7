using Nines.Control.Services.Ec2.InternetGateways;
using Nines.Control.Services.Ec2.NatGateways;
using Nines.Control.Services.Ec2.VpcPeerings;
using Nines.Control.Store;

namespace Nines.Control.Services.Ec2.RouteTables;

/// <summary>A route table with what an answer adds to its record: whether the routes' targets are there.</summary>
internal sealed record RouteTableView(RouteTable Table, Cloud Cloud)
{
    /// <summary><c>active</c>, or <c>blackhole</c> when the target is gone or is not the VPC's any more.</summary>
    public string StateOf(Route route) => IsActive(Cloud, Table, route) ? "active" : "blackhole";

    /// <summary>Whether what a route leads to takes packets.</summary>
    public static bool IsActive(Cloud cloud, RouteTable table, Route route) => route switch
    {
        { IsInternet: true } => cloud.Find(InternetGateway.Table, table.AccountId, route.GatewayId!)?.VpcId == table.VpcId,
        { NatGatewayId: { } id } => cloud.Find(NatGateway.Table, table.AccountId, id) is not null,
        { VpcPeeringConnectionId: { } id } => cloud.By(VpcPeering.ById, id).Any(peering => peering.IsActive && peering.VpcIds.Contains(table.VpcId)),
        _ => true,
    };
}
