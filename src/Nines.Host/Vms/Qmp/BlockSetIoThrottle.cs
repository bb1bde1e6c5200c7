using System.Text.Json.Serialization;

namespace Nines.Host.Vms.Qmp;

/// <summary><c>block_set_io_throttle</c>: how much a disk may do in a second; 0: as much as it can.</summary>
/// <param name="Id">The device.</param>
/// <param name="Iops">Reads and writes.</param>
/// <param name="BytesPerSecond">Bytes read and written.</param>
internal sealed record BlockSetIoThrottle(string Id, long Iops, [property: JsonPropertyName("bps")] long BytesPerSecond) : IQmpCommand<QmpNothing>
{
    public static string Name => "block_set_io_throttle";

    [JsonPropertyName("iops_rd")]
    public long ReadIops { get; }

    [JsonPropertyName("iops_wr")]
    public long WriteIops { get; }

    [JsonPropertyName("bps_rd")]
    public long ReadBytesPerSecond { get; }

    [JsonPropertyName("bps_wr")]
    public long WriteBytesPerSecond { get; }
}
