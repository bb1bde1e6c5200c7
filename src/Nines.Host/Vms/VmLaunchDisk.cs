using Nines.Host.Api;

namespace Nines.Host.Vms;

/// <summary>A disk as the hypervisor opens it.</summary>
/// <param name="VolumeId">Which volume; the guest sees it as the disk's serial number.</param>
/// <param name="Path">Its qcow2 file.</param>
/// <param name="Key">What it is encrypted with, or <see langword="null"/>.</param>
internal sealed record VmLaunchDisk(string VolumeId, string Path, DiskKey? Key = null);
