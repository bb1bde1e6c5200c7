using System.Text.Json.Serialization;
using Nines.Control.Services.Ssm.Parameters;

namespace Nines.Control.Services.Ssm;

/// <summary>How the records of Systems Manager are stored.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Parameter))]
internal sealed partial class SsmJsonContext : JsonSerializerContext;
