using System.Text.Json.Serialization;
using Nines.Host.Vms;

namespace Nines.Host.Files;

/// <summary>How the agent writes its own files.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(VmRecord))]
[JsonSerializable(typeof(AcceleratorProbeResult))]
[JsonSerializable(typeof(AgentRecord))]
internal sealed partial class HostFilesJsonContext : JsonSerializerContext;
