using System.Collections.Immutable;
using Nines.Control.Services.Ec2.Tags;
using Nines.Control.Store;

namespace Nines.Control.Services.Ec2.NetworkInsights;

/// <summary>A way between two things that is to be analysed, once or again and again.</summary>
internal sealed record NetworkInsightsPath : ITaggable<NetworkInsightsPath>
{
    /// <summary>All paths.</summary>
    public static readonly TableDefinition<NetworkInsightsPath> Table = new("network-insights-paths", Ec2JsonContext.Default.NetworkInsightsPath);

    /// <inheritdoc/>
    public required string AccountId { get; init; }

    /// <inheritdoc/>
    public required string Id { get; init; }

    /// <summary>Who sends: an instance, an interface, or an internet gateway, which stands for all that is outside.</summary>
    public required string Source { get; init; }

    /// <summary>Who is to receive, in the same words; <see langword="null"/> where only the address is said.</summary>
    public string? Destination { get; init; }

    public string? SourceIp { get; init; }

    public string? DestinationIp { get; init; }

    /// <summary><c>tcp</c> or <c>udp</c>.</summary>
    public required string Protocol { get; init; }

    /// <summary>The port, or <see langword="null"/>: any will do.</summary>
    public int? DestinationPort { get; init; }

    public required DateTimeOffset CreatedDate { get; init; }

    public string? ClientToken { get; init; }

    /// <inheritdoc/>
    public ImmutableSortedDictionary<string, string> Tags { get; init; } = TagMap.Empty;

    /// <inheritdoc/>
    public NetworkInsightsPath WithTags(ImmutableSortedDictionary<string, string> tags) => this with { Tags = tags };
}
