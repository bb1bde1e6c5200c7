namespace Nines.Host.Api;

/// <summary>How a disk lies in a file.</summary>
public enum DiskFormat
{
    /// <summary>Byte for byte (Xen, and whatever else).</summary>
    Raw,

    /// <summary>QEMU's (KVM).</summary>
    Qcow2,

    /// <summary>VMware's, in one file that is compressed.</summary>
    Vmdk,

    /// <summary>Hyper-V's older one, as Azure takes it.</summary>
    Vhd,

    /// <summary>Hyper-V's.</summary>
    Vhdx,

    /// <summary>An archive of a VMDK and a description of the machine (DMTF DSP0243), as VMware and VirtualBox exchange them.</summary>
    Ova,
}
