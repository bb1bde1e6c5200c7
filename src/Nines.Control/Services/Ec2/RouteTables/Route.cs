using System.Text.Json.Serialization;

namespace Nines.Control.Services.Ec2.RouteTables;

/// <summary>One route: a destination and what takes it there.</summary>
internal sealed record Route
{
    /// <summary>The target of the route to the VPC's own addresses.</summary>
    public const string LocalTarget = "local";

    /// <summary>How a route came to be that its table had from its start.</summary>
    public const string OfTable = "CreateRouteTable";

    /// <summary>How a route came to be that a client added.</summary>
    public const string Created = "CreateRoute";

    /// <summary>The addresses it is for, in CIDR notation.</summary>
    public required string DestinationCidrBlock { get; init; }

    /// <summary>A gateway: <c>local</c> or <c>igw-…</c>.</summary>
    public string? GatewayId { get; init; }

    /// <summary>A NAT gateway, <c>nat-…</c>.</summary>
    public string? NatGatewayId { get; init; }

    /// <summary>A peering, <c>pcx-…</c>; exactly one kind of target is set.</summary>
    public string? VpcPeeringConnectionId { get; init; }

    /// <summary>How it came to be: <c>CreateRouteTable</c>, <c>CreateRoute</c> or <c>EnableVgwRoutePropagation</c>.</summary>
    public required string Origin { get; init; }

    /// <summary>Whether it is the route to the VPC's own addresses, which stays.</summary>
    [JsonIgnore]
    public bool IsLocal => GatewayId == LocalTarget;

    /// <summary>Whether it leads to an internet gateway.</summary>
    [JsonIgnore]
    public bool IsInternet => GatewayId?.StartsWith("igw-", StringComparison.Ordinal) ?? false;
}
