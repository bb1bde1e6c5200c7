namespace Nines.Host.Api;

/// <summary>A volume as it was at one moment, to be kept.</summary>
/// <param name="Id">The snapshot id, <c>snap-</c> and 17 hexadecimal digits.</param>
/// <param name="VolumeId">The volume, <c>vol-…</c>. The moment is when the host first hears of the snapshot; later the volume may be gone.</param>
/// <param name="Presence">Whether the snapshot shall exist.</param>
public sealed record SnapshotSpec(string Id, string VolumeId, Presence Presence = Presence.Present)
{
    /// <summary>The snapshots that name the same set are of one moment: what a guest wrote to one disk before it wrote to another is not missing from the first alone.</summary>
    public string? SetId { get; init; }

    /// <summary>The moment to wait for, or <see langword="null"/>: at once.</summary>
    public SnapshotMoment? Moment { get; init; }

    /// <summary>The snapshot of this host that it is a copy of, or <see langword="null"/>; then it has no volume.</summary>
    public string? CopyOf { get; init; }

    /// <summary>For a copy: what it is encrypted with, or <see langword="null"/>: it is not. Else it is encrypted as its volume is.</summary>
    public DiskKey? Key { get; init; }

    /// <summary>For a copy: what its source is encrypted with, or <see langword="null"/>: it is not. Under another key than that it is written anew.</summary>
    public DiskKey? SourceKey { get; init; }
}
