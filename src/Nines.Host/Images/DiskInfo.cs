using System.Text.Json.Serialization;

namespace Nines.Host.Images;

/// <summary>What <c>qemu-img info --output=json</c> says of a disk file.</summary>
internal sealed record DiskInfo
{
    /// <summary>The format, such as <c>qcow2</c>.</summary>
    [JsonPropertyName("format")]
    public required string Format { get; init; }

    /// <summary>Size that a guest sees, in bytes.</summary>
    [JsonPropertyName("virtual-size")]
    public required long VirtualSizeBytes { get; init; }

    /// <summary>The file that this one is a copy-on-write child of.</summary>
    [JsonPropertyName("backing-filename")]
    public string? BackingFile { get; init; }
}
