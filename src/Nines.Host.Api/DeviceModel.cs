namespace Nines.Host.Api;

/// <summary>Which disks and adapters a machine has.</summary>
public enum DeviceModel
{
    /// <summary>virtio, which guests made for clouds drive and which costs least.</summary>
    Virtio,

    /// <summary>
    /// Those that machines of metal have too: a root disk at an AHCI controller, other disks by NVMe, Intel's 82574L adapters. A guest drives them with what it
    /// comes with, Windows among others.
    /// </summary>
    Emulated,
}
