using System.Collections.Immutable;

namespace Nines.Host.Api;

/// <summary>A network access list: what may cross the border of a subnet. It knows no connections: answers need rules of their own.</summary>
public sealed record NetworkAclSpec
{
    /// <summary>The id, <c>acl-…</c>.</summary>
    public required string Id { get; init; }

    /// <summary>Rules for what comes in, in order: the first that fits decides; what none fits is dropped.</summary>
    public ImmutableArray<NetworkAclEntrySpec> Ingress { get; init; } = [];

    /// <summary>Rules for what goes out, likewise.</summary>
    public ImmutableArray<NetworkAclEntrySpec> Egress { get; init; } = [];
}
