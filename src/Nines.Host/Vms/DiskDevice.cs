using System.Globalization;
using Nines.Host.Api;

namespace Nines.Host.Vms;

/// <summary>
/// What a guest sees a disk as. With emulated devices the root disk is at the machine's AHCI controller, which any guest can start from; others are NVMe, whose ports
/// can be plugged into. An NVMe disk cannot stop the processors when a write fails, so one with two copies is at the AHCI controller too, where it comes and goes only
/// while the machine is off.
/// </summary>
internal sealed record DiskDevice
{
    /// <summary>Disks that the AHCI controller of the machine has places for.</summary>
    public const int AhciPorts = 6;

    private const string VirtioDriver = "virtio-blk-pci";
    private const string AhciDriver = "ide-hd";
    private const string NvmeDriver = "nvme";
    private const string VirtioBackend = "/virtio-backend";

    private DiskDevice(string driver, int port, bool isMirrored) => (Driver, Port, IsMirrored) = (driver, port, isMirrored);

    /// <summary>The hypervisor's name for the kind of device.</summary>
    public string Driver { get; }

    /// <summary>Which disk of the machine it is; 0: the root's.</summary>
    public int Port { get; }

    /// <summary>Whether the disk has two copies.</summary>
    public bool IsMirrored { get; }

    /// <summary>What it is plugged into.</summary>
    public string Bus => IsAhci ? string.Create(CultureInfo.InvariantCulture, $"ide.{Port}") : QemuCommandLine.DiskPort(Port);

    /// <summary>Whether it comes and goes while the machine runs. The root disk never goes.</summary>
    public bool IsPluggable => !IsAhci;

    /// <summary>Whether the disk may become larger while the device has it: the hypervisor's NVMe does not let it.</summary>
    public bool GrowsInUse => Driver != NvmeDriver && !IsMirrored;

    /// <summary>Whether there is anything that it can be plugged into.</summary>
    public bool HasPlace => !IsAhci || Port < AhciPorts;

    /// <summary>What its limits are set by.</summary>
    public string Path => QemuCommandLine.DiskId(Port) + (Driver == VirtioDriver ? VirtioBackend : "");

    private bool IsAhci => Driver == AhciDriver;

    /// <summary>The device for a disk.</summary>
    public static DiskDevice Of(DeviceModel devices, int port, bool isMirrored) => devices switch
    {
        DeviceModel.Virtio => new(VirtioDriver, port, isMirrored),
        _ => new(port == 0 || isMirrored ? AhciDriver : NvmeDriver, port, isMirrored),
    };

    /// <summary>The devices of a machine, as the hypervisor's path of its root disk's device tells.</summary>
    public static DeviceModel ModelOf(string? rootDevice) => rootDevice is null || rootDevice.EndsWith(VirtioBackend, StringComparison.Ordinal) ? DeviceModel.Virtio : DeviceModel.Emulated;
}
