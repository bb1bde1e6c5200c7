using Nines.Control.Services.Ec2.Addresses;
using Nines.Control.Services.Ec2.InternetGateways;
using Nines.Control.Services.Ec2.Query;
using Nines.Control.Store;
using Nines.Wire;

namespace Nines.Control.Services.Ec2.RouteTables;

/// <summary>What a request says that a route leads to: an internet gateway.</summary>
internal sealed record RouteTarget(string GatewayId)
{
    /// <summary>The one target among all that a request may name.</summary>
    /// <exception cref="AwsException"><c>InvalidParameterCombination</c>, <c>UnsupportedOperation</c>.</exception>
    public static RouteTarget Parse(string? gatewayId, params IReadOnlyList<string?> others)
    {
        var named = others.Count(other => other is not null) + (gatewayId is null ? 0 : 1);
        if (named != 1)
        {
            throw RouteTableErrors.OneTarget();
        }

        return gatewayId is not null
            ? new RouteTarget(gatewayId)
            : throw Ec2Errors.Unsupported("Routes of this cloud lead to an internet gateway.");
    }

    /// <summary>The target, which exists in the table's network.</summary>
    /// <exception cref="AwsException"><c>InvalidGatewayID.NotFound</c>, <c>InvalidParameterValue</c>.</exception>
    public RouteTarget Find(CloudTransaction transaction, RouteTable table)
    {
        if (!ResourceId.IsWellFormed(ResourceKind.InternetGateway, GatewayId)
            || transaction.Find(InternetGateway.Table, table.AccountId, GatewayId) is not { } gateway)
        {
            throw RouteTableErrors.GatewayNotFound(GatewayId);
        }

        return gateway.VpcId == table.VpcId ? this : throw RouteTableErrors.OtherNetwork(table.Id, "network gateway", GatewayId);
    }

    /// <summary>Whether a route leads here.</summary>
    public bool IsSame(Route route) => route.GatewayId == GatewayId;

    /// <summary>The route.</summary>
    public Route To(Ipv4Block destination) => new() { DestinationCidrBlock = destination.ToString(), GatewayId = GatewayId, Origin = Route.Created };
}
