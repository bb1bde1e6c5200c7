using System.Text.Json.Serialization;
using Nines.Control.Store;

namespace Nines.Bench;

/// <summary>A record of a size.</summary>
internal sealed record BenchRecord(string AccountId, string Id, string Payload) : IResource
{
    public static readonly TableDefinition<BenchRecord> Table = new("bench", BenchJsonContext.Default.BenchRecord);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(BenchRecord))]
internal sealed partial class BenchJsonContext : JsonSerializerContext;
