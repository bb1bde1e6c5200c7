namespace Nines.Control.Store;

/// <summary>Another way to find records of a table, kept in memory only.</summary>
internal sealed class IndexDefinition<T> where T : class, IResource
{
    private readonly Func<T, string?>? _key;
    private readonly Func<T, IEnumerable<string>>? _keys;

    internal IndexDefinition(TableDefinition<T> table, string name, int ordinal, Func<T, string?>? key, Func<T, IEnumerable<string>>? keys)
    {
        Table = table;
        Name = name;
        Ordinal = ordinal;
        _key = key;
        _keys = keys;
    }

    public TableDefinition<T> Table { get; }

    public string Name { get; }

    internal int Ordinal { get; }

    /// <summary>Every key under which the record is found.</summary>
    internal IEnumerable<string> KeysOf(T value)
    {
        if (_keys is not null)
            return _keys(value).Distinct(StringComparer.Ordinal);
        return _key!(value) is { } key ? [key] : [];
    }

    internal bool Matches(T value, string key) => KeysOf(value).Contains(key, StringComparer.Ordinal);
}
