using System.Security.Cryptography;

namespace Nines.Host.Api;

/// <summary>
/// What starts a disk that was never one of the image stores': firmware alone. Two digests stand for it where an image's would, as machines name what
/// starts them by a digest.
/// </summary>
public static class FirmwareBoot
{
    /// <summary>The firmware is a BIOS.</summary>
    public static readonly string Bios = DigestOf("legacy-bios");

    /// <summary>The firmware is UEFI's.</summary>
    public static readonly string Uefi = DigestOf("uefi");

    private static string DigestOf(string mode) => Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.ASCII.GetBytes($"nines firmware {mode}\n")));
}
