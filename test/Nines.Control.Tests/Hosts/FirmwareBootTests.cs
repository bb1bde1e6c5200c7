using Nines.Host.Api;

namespace Nines.Control.Tests.Hosts;

public sealed class FirmwareBootTests
{
    [Fact]
    public void Every_machine_has_a_digest_of_its_own_and_is_found_by_it()
    {
        FirmwareBoot[] all =
        [
            .. from uefi in new[] { false, true } from platform in Enum.GetValues<GuestPlatform>() from devices in Enum.GetValues<DeviceModel>() select new FirmwareBoot(uefi, platform, devices),
        ];

        all.Select(boot => FirmwareBoot.Find(boot.Digest)).ShouldBe(all);
        FirmwareBoot.Find(new string('0', 64)).ShouldBeNull();
    }

    /// <summary>Records of clouds that are there already name them.</summary>
    [Fact]
    public void What_started_disks_before_there_was_Windows_is_still_known()
    {
        FirmwareBoot.Bios.ShouldBe("c3709e10c77a386f542e47dd576c4fccdb204ec1d5bbd5eaff1868c041ad6e7f");
        FirmwareBoot.Uefi.ShouldBe("7c7862930512e57727e40e0ef22821f362e6fad8de3261fa8e65acbb82e78407");
        FirmwareBoot.Find(FirmwareBoot.Uefi).ShouldBe(new FirmwareBoot(IsUefi: true));
    }
}
