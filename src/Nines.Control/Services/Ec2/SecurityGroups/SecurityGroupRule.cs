using System.Collections.Immutable;
using Nines.Control.Services.Ec2.Tags;

namespace Nines.Control.Services.Ec2.SecurityGroups;

/// <summary>One rule of a security group: a kind of traffic, and one other side of it.</summary>
internal sealed record SecurityGroupRule
{
    /// <summary>The protocol that stands for all.</summary>
    public const string AllProtocols = "-1";

    /// <summary>The id, <c>sgr-…</c>.</summary>
    public required string Id { get; init; }

    /// <summary>Whether it is about what goes out.</summary>
    public required bool IsEgress { get; init; }

    /// <summary><c>tcp</c>, <c>udp</c>, <c>icmp</c>, <c>icmpv6</c>, another protocol's IANA number, or <c>-1</c> for all.</summary>
    public required string Protocol { get; init; }

    /// <summary>First port (TCP, UDP) or ICMP type; -1 for all.</summary>
    public int FromPort { get; init; } = -1;

    /// <summary>Last port (TCP, UDP) or ICMP code; -1 for all.</summary>
    public int ToPort { get; init; } = -1;

    /// <summary>The other side as an IPv4 block. Exactly one of the four kinds of other side is set.</summary>
    public string? CidrIpv4 { get; init; }

    /// <summary>The other side as an IPv6 block.</summary>
    public string? CidrIpv6 { get; init; }

    /// <summary>The other side as a managed prefix list.</summary>
    public string? PrefixListId { get; init; }

    /// <summary>The other side as the interfaces in a group.</summary>
    public string? ReferencedGroupId { get; init; }

    /// <summary>Where that group is when it is not in the same VPC: in one that a peering leads to; kept because the group may go first.</summary>
    public PeerOfRule? Peer { get; init; }

    /// <summary>What its maker says of it.</summary>
    public string? Description { get; init; }

    /// <summary>The rule's own tags.</summary>
    public ImmutableSortedDictionary<string, string> Tags { get; init; } = TagMap.Empty;
}
