namespace Nines.Host.Api;

/// <summary>A volume as it was at one moment, to be kept.</summary>
/// <param name="Id">The snapshot id, <c>snap-</c> and 17 hexadecimal digits.</param>
/// <param name="VolumeId">The volume, <c>vol-…</c>. The moment is when the host first hears of the snapshot; later the volume may be gone.</param>
/// <param name="Presence">Whether the snapshot shall exist.</param>
public sealed record SnapshotSpec(string Id, string VolumeId, Presence Presence = Presence.Present);
