using System.Text.Json.Serialization;

namespace Nines.Control.Admin;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(AccountRequest))]
[JsonSerializable(typeof(AccountResult))]
[JsonSerializable(typeof(AccountsResult))]
[JsonSerializable(typeof(AuditRequest))]
[JsonSerializable(typeof(AuditResult))]
[JsonSerializable(typeof(StatusResult))]
[JsonSerializable(typeof(ConsoleRequest))]
[JsonSerializable(typeof(ConsoleResult))]
[JsonSerializable(typeof(LinkRequest))]
[JsonSerializable(typeof(LinkResult))]
[JsonSerializable(typeof(MaintenanceRequest))]
[JsonSerializable(typeof(MaintenanceResult))]
[JsonSerializable(typeof(ReachRequest))]
[JsonSerializable(typeof(ReachResult))]
[JsonSerializable(typeof(RefreshImagesResult))]
[JsonSerializable(typeof(ResetResult))]
[JsonSerializable(typeof(UsageRequest))]
[JsonSerializable(typeof(UsageResult))]
[JsonSerializable(typeof(VolumesRequest))]
[JsonSerializable(typeof(VolumesResult))]
internal sealed partial class AdminJsonContext : JsonSerializerContext;
