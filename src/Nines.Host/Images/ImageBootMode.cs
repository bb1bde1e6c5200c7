namespace Nines.Host.Images;

/// <summary>How a machine starts from an image.</summary>
public enum ImageBootMode
{
    /// <summary>The hypervisor loads the kernel and its initial file system itself; the disk holds only the root file system.</summary>
    Kernel,

    /// <summary>SeaBIOS starts what the disk's first sector holds.</summary>
    Bios,

    /// <summary>UEFI firmware starts what the disk's EFI system partition holds.</summary>
    Uefi,
}
