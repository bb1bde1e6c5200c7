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
    public long ReadIops => 0;

    [JsonPropertyName("iops_wr")]
    public long WriteIops => 0;

    [JsonPropertyName("bps_rd")]
    public long ReadBytesPerSecond => 0;

    [JsonPropertyName("bps_wr")]
    public long WriteBytesPerSecond => 0;
}
