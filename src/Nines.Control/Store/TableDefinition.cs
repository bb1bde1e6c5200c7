using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Nines.Control.Store;

/// <summary>A kind of record: its name in keys (<c>/{table}/{accountId}/{id}</c>), its JSON and its indexes.</summary>
internal abstract class TableDefinition(string name)
{
    public string Name { get; } = name;

    /// <summary>What the keys of all its records start with.</summary>
    public string Prefix { get; } = $"/{name}/";

    public string KeyOf(string accountId, string id) => string.Concat(Prefix, accountId, "/", id);

    /// <summary>An empty view; no index can be added from then on.</summary>
    internal abstract TableView CreateView();
}

/// <inheritdoc cref="TableDefinition"/>
/// <remarks>Make one static instance in the slice, with its indexes beside it in the same class.</remarks>
internal sealed class TableDefinition<T>(string name, JsonTypeInfo<T> json) : TableDefinition(name) where T : class, IResource
{
    private readonly List<IndexDefinition<T>> _indexes = [];
    private bool _frozen;

    internal IReadOnlyList<IndexDefinition<T>> Indexes => _indexes;

    /// <summary>Finds records by one value of theirs; records whose value is null are left out.</summary>
    public IndexDefinition<T> Index(string name, Func<T, string?> key) => Add(new IndexDefinition<T>(this, name, _indexes.Count, key, null));

    /// <summary>Finds records by any of several values of theirs.</summary>
    public IndexDefinition<T> IndexMany(string name, Func<T, IEnumerable<string>> keys) => Add(new IndexDefinition<T>(this, name, _indexes.Count, null, keys));

    internal byte[] Encode(T value) => JsonSerializer.SerializeToUtf8Bytes(value, json);

    /// <exception cref="StoreCorruptException">The bytes are no such record.</exception>
    internal T Decode(string key, byte[] value)
    {
        try
        {
            return JsonSerializer.Deserialize(value, json) ?? throw new StoreCorruptException($"The record {key} is empty.");
        }
        catch (JsonException e)
        {
            throw new StoreCorruptException($"The record {key} cannot be read. Restore the store from a backup.", e);
        }
    }

    internal override TableView CreateView()
    {
        _frozen = true;
        return TableView<T>.Empty(this);
    }

    private IndexDefinition<T> Add(IndexDefinition<T> index)
    {
        if (_frozen)
            throw new InvalidOperationException($"Index {index.Name} of {Name} is declared after the table was opened: declare it beside the table.");
        _indexes.Add(index);
        return index;
    }
}
