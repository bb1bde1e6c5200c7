using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Nines.Host.Vms.Qmp;

/// <summary>How commands and results are written.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.KebabCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(QmpNothing))]
[JsonSerializable(typeof(QmpCapabilities))]
[JsonSerializable(typeof(QueryStatus))]
[JsonSerializable(typeof(StatusInfo))]
[JsonSerializable(typeof(SystemPowerdown))]
[JsonSerializable(typeof(SystemReset))]
[JsonSerializable(typeof(Cont))]
[JsonSerializable(typeof(Quit))]
[JsonSerializable(typeof(Screendump))]
[JsonSerializable(typeof(Stop))]
[JsonSerializable(typeof(MigrateSetCapabilities))]
[JsonSerializable(typeof(MigrateSetParameters))]
[JsonSerializable(typeof(Migrate))]
[JsonSerializable(typeof(MigrateIncoming))]
[JsonSerializable(typeof(QueryMigrate))]
[JsonSerializable(typeof(MigrationInfo))]
[JsonSerializable(typeof(SetLink))]
[JsonSerializable(typeof(BlockResize))]
[JsonSerializable(typeof(QueryBlock))]
[JsonSerializable(typeof(ImmutableArray<BlockInfo>))]
[JsonSerializable(typeof(QueryNamedBlockNodes))]
[JsonSerializable(typeof(ImmutableArray<BlockNode>))]
[JsonSerializable(typeof(BlockdevAdd))]
[JsonSerializable(typeof(OverlayAdd))]
[JsonSerializable(typeof(Transaction))]
[JsonSerializable(typeof(BlockdevDel))]
[JsonSerializable(typeof(DeviceAdd))]
[JsonSerializable(typeof(DeviceDel))]
[JsonSerializable(typeof(BlockSetIoThrottle))]
internal sealed partial class QmpJsonContext : JsonSerializerContext;
