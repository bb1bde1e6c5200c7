using System.Collections.Immutable;
using Nines.Control.Hosts;
using Nines.Control.Services.Ec2.Tags;
using Nines.Control.Store;

namespace Nines.Control.Services.Ec2.PlacementGroups;

/// <summary>A placement group: a rule for the hosts of its instances.</summary>
internal sealed record PlacementGroup : ITaggable<PlacementGroup>
{
    /// <summary>All placement groups.</summary>
    public static readonly TableDefinition<PlacementGroup> Table = new("placement-groups", Ec2JsonContext.Default.PlacementGroup);

    /// <inheritdoc/>
    public required string AccountId { get; init; }

    /// <inheritdoc/>
    public required string Id { get; init; }

    /// <summary>Unique within the account; a <see cref="PlacementGroupName"/> sees to that.</summary>
    public required string Name { get; init; }

    /// <summary>What it is for.</summary>
    public required GroupStrategy Strategy { get; init; }

    /// <summary>How many partitions it has; 0 unless it has partitions.</summary>
    public int PartitionCount { get; init; }

    /// <summary>What a spread group keeps apart, <c>rack</c> or <c>host</c>; here each host is a rack of its own.</summary>
    public string? SpreadLevel { get; init; }

    /// <inheritdoc/>
    public ImmutableSortedDictionary<string, string> Tags { get; init; } = TagMap.Empty;

    /// <inheritdoc/>
    public PlacementGroup WithTags(ImmutableSortedDictionary<string, string> tags) => this with { Tags = tags };
}
