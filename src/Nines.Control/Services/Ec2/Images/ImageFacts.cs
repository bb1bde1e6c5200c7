using Nines.Host.Api;

namespace Nines.Control.Services.Ec2.Images;

/// <summary>What an image store says of an image that it holds.</summary>
internal sealed record ImageFacts
{
    /// <summary>What users call it.</summary>
    public required string Name { get; init; }

    /// <summary>Digest of the content, by which hosts know it: 64 hexadecimal digits.</summary>
    public required string Digest { get; init; }

    /// <summary>One line for people.</summary>
    public string Description { get; init; } = "";

    /// <summary>The processor it needs, <c>x86_64</c>.</summary>
    public required string Architecture { get; init; }

    /// <summary>What is on it.</summary>
    public GuestPlatform Platform { get; init; }

    /// <summary>Which disks and adapters its machines have.</summary>
    public DeviceModel Devices { get; init; }

    /// <summary>How it boots: <c>legacy-bios</c>, <c>uefi</c>; <see langword="null"/> when the hypervisor loads its kernel.</summary>
    public string? BootMode { get; init; }

    /// <summary>The root disk's device.</summary>
    public required string RootDeviceName { get; init; }

    /// <summary>The root disk's size in bytes, as a guest sees it.</summary>
    public required long RootDiskBytes { get; init; }

    /// <summary>With less memory the guest does not come up; MiB.</summary>
    public int MinimumMemoryMiB { get; init; }

    /// <summary>Whether a guest of it can be kept, so that servers start as copies of its memory.</summary>
    public bool HasGate { get; init; }

    /// <summary>The user that a key pair lets in.</summary>
    public string? DefaultUser { get; init; }

    /// <summary>When it was built or imported.</summary>
    public required DateTimeOffset BuiltAt { get; init; }

    /// <summary>The account that owns it; <see langword="null"/> for an image that comes with the cloud and is every account's to launch.</summary>
    public string? OwnerAccountId { get; init; }
}
