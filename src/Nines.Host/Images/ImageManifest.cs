using System.Collections.Immutable;
using Nines.Host.Api;

namespace Nines.Host.Images;

/// <summary>What an image is: <c>image.json</c> beside its files.</summary>
public sealed record ImageManifest
{
    /// <summary>What users call it, such as <c>tiny</c>.</summary>
    public required string Name { get; init; }

    /// <summary>One line for people.</summary>
    public string Description { get; init; } = "";

    /// <summary>The processor it needs, as AWS names it: <c>x86_64</c>.</summary>
    public required string Architecture { get; init; }

    /// <summary>Whose ways its machines suit.</summary>
    public GuestPlatform Platform { get; init; }

    /// <summary>Which disks and adapters its machines have.</summary>
    public DeviceModel Devices { get; init; }

    /// <summary>What a machine starts with.</summary>
    public required ImageBoot Boot { get; init; }

    /// <summary>The root disk.</summary>
    public required ImageDisk Disk { get; init; }

    /// <summary>With less memory the guest does not come up.</summary>
    public int MinimumMemoryMiB { get; init; } = 512;

    /// <summary>
    /// Room for translated code where the guest is emulated, in MiB; by the size of the machine when it is not said. A guest that starts
    /// many programs translates each anew and wants much, one that starts few is small with little.
    /// </summary>
    public int? TranslationCacheMiB { get; init; }

    /// <summary>Whether the guest waits at the gate when it is booted to be kept (images/README.md: The gate).</summary>
    public bool Gate { get; init; }

    /// <summary>The user that a key pair lets in.</summary>
    public required string DefaultUser { get; init; }

    /// <summary>What AWS's API calls the root disk's device.</summary>
    public string RootDeviceName { get; init; } = "/dev/xvda";

    /// <summary>When it was built or imported.</summary>
    public required DateTimeOffset BuiltAt { get; init; }

    /// <summary>SHA-256 of what it was made from: the recipe's files, or the imported file.</summary>
    public required string SourceDigest { get; init; }

    /// <summary>Versions of the packages that it was built from, by name.</summary>
    public ImmutableSortedDictionary<string, string> Packages { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>SHA-256 of every file, by name.</summary>
    public ImmutableSortedDictionary<string, string> Files { get; init; } = ImmutableSortedDictionary<string, string>.Empty;
}
