using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Nines.Host.Api;

/// <summary>A set of volumes by their ids, <c>vol-…</c>. Two with the same members are equal, so that a report that says nothing new is seen as such.</summary>
[JsonConverter(typeof(Converter))]
public sealed class VolumeIds : IEquatable<VolumeIds>
{
    /// <summary>No volume.</summary>
    public static readonly VolumeIds None = new([]);

    private readonly ImmutableSortedSet<string> _ids;

    private VolumeIds(ImmutableSortedSet<string> ids) => _ids = ids;

    /// <summary>A set of these.</summary>
    public static VolumeIds Of(IEnumerable<string> ids) => ids.ToImmutableSortedSet(StringComparer.Ordinal) is { IsEmpty: false } set ? new(set) : None;

    /// <summary>The ids in their order.</summary>
    public IReadOnlyCollection<string> All => _ids;

    /// <summary>Whether a volume is one of them.</summary>
    public bool Contains(string id) => _ids.Contains(id);

    /// <inheritdoc/>
    public bool Equals(VolumeIds? other) => other is not null && (ReferenceEquals(this, other) || _ids.SetEquals(other._ids));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as VolumeIds);

    /// <inheritdoc/>
    public override int GetHashCode() => _ids.Aggregate(0, (hash, id) => HashCode.Combine(hash, id.GetHashCode(StringComparison.Ordinal)));

    /// <inheritdoc/>
    public override string ToString() => string.Join(' ', _ids);

    /// <summary>Written as a list of strings.</summary>
    internal sealed class Converter : JsonConverter<VolumeIds>
    {
        public override VolumeIds Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            if (reader.TokenType is not JsonTokenType.StartArray)
            {
                throw new JsonException("Volumes are a list.");
            }

            var ids = new List<string>();
            while (reader.Read() && reader.TokenType is JsonTokenType.String)
            {
                ids.Add(reader.GetString()!);
            }

            return reader.TokenType is JsonTokenType.EndArray ? Of(ids) : throw new JsonException("Volumes are a list of strings.");
        }

        public override void Write(Utf8JsonWriter writer, VolumeIds value, JsonSerializerOptions options)
        {
            writer.WriteStartArray();
            foreach (var id in value._ids)
            {
                writer.WriteStringValue(id);
            }

            writer.WriteEndArray();
        }
    }
}
