using System.Text.Json.Serialization;

namespace Nines.Control.Hosts;

/// <summary>How the records of hosts are stored.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(HostRecord))]
internal sealed partial class HostJsonContext : JsonSerializerContext;
