using System.Text.Json.Serialization;
using Nines.Control.Services.Ec2.Credits;
using Nines.Control.Services.Ec2.NetworkInterfaces;
using Nines.Control.Services.Ec2.Snapshots;
using Nines.Control.Services.Ec2.Volumes;

namespace Nines.Control.Services.Ec2.Instances;

/// <summary>How the records of instances, their disks and adapters are stored.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Instance))]
[JsonSerializable(typeof(CpuCredit))]
[JsonSerializable(typeof(LaunchToken))]
[JsonSerializable(typeof(MetadataDefaults))]
[JsonSerializable(typeof(Volume))]
[JsonSerializable(typeof(Snapshot))]
[JsonSerializable(typeof(NetworkInterface))]
internal sealed partial class InstanceJsonContext : JsonSerializerContext;
