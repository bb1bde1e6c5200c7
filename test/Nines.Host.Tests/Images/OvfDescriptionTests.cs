using System.Xml.Linq;
using Nines.Host.Api;
using Nines.Host.Images;

namespace Nines.Host.Tests.Images;

public sealed class OvfDescriptionTests
{
    [Theory]
    [InlineData(GuestPlatform.Linux, DeviceModel.Virtio, "101", "lsilogic")]
    [InlineData(GuestPlatform.Windows, DeviceModel.Virtio, "1", "lsilogic")]
    [InlineData(GuestPlatform.Windows, DeviceModel.Emulated, "1", "vmware.sata.ahci")]
    public void Another_hypervisor_hears_what_is_on_the_disk_and_what_that_drives(GuestPlatform platform, DeviceModel devices, string system, string controller)
    {
        var text = OvfDescription.Render(new OvaMachine("server", 1 << 30, IsUefi: true) { Platform = platform, Devices = devices }, "server.vmdk", 1000);

        var description = XDocument.Parse(text);
        description.Descendants().Single(element => element.Name.LocalName == "OperatingSystemSection").Attributes().Single(attribute => attribute.Name.LocalName == "id").Value.ShouldBe(system);
        description.Descendants().Where(element => element.Name.LocalName == "ResourceSubType").Select(element => element.Value).ShouldBe([controller, "E1000"]);
    }
}
