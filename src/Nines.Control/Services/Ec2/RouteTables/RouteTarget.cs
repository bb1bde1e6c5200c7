using Nines.Control.Services.Ec2.Addresses;
using Nines.Control.Services.Ec2.InternetGateways;
using Nines.Control.Services.Ec2.NatGateways;
using Nines.Control.Services.Ec2.Query;
using Nines.Control.Services.Ec2.VpcPeerings;
using Nines.Control.Store;
using Nines.Wire;

namespace Nines.Control.Services.Ec2.RouteTables;

/// <summary>What a request says that a route leads to: an internet gateway, a NAT gateway or a peering.</summary>
internal sealed record RouteTarget(string? GatewayId, string? NatGatewayId, string? PeeringId)
{
    /// <summary>The one target among all that a request may name.</summary>
    /// <exception cref="AwsException"><c>InvalidParameterCombination</c>, <c>UnsupportedOperation</c>.</exception>
    public static RouteTarget Parse(string? gatewayId, string? natGatewayId, string? peeringId, params IReadOnlyList<string?> others)
    {
        if (others.Concat([gatewayId, natGatewayId, peeringId]).Count(target => target is not null) != 1)
        {
            throw RouteTableErrors.OneTarget();
        }

        return (gatewayId ?? natGatewayId ?? peeringId) is not null
            ? new RouteTarget(gatewayId, natGatewayId, peeringId)
            : throw Ec2Errors.Unsupported("Routes of this cloud lead to an internet gateway, to a NAT gateway or to a VPC peering connection.");
    }

    /// <summary>The target, which exists in the table's network.</summary>
    /// <exception cref="AwsException"><c>InvalidGatewayID.NotFound</c>, <c>InvalidNatGatewayID.NotFound</c>, <c>InvalidVpcPeeringConnectionID.NotFound</c>, <c>InvalidParameterValue</c>.</exception>
    public RouteTarget Find(CloudTransaction transaction, RouteTable table)
    {
        if (NatGatewayId is { } nat)
        {
            var found = ResourceId.IsWellFormed(ResourceKind.NatGateway, nat) ? transaction.Find(NatGateway.Table, table.AccountId, nat) : null;
            return found?.VpcId is not { } vpcId ? throw RouteTableErrors.NatGatewayNotFound(nat)
                : vpcId == table.VpcId ? this
                : throw RouteTableErrors.OtherNetwork(table.Id, "NAT gateway", nat);
        }

        if (PeeringId is { } peeringId)
        {
            var id = ResourceId.Parse<VpcPeeringId>(peeringId).Value;
            var peering = transaction.By(VpcPeering.ById, id).FirstOrDefault(peering => peering.IsOf(table.AccountId) && !peering.IsOver);
            return peering is null ? throw Ec2Errors.NotFound(ResourceKind.VpcPeering, id)
                : peering.VpcIds.Contains(table.VpcId) ? this
                : throw RouteTableErrors.OtherNetwork(table.Id, "VPC peering connection", id);
        }

        if (!ResourceId.IsWellFormed(ResourceKind.InternetGateway, GatewayId!)
            || transaction.Find(InternetGateway.Table, table.AccountId, GatewayId!) is not { } gateway)
        {
            throw RouteTableErrors.GatewayNotFound(GatewayId!);
        }

        return gateway.VpcId == table.VpcId ? this : throw RouteTableErrors.OtherNetwork(table.Id, "network gateway", gateway.Id);
    }

    /// <summary>Whether a route leads here.</summary>
    public bool IsSame(Route route) => route.GatewayId == GatewayId && route.NatGatewayId == NatGatewayId && route.VpcPeeringConnectionId == PeeringId;

    /// <summary>The route.</summary>
    public Route To(Ipv4Block destination) =>
        new() { DestinationCidrBlock = destination.ToString(), GatewayId = GatewayId, NatGatewayId = NatGatewayId, VpcPeeringConnectionId = PeeringId, Origin = Route.Created };
}
