namespace Nines.Host.Api;

/// <summary>What one disk shall be.</summary>
public sealed record VolumeSpec
{
    /// <summary>The volume id, <c>vol-</c> and 17 hexadecimal digits.</summary>
    public required string Id { get; init; }

    /// <summary>Size that a guest sees, in GiB; it can grow, never shrink.</summary>
    public required int SizeGiB { get; init; }

    /// <summary>Digest of the image whose disk this one starts as (copy on write), or <see langword="null"/>: it starts as a snapshot, or empty.</summary>
    public string? ImageDigest { get; init; }

    /// <summary>The snapshot of this host that the disk starts as (copy on write); it waits for a snapshot that is not taken yet.</summary>
    public string? SnapshotId { get; init; }

    /// <summary>What its own files are encrypted with, or <see langword="null"/>: they are not.</summary>
    public DiskKey? Key { get; init; }

    /// <summary>
    /// What the snapshot is encrypted with that the disk starts as, or <see langword="null"/>: it is not. An encrypted disk that starts as a snapshot under another
    /// key, or under none, begins as a copy of it: none of its data lies under what it is not to lie under.
    /// </summary>
    public DiskKey? SourceKey { get; init; }

    /// <summary>Reads and writes per second that the guest may make; 0: as many as it can.</summary>
    public int IopsLimit { get; init; }

    /// <summary>Bytes per second that the guest may read and write together; 0: as many as it can.</summary>
    public long BytesPerSecondLimit { get; init; }

    /// <summary>
    /// Whether it shall have a second copy. A synchronous one comes and goes while no machine has the disk open, an asynchronous one at any time.
    /// </summary>
    public VolumeReplication Replication { get; init; }

    /// <summary>
    /// If the disk is lost, the moment whose copy is accepted in its place (<see cref="VolumeStatus.CopyOf"/>); <see langword="null"/>: none is. It says nothing about a later loss.
    /// </summary>
    public DateTimeOffset? AcceptedCopy { get; init; }

    /// <summary>Whether the host has told once that the disk is there. Then one that is not is lost: it is never made anew, as an empty one would be taken for it.</summary>
    public bool IsMade { get; init; }

    /// <summary>Whether the disk shall exist.</summary>
    public Presence Presence { get; init; }
}
