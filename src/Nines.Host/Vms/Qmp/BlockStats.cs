using System.Text.Json.Serialization;

namespace Nines.Host.Vms.Qmp;

/// <summary>What a device has done.</summary>
/// <param name="Qdev">Where the device is: <c>/machine/peripheral/</c>, its id, and more; absent for what is no device.</param>
/// <param name="Stats">How much.</param>
internal sealed record BlockStats(string? Qdev, BlockCounts Stats);

/// <summary>How much a device has done.</summary>
/// <param name="Reads">How often the guest has read of it.</param>
/// <param name="Writes">How often the guest has written to it.</param>
internal sealed record BlockCounts([property: JsonPropertyName("rd_operations")] long Reads, [property: JsonPropertyName("wr_operations")] long Writes = 0);
