using Nines.Host.Api;

namespace Nines.Host.Volumes;

/// <summary>What a machine needs to know of a disk before it is given it.</summary>
/// <param name="IsReady">Whether it is there.</param>
/// <param name="SizeBytes">What the guest shall see of it.</param>
/// <param name="IopsLimit">Reads and writes that it may make in a second; 0: as many as it can.</param>
/// <param name="BytesPerSecondLimit">Bytes that it may read and write in a second; 0: as many as it can.</param>
/// <param name="Key">What it is encrypted with, or <see langword="null"/>.</param>
/// <param name="IsReplicated">Whether an asynchronous copy of it is to be kept.</param>
internal sealed record VolumeReadiness(bool IsReady, long SizeBytes, long IopsLimit, long BytesPerSecondLimit, DiskKey? Key = null, bool IsReplicated = false);
