using System.Text.Json.Serialization;
using Nines.Host.Mirrors;
using Nines.Host.Vms;
using Nines.Host.Volumes;

namespace Nines.Host.Files;

/// <summary>How the agent writes its own files.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(VmRecord))]
[JsonSerializable(typeof(AcceleratorProbeResult))]
[JsonSerializable(typeof(AgentRecord))]
[JsonSerializable(typeof(SnapshotRecord))]
[JsonSerializable(typeof(MirrorRecord))]
internal sealed partial class HostFilesJsonContext : JsonSerializerContext;
