using Nines.Control.Services.Ec2.Addresses;
using Nines.Control.Services.Ec2.InternetGateways;
using Nines.Control.Services.Ec2.NatGateways;
using Nines.Control.Services.Ec2.Query;
using Nines.Control.Store;
using Nines.Wire;

namespace Nines.Control.Services.Ec2.RouteTables;

/// <summary>What a request says that a route leads to: an internet gateway or a NAT gateway.</summary>
internal sealed record RouteTarget(string? GatewayId, string? NatGatewayId)
{
    /// <summary>The one target among all that a request may name.</summary>
    /// <exception cref="AwsException"><c>InvalidParameterCombination</c>, <c>UnsupportedOperation</c>.</exception>
    public static RouteTarget Parse(string? gatewayId, string? natGatewayId, params IReadOnlyList<string?> others)
    {
        if (others.Concat([gatewayId, natGatewayId]).Count(target => target is not null) != 1)
        {
            throw RouteTableErrors.OneTarget();
        }

        return (gatewayId ?? natGatewayId) is not null
            ? new RouteTarget(gatewayId, natGatewayId)
            : throw Ec2Errors.Unsupported("Routes of this cloud lead to an internet gateway or to a NAT gateway.");
    }

    /// <summary>The target, which exists in the table's network.</summary>
    /// <exception cref="AwsException"><c>InvalidGatewayID.NotFound</c>, <c>InvalidNatGatewayID.NotFound</c>, <c>InvalidParameterValue</c>.</exception>
    public RouteTarget Find(CloudTransaction transaction, RouteTable table)
    {
        if (NatGatewayId is { } nat)
        {
            var found = ResourceId.IsWellFormed(ResourceKind.NatGateway, nat) ? transaction.Find(NatGateway.Table, table.AccountId, nat) : null;
            return found?.VpcId is not { } vpcId ? throw RouteTableErrors.NatGatewayNotFound(nat)
                : vpcId == table.VpcId ? this
                : throw RouteTableErrors.OtherNetwork(table.Id, "NAT gateway", nat);
        }

        if (!ResourceId.IsWellFormed(ResourceKind.InternetGateway, GatewayId!)
            || transaction.Find(InternetGateway.Table, table.AccountId, GatewayId!) is not { } gateway)
        {
            throw RouteTableErrors.GatewayNotFound(GatewayId!);
        }

        return gateway.VpcId == table.VpcId ? this : throw RouteTableErrors.OtherNetwork(table.Id, "network gateway", gateway.Id);
    }

    /// <summary>Whether a route leads here.</summary>
    public bool IsSame(Route route) => route.GatewayId == GatewayId && route.NatGatewayId == NatGatewayId;

    /// <summary>The route.</summary>
    public Route To(Ipv4Block destination) =>
        new() { DestinationCidrBlock = destination.ToString(), GatewayId = GatewayId, NatGatewayId = NatGatewayId, Origin = Route.Created };
}
