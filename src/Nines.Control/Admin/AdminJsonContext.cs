using System.Text.Json.Serialization;

namespace Nines.Control.Admin;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(StatusResult))]
[JsonSerializable(typeof(ConsoleRequest))]
[JsonSerializable(typeof(ConsoleResult))]
[JsonSerializable(typeof(LogsRequest))]
[JsonSerializable(typeof(LogsResult))]
[JsonSerializable(typeof(RefreshImagesResult))]
[JsonSerializable(typeof(ResetResult))]
internal sealed partial class AdminJsonContext : JsonSerializerContext;
