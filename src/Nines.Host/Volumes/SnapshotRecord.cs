namespace Nines.Host.Volumes;

/// <summary>What is remembered of a snapshot. Written last: a snapshot is taken if and only if this is there.</summary>
/// <param name="VolumeId">The volume that it is of.</param>
/// <param name="SizeGiB">The size that it had.</param>
internal sealed record SnapshotRecord(string VolumeId, int SizeGiB);
