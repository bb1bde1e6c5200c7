using System.Collections.Concurrent;
using Nines.Host.Api;

namespace Nines.Host.Images;

/// <summary>What starts a disk that came from elsewhere, in the form of an image: it has no files, as firmware is the hypervisor's.</summary>
internal static class FirmwareImage
{
    private static readonly ConcurrentDictionary<string, Image> s_known = new(StringComparer.Ordinal);

    /// <summary>The firmware that a digest stands for; <see langword="null"/>: it stands for an image of the store.</summary>
    public static Image? Find(string digest) => FirmwareBoot.Find(digest) is { } boot ? s_known.GetOrAdd(digest, Of, boot) : null;

    private static Image Of(string digest, FirmwareBoot boot) => new(digest, "", new ImageManifest
    {
        Name = "firmware",
        Architecture = "x86_64",
        Platform = boot.Platform,
        Devices = boot.Devices,
        Boot = new ImageBoot { Mode = boot.IsUefi ? ImageBootMode.Uefi : ImageBootMode.Bios },
        Disk = new ImageDisk("", 0),
        DefaultUser = "",
        BuiltAt = DateTimeOffset.UnixEpoch,
        SourceDigest = "",
    });
}
