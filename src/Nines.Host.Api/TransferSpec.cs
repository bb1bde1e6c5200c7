namespace Nines.Host.Api;

/// <summary>A disk that is to come out of a bucket as a snapshot, or to go into one as a file. It happens once, whole or not at all.</summary>
public sealed record TransferSpec
{
    /// <summary>Of a disk that comes: the snapshot that it becomes, <c>snap-…</c>. Of one that goes: the task's id.</summary>
    public required string Id { get; init; }

    /// <summary>Whose bucket.</summary>
    public required string AccountId { get; init; }

    /// <summary>The bucket (<see cref="BucketFolders"/>).</summary>
    public required string Bucket { get; init; }

    /// <summary>The file in it.</summary>
    public required string Key { get; init; }

    /// <summary>What the file is to be; of one that comes <see langword="null"/>: whatever it is.</summary>
    public DiskFormat? Format { get; init; }

    /// <summary>Whether the disk goes into the bucket; else it comes.</summary>
    public bool IsExport { get; init; }

    /// <summary>For a disk that goes: digest of the image whose disk it is, or <see langword="null"/>: it is a snapshot's.</summary>
    public string? ImageDigest { get; init; }

    /// <summary>For a disk that goes: the snapshot of this host that it is, or <see langword="null"/>.</summary>
    public string? SnapshotId { get; init; }

    /// <summary>For a disk that comes: what the snapshot is encrypted with, or <see langword="null"/>: it is not.</summary>
    public DiskKey? DiskKey { get; init; }

    /// <summary>Whether it shall be done; else nothing shall be left of it.</summary>
    public Presence Presence { get; init; }
}
