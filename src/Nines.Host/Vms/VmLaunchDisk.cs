using Nines.Host.Api;

namespace Nines.Host.Vms;

/// <summary>A disk as the hypervisor opens it.</summary>
/// <param name="VolumeId">Which volume; the guest sees it as the disk's serial number.</param>
/// <param name="Path">Its qcow2 file.</param>
/// <param name="Key">What it is encrypted with, or <see langword="null"/>.</param>
/// <param name="IsMirrored">Whether it has two copies, of which the path is the first's.</param>
/// <param name="IsInStep">Whether its asynchronous copy is as it is.</param>
internal sealed record VmLaunchDisk(string VolumeId, string Path, DiskKey? Key = null, bool IsMirrored = false, bool IsInStep = false)
{
    /// <summary>
    /// Whether the hypervisor is told of it over its monitor: a key is nothing for arguments, which copies are good is decided when they are opened, and what is written
    /// is noted from the first write on.
    /// </summary>
    public bool IsOpenedLater => Key is not null || IsMirrored || IsInStep;
}
