using System.Collections.Immutable;

namespace Nines.Control.Audit;

/// <summary>That a call changed something: who called what, when, from where, and what was changed.</summary>
internal sealed record AuditLine
{
    /// <summary>When the request was authenticated.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>The request's id, as its answer carries it.</summary>
    public required string RequestId { get; init; }

    /// <summary>What was called: <c>ec2:RunInstances</c>.</summary>
    public required string Action { get; init; }

    public required string AccountId { get; init; }

    /// <summary>The principal that called.</summary>
    public required string PrincipalArn { get; init; }

    /// <summary>The access key that signed; never its secret.</summary>
    public required string AccessKeyId { get; init; }

    public required string Region { get; init; }

    /// <summary>The address that the request came from.</summary>
    public string? SourceAddress { get; init; }

    /// <summary>What the client says it is.</summary>
    public string? UserAgent { get; init; }

    /// <summary>The parameters as text, cut when they are long, without what is secret.</summary>
    public string? Parameters { get; init; }

    /// <summary>Ids of the resources that were made, changed or removed; at most <see cref="AuditedWrites.MaxResources"/>.</summary>
    public ImmutableArray<string> Resources { get; init; } = [];

    /// <summary>How many there are in all.</summary>
    public int ResourceCount { get; init; }
}
