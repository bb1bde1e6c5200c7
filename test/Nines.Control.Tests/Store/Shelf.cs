using System.Text.Json.Serialization;
using Nines.Control.Store;

namespace Nines.Control.Tests.Store;

/// <summary>A record for the tests of the store.</summary>
internal sealed record Shelf(string AccountId, string Id, int Version = 0, string? Room = null, IReadOnlyList<string>? Labels = null) : IResource
{
    public const string Account = "123456789012";

    public static readonly TableDefinition<Shelf> Table = new("shelf", ShelfJsonContext.Default.Shelf);

    public static readonly IndexDefinition<Shelf> ByRoom = Table.Index("room", shelf => shelf.Room);

    public static readonly IndexDefinition<Shelf> ByLabel = Table.IndexMany("label", shelf => shelf.Labels ?? []);

    public static Shelf Of(string id, int version = 0, string? room = null) => new(Account, id, version, room);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Shelf))]
internal sealed partial class ShelfJsonContext : JsonSerializerContext;
