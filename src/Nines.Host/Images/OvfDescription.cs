using System.Globalization;
using System.Xml.Linq;
using Nines.Host.Api;

namespace Nines.Host.Images;

/// <summary>The description of a machine in an OVA, with hardware that VMware and VirtualBox both have (DMTF DSP0243; resource types of CIM_ResourceAllocationSettingData).</summary>
internal static class OvfDescription
{
    private const int Processor = 3;
    private const int Memory = 4;
    private const int ScsiController = 6;
    private const int Ethernet = 10;
    private const int Disk = 17;
    private const int OtherStorage = 20;

    /// <summary>CIM_OperatingSystem has a number for each Windows, and which this is nobody said.</summary>
    private const int OtherSystem = 1;

    private const int Linux64 = 101;

    private static readonly XNamespace s_ovf = "http://schemas.dmtf.org/ovf/envelope/1";
    private static readonly XNamespace s_rasd = "http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_ResourceAllocationSettingData";
    private static readonly XNamespace s_vssd = "http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_VirtualSystemSettingData";
    private static readonly XNamespace s_vmware = "http://www.vmware.com/schema/ovf";

    public static string Render(OvaMachine machine, string diskName, long fileBytes)
    {
        var hardware = new XElement(
            s_ovf + "VirtualHardwareSection",
            new XElement(s_ovf + "Info", "Virtual hardware requirements"),
            new XElement(
                s_ovf + "System",
                new XElement(s_vssd + "ElementName", "Virtual Hardware Family"),
                new XElement(s_vssd + "InstanceID", 0),
                new XElement(s_vssd + "VirtualSystemIdentifier", machine.Name),
                new XElement(s_vssd + "VirtualSystemType", "vmx-11")),
            Item(1, Processor, $"{machine.VCpus} virtual CPU(s)", (s_rasd + "VirtualQuantity", machine.VCpus)),
            Item(2, Memory, $"{machine.MemoryMiB} MB of memory", (s_rasd + "AllocationUnits", "byte * 2^20"), (s_rasd + "VirtualQuantity", machine.MemoryMiB)),
            machine.Devices is DeviceModel.Virtio
                ? Item(3, ScsiController, "SCSI controller 0", (s_rasd + "Address", 0), (s_rasd + "ResourceSubType", "lsilogic"))
                : Item(3, OtherStorage, "SATA controller 0", (s_rasd + "Address", 0), (s_rasd + "ResourceSubType", "vmware.sata.ahci")),
            Item(4, Disk, "Hard disk 1", (s_rasd + "AddressOnParent", 0), (s_rasd + "HostResource", "ovf:/disk/vmdisk1"), (s_rasd + "Parent", 3)),
            Item(5, Ethernet, "Network adapter 1", (s_rasd + "AutomaticAllocation", "true"), (s_rasd + "Connection", "network"), (s_rasd + "ResourceSubType", "E1000")));
        if (machine.IsUefi)
        {
            hardware.Add(new XElement(s_vmware + "Config", new XAttribute(s_ovf + "required", "false"), new XAttribute(s_vmware + "key", "firmware"), new XAttribute(s_vmware + "value", "efi")));
        }

        var envelope = new XElement(
            s_ovf + "Envelope",
            new XAttribute("xmlns", s_ovf),
            new XAttribute(XNamespace.Xmlns + "ovf", s_ovf),
            new XAttribute(XNamespace.Xmlns + "rasd", s_rasd),
            new XAttribute(XNamespace.Xmlns + "vssd", s_vssd),
            new XAttribute(XNamespace.Xmlns + "vmw", s_vmware),
            new XElement(
                s_ovf + "References",
                new XElement(s_ovf + "File", Of("href", diskName), Of("id", "file1"), Of("size", fileBytes))),
            new XElement(
                s_ovf + "DiskSection",
                new XElement(s_ovf + "Info", "Virtual disk information"),
                new XElement(
                    s_ovf + "Disk",
                    Of("capacity", machine.DiskBytes),
                    Of("capacityAllocationUnits", "byte"),
                    Of("diskId", "vmdisk1"),
                    Of("fileRef", "file1"),
                    Of("format", "http://www.vmware.com/interfaces/specifications/vmdk.html#streamOptimized"))),
            new XElement(
                s_ovf + "NetworkSection",
                new XElement(s_ovf + "Info", "The list of logical networks"),
                new XElement(s_ovf + "Network", Of("name", "network"), new XElement(s_ovf + "Description", "The network"))),
            new XElement(
                s_ovf + "VirtualSystem",
                Of("id", machine.Name),
                new XElement(s_ovf + "Info", "A virtual machine"),
                new XElement(s_ovf + "Name", machine.Name),
                SystemOf(machine.Platform),
                hardware));
        return new XDeclaration("1.0", "UTF-8", null) + "\n" + envelope + "\n";
    }

    private static XElement SystemOf(GuestPlatform platform) => new(
        s_ovf + "OperatingSystemSection",
        Of("id", platform is GuestPlatform.Windows ? OtherSystem : Linux64),
        new XElement(s_ovf + "Info", "The kind of installed guest operating system"),
        new XElement(s_ovf + "Description", platform is GuestPlatform.Windows ? "Microsoft Windows, 64 bit" : "Linux, 64 bit"));

    private static XAttribute Of(string name, object value) => new(s_ovf + name, Convert.ToString(value, CultureInfo.InvariantCulture)!);

    /// <summary>The elements of an item stand in the order of their names, as its schema says.</summary>
    private static XElement Item(int id, int type, string name, params ReadOnlySpan<(XName Name, object Value)> more)
    {
        var elements = new List<XElement> { new(s_rasd + "ElementName", name), new(s_rasd + "InstanceID", id), new(s_rasd + "ResourceType", type) };
        foreach (var (key, value) in more)
        {
            elements.Add(new XElement(key, value));
        }

        return new XElement(s_ovf + "Item", elements.OrderBy(element => element.Name.LocalName, StringComparer.Ordinal));
    }
}
