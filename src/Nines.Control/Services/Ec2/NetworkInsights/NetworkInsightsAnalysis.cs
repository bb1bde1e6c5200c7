using System.Collections.Immutable;
using Nines.Control.Services.Ec2.Reachability;
using Nines.Control.Services.Ec2.Tags;
using Nines.Control.Store;

namespace Nines.Control.Services.Ec2.NetworkInsights;

/// <summary>What was found when a path was analysed; later changes of the network change nothing of it.</summary>
internal sealed record NetworkInsightsAnalysis : ITaggable<NetworkInsightsAnalysis>
{
    /// <summary>All analyses.</summary>
    public static readonly TableDefinition<NetworkInsightsAnalysis> Table = new("network-insights-analyses", Ec2JsonContext.Default.NetworkInsightsAnalysis);

    /// <summary>Those of a path.</summary>
    public static readonly IndexDefinition<NetworkInsightsAnalysis> ByPath = Table.Index("path", analysis => analysis.PathId);

    /// <inheritdoc/>
    public required string AccountId { get; init; }

    /// <inheritdoc/>
    public required string Id { get; init; }

    /// <summary>The path.</summary>
    public required string PathId { get; init; }

    public required DateTimeOffset StartDate { get; init; }

    /// <summary>What a packet meets; empty where the ends could not be found, and then the message says why.</summary>
    public ImmutableArray<ReachStep> Steps { get => field.IsDefault ? [] : field; init; } = [];

    /// <summary>Why it failed, or <see langword="null"/>.</summary>
    public string? Failure { get; init; }

    public string? ClientToken { get; init; }

    /// <inheritdoc/>
    public ImmutableSortedDictionary<string, string> Tags { get; init; } = TagMap.Empty;

    /// <summary>Whether a packet arrives and is answered.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public bool IsPathFound => Failure is null && new ReachVerdict(Steps).IsReachable;

    /// <inheritdoc/>
    public NetworkInsightsAnalysis WithTags(ImmutableSortedDictionary<string, string> tags) => this with { Tags = tags };
}
