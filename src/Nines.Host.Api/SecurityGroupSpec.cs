using System.Collections.Immutable;

namespace Nines.Host.Api;

/// <summary>A security group: rules that allow, and who is in it.</summary>
public sealed record SecurityGroupSpec
{
    /// <summary>The id, <c>sg-…</c>.</summary>
    public required string Id { get; init; }

    /// <summary>What may come in.</summary>
    public ImmutableArray<SecurityGroupRuleSpec> Ingress { get; init; } = [];

    /// <summary>What may go out.</summary>
    public ImmutableArray<SecurityGroupRuleSpec> Egress { get; init; } = [];

    /// <summary>
    /// Private addresses of all adapters in the group, on every host: what a rule that names the group means. A set, so that
    /// one more member of a hundred thousand costs a path in a tree, not a list of all of them.
    /// </summary>
    public ImmutableSortedSet<string> MemberAddresses { get; init; } = ImmutableSortedSet.Create<string>(StringComparer.Ordinal);
}
