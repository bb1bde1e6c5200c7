using Nines.Host.Api;
using Nines.Host.Vms;

namespace Nines.Host.Tests.Vms;

public sealed class DiskDeviceTests
{
    [Theory]
    [InlineData(DeviceModel.Virtio, 0, false, "virtio-blk-pci", "diskport0", "disk0/virtio-backend", true, true)]
    [InlineData(DeviceModel.Virtio, 3, true, "virtio-blk-pci", "diskport3", "disk3/virtio-backend", true, false)]
    [InlineData(DeviceModel.Emulated, 0, false, "ide-hd", "ide.0", "disk0", false, true)]
    [InlineData(DeviceModel.Emulated, 3, false, "nvme", "diskport3", "disk3", true, false)]
    [InlineData(DeviceModel.Emulated, 3, true, "ide-hd", "ide.3", "disk3", false, false)]
    public void A_disk_is_where_its_guest_and_its_copies_need_it(
        DeviceModel devices, int port, bool isMirrored, string driver, string bus, string path, bool isPluggable, bool growsInUse)
    {
        var device = DiskDevice.Of(devices, port, isMirrored);

        (device.Driver, device.Bus, device.Path, device.IsPluggable, device.GrowsInUse, device.HasPlace).ShouldBe((driver, bus, path, isPluggable, growsInUse, true));
    }

    [Fact]
    public void The_controller_has_six_places()
    {
        DiskDevice.Of(DeviceModel.Emulated, 5, isMirrored: true).HasPlace.ShouldBeTrue();
        DiskDevice.Of(DeviceModel.Emulated, 6, isMirrored: true).HasPlace.ShouldBeFalse();
        DiskDevice.Of(DeviceModel.Emulated, 8, isMirrored: false).HasPlace.ShouldBeTrue();
    }

    [Theory]
    [InlineData("/machine/peripheral/disk0/virtio-backend", DeviceModel.Virtio)]
    [InlineData("disk0", DeviceModel.Emulated)]
    [InlineData(null, DeviceModel.Virtio)]
    public void A_machine_tells_by_its_root_disk_what_it_has(string? device, DeviceModel devices) => DiskDevice.ModelOf(device).ShouldBe(devices);
}
