using Nines.Host.Api;

namespace Nines.Host.Images;

/// <summary>A cloud image to take in.</summary>
/// <param name="Name">What to call it.</param>
/// <param name="Path">A disk file, in any of <see cref="DiskFormat"/>.</param>
public sealed record ImageImport(string Name, string Path)
{
    /// <summary>How to start it; found out from its partition table when <see langword="null"/>.</summary>
    public ImageBootMode? BootMode { get; init; }

    /// <summary>Whose ways its machines shall suit.</summary>
    public GuestPlatform Platform { get; init; }

    /// <summary>Which disks and adapters its machines have; those that the platform drives by itself when <see langword="null"/>.</summary>
    public DeviceModel? Devices { get; init; }

    /// <summary>The user that its cloud-init gives the key to: <c>ec2-user</c>, <c>admin</c> (Debian), <c>ubuntu</c> …</summary>
    public string DefaultUser { get; init; } = "ec2-user";

    /// <summary>One line for people.</summary>
    public string? Description { get; init; }

    /// <summary>The largest disk to accept, in bytes.</summary>
    public long MaxVirtualSizeBytes { get; init; } = 1L << 40;
}
