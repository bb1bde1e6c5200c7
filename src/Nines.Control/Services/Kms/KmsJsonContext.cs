using System.Text.Json.Serialization;

namespace Nines.Control.Services.Kms;

/// <summary>How keys and their names are stored.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(KmsAlias))]
[JsonSerializable(typeof(KmsKey))]
internal sealed partial class KmsJsonContext : JsonSerializerContext;
