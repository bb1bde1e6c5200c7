using System.Text.Json.Serialization;

namespace Nines.Control.Identity;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Account))]
[JsonSerializable(typeof(AccessKey))]
[JsonSerializable(typeof(Session))]
internal sealed partial class IdentityJsonContext : JsonSerializerContext;
