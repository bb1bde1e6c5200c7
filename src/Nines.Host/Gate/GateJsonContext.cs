using System.Text.Json.Serialization;

namespace Nines.Host.Gate;

/// <summary>How records of kept guests are written.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(KeptGuestRecord))]
internal sealed partial class GateJsonContext : JsonSerializerContext;
