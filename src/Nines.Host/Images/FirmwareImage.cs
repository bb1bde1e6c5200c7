using Nines.Host.Api;

namespace Nines.Host.Images;

/// <summary>What starts a disk that came from elsewhere, in the form of an image: it has no files, as firmware is the hypervisor's.</summary>
internal static class FirmwareImage
{
    private static readonly Image s_bios = Of(FirmwareBoot.Bios, ImageBootMode.Bios);
    private static readonly Image s_uefi = Of(FirmwareBoot.Uefi, ImageBootMode.Uefi);

    /// <summary>The firmware that a digest stands for; <see langword="null"/>: it stands for an image of the store.</summary>
    public static Image? Find(string digest) => digest == FirmwareBoot.Bios ? s_bios : digest == FirmwareBoot.Uefi ? s_uefi : null;

    private static Image Of(string digest, ImageBootMode mode) => new(digest, "", new ImageManifest
    {
        Name = "firmware",
        Architecture = "x86_64",
        Boot = new ImageBoot { Mode = mode },
        Disk = new ImageDisk("", 0),
        DefaultUser = "",
        BuiltAt = DateTimeOffset.UnixEpoch,
        SourceDigest = "",
    });
}
