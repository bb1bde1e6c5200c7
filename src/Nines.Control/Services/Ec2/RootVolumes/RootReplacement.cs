using System.Collections.Immutable;
using Nines.Control.Services.Ec2.Tags;
using Nines.Control.Store;

namespace Nines.Control.Services.Ec2.RootVolumes;

/// <summary>That an instance gets another root volume while it keeps all else. Kept as long as the instance: it tells which volumes were its root.</summary>
internal sealed record RootReplacement : ITaggable<RootReplacement>
{
    /// <summary>All replacements.</summary>
    public static readonly TableDefinition<RootReplacement> Table = new("root-replacements", Ec2JsonContext.Default.RootReplacement);

    /// <summary>The replacements of an instance.</summary>
    public static readonly IndexDefinition<RootReplacement> ByInstance = Table.Index("instance", task => task.InstanceId);

    /// <inheritdoc/>
    public required string AccountId { get; init; }

    /// <inheritdoc/>
    public required string Id { get; init; }

    /// <summary>The instance.</summary>
    public required string InstanceId { get; init; }

    /// <summary>The root volume that was.</summary>
    public required string OldVolumeId { get; init; }

    /// <summary>The root volume that shall be.</summary>
    public required string NewVolumeId { get; init; }

    /// <summary>The image whose kernel or firmware started the old volume.</summary>
    public required string OldImageDigest { get; init; }

    /// <summary>The image that the request named, or <see langword="null"/>.</summary>
    public string? ImageId { get; init; }

    /// <summary>The snapshot that the new volume starts as.</summary>
    public string? SnapshotId { get; init; }

    /// <summary>Whether the old volume ends with the task.</summary>
    public bool DeletesOld { get; init; }

    /// <summary>The client token that it was made with, or <see langword="null"/>.</summary>
    public string? ClientToken { get; init; }

    /// <summary>When it was asked for.</summary>
    public required DateTimeOffset StartTime { get; init; }

    /// <summary>When it was over, or <see langword="null"/>.</summary>
    public DateTimeOffset? CompleteTime { get; init; }

    /// <summary>How far it is.</summary>
    public RootReplacementState State { get; init; }

    /// <inheritdoc/>
    public ImmutableSortedDictionary<string, string> Tags { get; init; } = TagMap.Empty;

    /// <inheritdoc/>
    public RootReplacement WithTags(ImmutableSortedDictionary<string, string> tags) => this with { Tags = tags };
}
