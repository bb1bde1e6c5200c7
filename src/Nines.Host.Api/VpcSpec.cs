using System.Collections.Immutable;

namespace Nines.Host.Api;

/// <summary>What one host needs to know of a virtual private cloud to carry its packets and enforce its rules.</summary>
public sealed record VpcSpec
{
    /// <summary>The id, <c>vpc-…</c>.</summary>
    public required string Id { get; init; }

    /// <summary>Address blocks of the cloud, such as <c>172.31.0.0/16</c>; the first is the primary one.</summary>
    public required ImmutableArray<string> CidrBlocks { get; init; }

    /// <summary>Subnets by id.</summary>
    public ImmutableDictionary<string, SubnetSpec> Subnets { get; init; } = ImmutableDictionary<string, SubnetSpec>.Empty;

    /// <summary>The route tables of its subnets, by id.</summary>
    public ImmutableDictionary<string, RouteTableSpec> RouteTables { get; init; } = ImmutableDictionary<string, RouteTableSpec>.Empty;

    /// <summary>The network access lists of its subnets, by id.</summary>
    public ImmutableDictionary<string, NetworkAclSpec> NetworkAcls { get; init; } = ImmutableDictionary<string, NetworkAclSpec>.Empty;

    /// <summary>Its NAT gateways, by id.</summary>
    public ImmutableDictionary<string, NatGatewaySpec> NatGateways { get; init; } = ImmutableDictionary<string, NatGatewaySpec>.Empty;

    /// <summary>Its peerings that are active, by id.</summary>
    public ImmutableDictionary<string, PeeringSpec> Peerings { get; init; } = ImmutableDictionary<string, PeeringSpec>.Empty;

    /// <summary>Adapters that lie on this host, by id.</summary>
    public ImmutableDictionary<string, InterfaceSpec> Interfaces { get; init; } = ImmutableDictionary<string, InterfaceSpec>.Empty;

    /// <summary>Security groups that an adapter on this host is in, or that a rule of one refers to, by id.</summary>
    public ImmutableDictionary<string, SecurityGroupSpec> SecurityGroups { get; init; } = ImmutableDictionary<string, SecurityGroupSpec>.Empty;

    /// <summary>What is written down of its packets; <see langword="null"/>: nothing.</summary>
    public FlowLogsSpec? FlowLogs { get; init; }

    /// <summary>Domain that the guests' host names are in, such as <c>ec2.internal</c>.</summary>
    public required string DomainName { get; init; }

    /// <summary>What its guests are told by DHCP; <see langword="null"/>: its own domain and name server.</summary>
    public DhcpOptionsSpec? DhcpOptions { get; init; }

    /// <summary>Whether its name server does not answer.</summary>
    public bool NameServerDisabled { get; init; }

    /// <summary>Whether the network shall exist on this host.</summary>
    public Presence Presence { get; init; }
}
