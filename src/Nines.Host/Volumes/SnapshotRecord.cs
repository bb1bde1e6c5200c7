using Nines.Host.Api;

namespace Nines.Host.Volumes;

/// <summary>What is remembered of a snapshot. Written last: a snapshot is taken if and only if this is there.</summary>
/// <param name="VolumeId">The volume that it is of.</param>
/// <param name="SizeGiB">The size that it had.</param>
/// <param name="Imported">What was found out about a disk that came out of a bucket, or <see langword="null"/>.</param>
internal sealed record SnapshotRecord(string VolumeId, int SizeGiB, ImportedDisk? Imported = null);
