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

    /// <summary>Private addresses of all adapters in the group, on every host: what a rule that names the group means.</summary>
    public ImmutableArray<string> MemberAddresses { get; init; } = [];
}
