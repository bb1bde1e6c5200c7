namespace Nines.Control.Store;

/// <summary>All records of a table as of one revision, immutable.</summary>
internal abstract class TableView
{
    /// <summary>How many records it has.</summary>
    public abstract int Total { get; }

    /// <summary>The view after a change, and the change; the same view and null when the view has seen it already.</summary>
    public abstract (TableView View, Change? Change) With(in StoreEvent change, string accountId, string id, long revision);

    /// <summary>The view of exactly these records, and what changed to get there.</summary>
    public abstract (TableView View, IReadOnlyList<Change> Changes) Reload(IReadOnlyList<StoreEntry> entries, long revision);
}

/// <inheritdoc cref="TableView"/>
internal sealed class TableView<T> : TableView where T : class, IResource
{
    private readonly TableDefinition<T> _table;
    private readonly SortedRows<T> _rows;
    private readonly SortedRows<T>[] _indexes;

    private TableView(TableDefinition<T> table, SortedRows<T> rows, SortedRows<T>[] indexes)
    {
        _table = table;
        _rows = rows;
        _indexes = indexes;
    }

    public override int Total => _rows.Count;

    public static TableView<T> Empty(TableDefinition<T> table) =>
        new(table, SortedRows<T>.Empty, [.. table.Indexes.Select(_ => SortedRows<T>.Empty)]);

    public bool TryFind(string accountId, string id, out Row<T> row) => _rows.TryFind("", accountId, id, out row);

    /// <summary>An account's records after an id, by id.</summary>
    public IEnumerable<T> List(string accountId, string afterId)
    {
        foreach (var row in _rows.From("", accountId, afterId))
        {
            if (row.Value.AccountId != accountId)
                yield break;
            if (row.Value.Id != afterId)
                yield return row.Value;
        }
    }

    public IEnumerable<T> ListAll() => _rows.From("", "", "").Select(static row => row.Value);

    public int Count(string accountId) => _rows.CountBefore("", accountId + '\0', "") - _rows.CountBefore("", accountId, "");

    public List<T> By(IndexDefinition<T> index, string key)
    {
        var found = new List<T>();
        foreach (var row in _indexes[index.Ordinal].From(key, "", ""))
        {
            if (row.IndexKey != key)
                break;
            found.Add(row.Value);
        }
        return found;
    }

    public int CountBy(IndexDefinition<T> index, string key)
    {
        var rows = _indexes[index.Ordinal];
        return rows.CountBefore(key + '\0', "", "") - rows.CountBefore(key, "", "");
    }

    public override (TableView View, Change? Change) With(in StoreEvent change, string accountId, string id, long revision)
    {
        var known = TryFind(accountId, id, out var before);
        if (known && before.Revision >= revision || !known && change.Value is null)
            return (this, null);
        if (change.Value is null)
            return (new TableView<T>(_table, _rows.Without("", accountId, id), Reindex(before.Value, null, revision)),
                new Change<T>(new ResourceKey(accountId, id), before.Value, null, revision));
        var value = change.Decoded as T ?? _table.Decode(change.Key, change.Value);
        return (new TableView<T>(_table, _rows.With(new Row<T>("", value, revision)), Reindex(known ? before.Value : null, value, revision)),
            new Change<T>(new ResourceKey(accountId, id), known ? before.Value : null, value, revision));
    }

    public override (TableView View, IReadOnlyList<Change> Changes) Reload(IReadOnlyList<StoreEntry> entries, long revision)
    {
        var rows = new List<Row<T>>(entries.Count);
        var changes = new List<Change>();
        foreach (var entry in entries)
        {
            var (accountId, id) = StoreKey.Parse(entry.Key, _table.Prefix);
            var known = TryFind(accountId, id, out var before);
            if (known && before.Revision == entry.Revision)
            {
                rows.Add(before);
                continue;
            }
            var row = new Row<T>("", _table.Decode(entry.Key, entry.Value), entry.Revision);
            rows.Add(row);
            changes.Add(new Change<T>(new ResourceKey(accountId, id), known ? before.Value : null, row.Value, entry.Revision));
        }
        var view = new TableView<T>(_table, SortedRows<T>.Of(rows), [.. _table.Indexes.Select(index => IndexOf(index, rows))]);
        foreach (var row in _rows.From("", "", ""))
        {
            if (!view.TryFind(row.Value.AccountId, row.Value.Id, out _))
                changes.Add(new Change<T>(new ResourceKey(row.Value.AccountId, row.Value.Id), row.Value, null, revision));
        }
        return (view, changes);
    }

    private static SortedRows<T> IndexOf(IndexDefinition<T> index, List<Row<T>> rows) =>
        SortedRows<T>.Of([.. rows.SelectMany(row => index.KeysOf(row.Value).Select(key => row with { IndexKey = key }))]);

    private SortedRows<T>[] Reindex(T? before, T? after, long revision)
    {
        if (_indexes.Length == 0)
            return _indexes;
        var indexes = new SortedRows<T>[_indexes.Length];
        for (var i = 0; i < indexes.Length; i++)
        {
            var rows = _indexes[i];
            var keys = after is null ? [] : _table.Indexes[i].KeysOf(after).ToArray();
            if (before is not null)
            {
                foreach (var gone in _table.Indexes[i].KeysOf(before).Except(keys, StringComparer.Ordinal))
                    rows = rows.Without(gone, before.AccountId, before.Id);
            }
            foreach (var key in keys)
                rows = rows.With(new Row<T>(key, after!, revision));
            indexes[i] = rows;
        }
        return indexes;
    }
}
