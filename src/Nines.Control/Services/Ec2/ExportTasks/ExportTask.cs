using System.Collections.Immutable;
using Nines.Control.Services.Ec2.ImportTasks;
using Nines.Control.Services.Ec2.Tags;
using Nines.Control.Store;
using Nines.Host.Api;

namespace Nines.Control.Services.Ec2.ExportTasks;

/// <summary>That the root disk of an image becomes a file of a bucket. It is told for a week after its end.</summary>
internal sealed record ExportTask : ITaggable<ExportTask>
{
    /// <summary>All exports.</summary>
    public static readonly TableDefinition<ExportTask> Table = new("export-tasks", Ec2JsonContext.Default.ExportTask);

    /// <summary>Those that a host still has to do with.</summary>
    public static readonly IndexDefinition<ExportTask> ByHost = Table.Index("host", task => task.HostId);

    /// <summary>The export of that id that a host has to do with, whatever the account.</summary>
    public static readonly IndexDefinition<ExportTask> ByTransfer = Table.Index("transfer", task => task.HostId is null ? null : task.Id);

    /// <inheritdoc/>
    public required string AccountId { get; init; }

    /// <summary><c>export-ami-…</c>.</summary>
    public required string Id { get; init; }

    /// <summary>How far it is.</summary>
    public ImportTaskState State { get; init; }

    /// <summary>Why it failed or was cancelled, or <see langword="null"/>.</summary>
    public string? StatusMessage { get; init; }

    /// <summary>The host that has to do with it; <see langword="null"/>: none any more.</summary>
    public string? HostId { get; init; }

    /// <summary>The image.</summary>
    public required string ImageId { get; init; }

    /// <summary>Digest of the image of the hosts' stores whose disk it is; <see langword="null"/>: it is a snapshot's.</summary>
    public string? ImageDigest { get; init; }

    /// <summary>The snapshot whose disk it is, or <see langword="null"/>.</summary>
    public string? SnapshotId { get; init; }

    /// <summary>The bucket.</summary>
    public required string Bucket { get; init; }

    /// <summary>What the file's key begins with.</summary>
    public string Prefix { get; init; } = "";

    /// <summary>What the file is to be.</summary>
    public required DiskFormat Format { get; init; }

    /// <summary>What the request said of it.</summary>
    public string? Description { get; init; }

    /// <summary>The role by which AWS would write; nobody is asked here.</summary>
    public string? RoleName { get; init; }

    /// <summary>How far its host is.</summary>
    public TransferState Progress { get; init; }

    /// <summary>How much of the file is written.</summary>
    public int Percent { get; init; }

    /// <summary>The client token that it was made with, or <see langword="null"/>.</summary>
    public string? ClientToken { get; init; }

    /// <summary>When it was asked for.</summary>
    public required DateTimeOffset StartTime { get; init; }

    /// <summary>When it was over, or <see langword="null"/>.</summary>
    public DateTimeOffset? EndTime { get; init; }

    /// <inheritdoc/>
    public ImmutableSortedDictionary<string, string> Tags { get; init; } = TagMap.Empty;

    /// <inheritdoc/>
    public ExportTask WithTags(ImmutableSortedDictionary<string, string> tags) => this with { Tags = tags };
}
