using Nines.Host.Api;

namespace Nines.Host.Vms;

/// <summary>A disk as the hypervisor opens it.</summary>
/// <param name="VolumeId">Which volume; the guest sees it as the disk's serial number.</param>
/// <param name="Path">Its qcow2 file.</param>
/// <param name="Key">What it is encrypted with, or <see langword="null"/>.</param>
/// <param name="IsMirrored">Whether it has two copies, of which the path is the first's.</param>
internal sealed record VmLaunchDisk(string VolumeId, string Path, DiskKey? Key = null, bool IsMirrored = false)
{
    /// <summary>Whether the hypervisor is told of it over its monitor: a key is nothing for arguments, and which copies are good is decided when they are opened.</summary>
    public bool IsOpenedLater => Key is not null || IsMirrored;
}
