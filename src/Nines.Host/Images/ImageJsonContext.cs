using System.Text.Json.Serialization;

namespace Nines.Host.Images;

/// <summary>How manifests and the answers of <c>qemu-img</c> are written.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, WriteIndented = true)]
[JsonSerializable(typeof(ImageManifest))]
[JsonSerializable(typeof(RecipeOutput))]
[JsonSerializable(typeof(DiskInfo))]
internal sealed partial class ImageJsonContext : JsonSerializerContext;
