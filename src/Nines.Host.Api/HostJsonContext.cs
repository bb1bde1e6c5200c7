using System.Text.Json.Serialization;

namespace Nines.Host.Api;

/// <summary>How the contract is written between processes and on a host's own disk.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(HostState))]
[JsonSerializable(typeof(HostReport))]
[JsonSerializable(typeof(HostFacts))]
[JsonSerializable(typeof(HostUsage))]
[JsonSerializable(typeof(ProcessorTimes))]
[JsonSerializable(typeof(ApplyResult))]
public sealed partial class HostJsonContext : JsonSerializerContext;
