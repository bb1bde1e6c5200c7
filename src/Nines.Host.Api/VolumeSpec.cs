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

    /// <summary>Reads and writes per second that the guest may make; 0: as many as it can.</summary>
    public int IopsLimit { get; init; }

    /// <summary>Bytes per second that the guest may read and write together; 0: as many as it can.</summary>
    public long BytesPerSecondLimit { get; init; }

    /// <summary>Whether the disk shall exist.</summary>
    public Presence Presence { get; init; }
}
