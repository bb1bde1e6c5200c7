using System.Security.Cryptography;
using System.Text;

namespace Nines.Host.Api;

/// <summary>
/// What starts a disk that was never one of the image stores': firmware alone, on a machine that suits the guest. A digest stands for it where an image's would,
/// as machines name what starts them by a digest; so it goes along with volumes, snapshots and images.
/// </summary>
/// <param name="IsUefi">Whether the firmware is UEFI's; else it is a BIOS.</param>
/// <param name="Platform">Whose ways the machine suits.</param>
/// <param name="Devices">Which disks and adapters it has.</param>
public sealed record FirmwareBoot(bool IsUefi, GuestPlatform Platform = GuestPlatform.Linux, DeviceModel Devices = DeviceModel.Virtio)
{
    private static readonly Dictionary<string, FirmwareBoot> s_all = new[] { false, true }
        .SelectMany(_ => Enum.GetValues<GuestPlatform>(), (uefi, platform) => (uefi, platform))
        .SelectMany(_ => Enum.GetValues<DeviceModel>(), (choice, devices) => new FirmwareBoot(choice.uefi, choice.platform, devices))
        .ToDictionary(boot => boot.Digest, StringComparer.Ordinal);

    /// <summary>The digest of a BIOS and virtio.</summary>
    public static readonly string Bios = new FirmwareBoot(IsUefi: false).Digest;

    /// <summary>The digest of UEFI's firmware and virtio.</summary>
    public static readonly string Uefi = new FirmwareBoot(IsUefi: true).Digest;

    /// <summary>The digest that stands for it: 64 hexadecimal digits.</summary>
    public string Digest => Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(
        $"nines firmware {(IsUefi ? "uefi" : "legacy-bios")}{(Platform is GuestPlatform.Windows ? " windows" : "")}{(Devices is DeviceModel.Emulated ? " emulated" : "")}\n")));

    /// <summary>What a digest stands for; <see langword="null"/>: it is an image's.</summary>
    public static FirmwareBoot? Find(string digest) => s_all.GetValueOrDefault(digest);
}
