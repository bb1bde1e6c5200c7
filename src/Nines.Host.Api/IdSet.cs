using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Nines.Host.Api;

/// <summary>A set of names of one kind. Two with the same members are equal, so that a report that says nothing new is seen as such.</summary>
public abstract class IdSet : IEquatable<IdSet>
{
    private readonly ImmutableSortedSet<string> _ids;

    private protected IdSet(IEnumerable<string> ids) => _ids = ids.ToImmutableSortedSet(StringComparer.Ordinal);

    /// <summary>The names in their order.</summary>
    public IReadOnlyCollection<string> All => _ids;

    /// <summary>Whether a name is one of them.</summary>
    public bool Contains(string id) => _ids.Contains(id);

    /// <inheritdoc/>
    public bool Equals(IdSet? other) => other is not null && (ReferenceEquals(this, other) || (GetType() == other.GetType() && _ids.SetEquals(other._ids)));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as IdSet);

    /// <inheritdoc/>
    public override int GetHashCode() => _ids.Aggregate(0, (hash, id) => HashCode.Combine(hash, id.GetHashCode(StringComparison.Ordinal)));

    /// <inheritdoc/>
    public override string ToString() => string.Join(' ', _ids);

    /// <summary>Written as a list of strings.</summary>
    internal abstract class Converter<T>(Func<IEnumerable<string>, T> make) : JsonConverter<T>
        where T : IdSet
    {
        public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            if (reader.TokenType is not JsonTokenType.StartArray)
            {
                throw new JsonException("Ids are a list.");
            }

            var ids = new List<string>();
            while (reader.Read() && reader.TokenType is JsonTokenType.String)
            {
                ids.Add(reader.GetString()!);
            }

            return reader.TokenType is JsonTokenType.EndArray ? make(ids) : throw new JsonException("Ids are a list of strings.");
        }

        public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options)
        {
            writer.WriteStartArray();
            foreach (var id in value.All)
            {
                writer.WriteStringValue(id);
            }

            writer.WriteEndArray();
        }
    }
}
