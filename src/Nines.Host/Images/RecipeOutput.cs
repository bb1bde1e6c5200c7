using System.Collections.Immutable;
using Nines.Host.Api;

namespace Nines.Host.Images;

/// <summary>What a recipe writes as <c>image.json</c>: the facts that only it knows. The rest of the manifest is found out.</summary>
internal sealed record RecipeOutput
{
    /// <inheritdoc cref="ImageManifest.Description"/>
    public string Description { get; init; } = "";

    /// <inheritdoc cref="ImageManifest.Architecture"/>
    public required string Architecture { get; init; }

    /// <inheritdoc cref="ImageManifest.Platform"/>
    public GuestPlatform Platform { get; init; }

    /// <inheritdoc cref="ImageManifest.Devices"/>
    public DeviceModel Devices { get; init; }

    /// <inheritdoc cref="ImageManifest.Boot"/>
    public required ImageBoot Boot { get; init; }

    /// <summary>Name of the disk's file.</summary>
    public required string Disk { get; init; }

    /// <inheritdoc cref="ImageManifest.MinimumMemoryMiB"/>
    public int MinimumMemoryMiB { get; init; } = 512;

    /// <inheritdoc cref="ImageManifest.TranslationCacheMiB"/>
    public int? TranslationCacheMiB { get; init; }

    /// <inheritdoc cref="ImageManifest.Gate"/>
    public bool Gate { get; init; }

    /// <inheritdoc cref="ImageManifest.DefaultUser"/>
    public required string DefaultUser { get; init; }

    /// <inheritdoc cref="ImageManifest.RootDeviceName"/>
    public string RootDeviceName { get; init; } = "/dev/xvda";

    /// <inheritdoc cref="ImageManifest.Packages"/>
    public ImmutableSortedDictionary<string, string> Packages { get; init; } = ImmutableSortedDictionary<string, string>.Empty;
}
