using System.Text.Json.Serialization;

namespace Nines.Host.Vms.Qmp;

/// <summary>A disk that is in a device.</summary>
/// <param name="NodeName">The block node.</param>
/// <param name="Image">What the node is.</param>
/// <param name="Iops">Reads and writes that it may make in a second; 0: as many as it can.</param>
/// <param name="BytesPerSecond">Bytes that it may read and write in a second; 0: as many as it can.</param>
internal sealed record BlockInserted(
    string? NodeName, BlockImage Image, long Iops, [property: JsonPropertyName("bps")] long BytesPerSecond);
