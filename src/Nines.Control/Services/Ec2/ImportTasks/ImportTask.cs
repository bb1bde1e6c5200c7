using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Nines.Control.Services.Ec2.Query;
using Nines.Control.Services.Ec2.Tags;
using Nines.Control.Store;
using Nines.Host.Api;

namespace Nines.Control.Services.Ec2.ImportTasks;

/// <summary>That files of a bucket become an image with its snapshots, or one file a snapshot. It is told for a week after its end.</summary>
internal sealed record ImportTask : ITaggable<ImportTask>
{
    /// <summary>All imports.</summary>
    public static readonly TableDefinition<ImportTask> Table = new("import-tasks", Ec2JsonContext.Default.ImportTask);

    /// <summary>Those that a host still has to do with.</summary>
    public static readonly IndexDefinition<ImportTask> ByHost = Table.Index("host", task => task.HostId);

    /// <summary>The import that a host knows by one of its snapshots.</summary>
    public static readonly IndexDefinition<ImportTask> ByTransfer = Table.IndexMany("transfer", task => task.HostId is null ? [] : task.Disks.Select(disk => disk.SnapshotId));

    /// <inheritdoc/>
    public required string AccountId { get; init; }

    /// <summary><c>import-ami-…</c> or <c>import-snap-…</c>.</summary>
    public required string Id { get; init; }

    /// <summary>How far it is.</summary>
    public ImportTaskState State { get; init; }

    /// <summary>Why it failed or was cancelled, or <see langword="null"/>.</summary>
    public string? StatusMessage { get; init; }

    /// <summary>The host that has to do with it; <see langword="null"/>: none any more.</summary>
    public string? HostId { get; init; }

    /// <summary>The files; of an image the root disk's first.</summary>
    public ImmutableArray<ImportDisk> Disks { get; init; } = [];

    /// <summary>What the request said of it.</summary>
    public string? Description { get; init; }

    /// <summary>What is on its disks.</summary>
    public GuestPlatform Platform { get; init; }

    /// <summary>How the image is to be started; <see langword="null"/>: as its root disk can be.</summary>
    public string? BootMode { get; init; }

    /// <summary>What the request said of the licence.</summary>
    public string? LicenseType { get; init; }

    /// <summary>Whether the request asked for encryption.</summary>
    public bool? Encrypted { get; init; }

    /// <summary>The image, once there is one.</summary>
    public string? ImageId { get; init; }

    /// <summary>The client token that it was made with, or <see langword="null"/>.</summary>
    public string? ClientToken { get; init; }

    /// <summary>When it was asked for.</summary>
    public required DateTimeOffset StartTime { get; init; }

    /// <summary>When it was over, or <see langword="null"/>.</summary>
    public DateTimeOffset? EndTime { get; init; }

    /// <inheritdoc/>
    public ImmutableSortedDictionary<string, string> Tags { get; init; } = TagMap.Empty;

    /// <summary>Whether an image comes of it, and not only a snapshot.</summary>
    [JsonIgnore]
    public bool IsImage => ResourceId.IsWellFormed(ResourceKind.ImportImageTask, Id);

    /// <summary>Its type in tag specifications, and its client tokens.</summary>
    [JsonIgnore]
    public string ResourceType => IsImage ? ResourceKind.ImportImageTask.ResourceType : ResourceKind.ImportSnapshotTask.ResourceType;

    /// <inheritdoc/>
    public ImportTask WithTags(ImmutableSortedDictionary<string, string> tags) => this with { Tags = tags };
}
