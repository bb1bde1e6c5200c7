using System.Collections.Immutable;

namespace Nines.Host.Api;

/// <summary>The flow logs of a network, and what their lines say that a host does not know else.</summary>
public sealed record FlowLogsSpec
{
    /// <summary>Whose network it is.</summary>
    public required string AccountId { get; init; }

    /// <summary>The region's name.</summary>
    public required string Region { get; init; }

    /// <summary>The id of each subnet's zone, such as <c>use1-az1</c>.</summary>
    public ImmutableDictionary<string, string> ZoneIds { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>The logs, in the order of their ids.</summary>
    public required ImmutableArray<FlowLogSpec> Logs { get; init; }

    /// <summary>Whether a host would see no difference.</summary>
    public static bool AreSame(FlowLogsSpec? left, FlowLogsSpec? right) => left is null || right is null
        ? left is null && right is null
        : left.AccountId == right.AccountId
            && left.Region == right.Region
            && left.Logs.AsSpan().SequenceEqual(right.Logs.AsSpan())
            && left.ZoneIds.Count == right.ZoneIds.Count
            && left.ZoneIds.All(zone => right.ZoneIds.GetValueOrDefault(zone.Key) == zone.Value);
}
