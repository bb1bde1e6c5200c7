namespace Nines.Control.Store;

/// <summary>
/// Reads and writes of one transaction: all reads are of one revision and see the transaction's own writes. What was
/// found, and every record that is written or removed, must be unchanged at the commit; lists and index reads are not conditions.
/// </summary>
internal sealed class CloudTransaction
{
    private readonly CloudState _state;
    private readonly Dictionary<string, long> _conditions = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Write> _writes = new(StringComparer.Ordinal);
    private readonly List<StoreMutation> _appended = [];

    internal CloudTransaction(CloudState state) => _state = state;

    /// <summary>The revision that reads are of.</summary>
    public long Revision => _state.Revision;

    internal bool IsEmpty => _writes.Count == 0;

    /// <summary>The records that are written or removed, by table and id.</summary>
    internal IEnumerable<(TableDefinition Table, string Id)> Written => _writes.Select(write => (write.Value.Table, StoreKey.Parse(write.Key, write.Value.Table.Prefix).Id));

    /// <summary>The record, or null; that it is so at the commit becomes a condition.</summary>
    public T? Find<T>(TableDefinition<T> table, string accountId, string id) where T : class, IResource
    {
        Expect(table, accountId, id);
        return Peek(table, accountId, id);
    }

    /// <summary>The record, or null, without a condition.</summary>
    public T? Peek<T>(TableDefinition<T> table, string accountId, string id) where T : class, IResource
    {
        if (_writes.TryGetValue(table.KeyOf(accountId, id), out var write))
            return (T?)write.Value;
        return _state.View(table).TryFind(accountId, id, out var row) ? row.Value : null;
    }

    /// <summary>An account's records by id, with this transaction's writes, without a condition.</summary>
    public IEnumerable<T> List<T>(TableDefinition<T> table, string accountId, string? afterId = null) where T : class, IResource
    {
        var stored = _state.View(table).List(accountId, afterId ?? "");
        var own = Own(table, value => value.AccountId == accountId && string.CompareOrdinal(value.Id, afterId ?? "") > 0);
        return own is null ? stored : Merge(table, stored, own);
    }

    /// <summary>Every account's records, with this transaction's writes, without a condition.</summary>
    public IEnumerable<T> ListAll<T>(TableDefinition<T> table) where T : class, IResource
    {
        var stored = _state.View(table).ListAll();
        var own = Own(table, static _ => true);
        return own is null ? stored : Merge(table, stored, own);
    }

    /// <summary>The records with a key in an index, with this transaction's writes, without a condition.</summary>
    public IReadOnlyCollection<T> By<T>(IndexDefinition<T> index, string key) where T : class, IResource
    {
        var stored = _state.View(index.Table).By(index, key);
        var own = Own(index.Table, value => index.Matches(value, key));
        return own is null ? stored : [.. Merge(index.Table, stored, own)];
    }

    /// <summary>Inserts the record, or replaces the one that this transaction sees; someone else's change meanwhile is a conflict.</summary>
    /// <param name="table">Its table.</param>
    /// <param name="value">The record.</param>
    /// <param name="leaseId">The lease the record ends with; 0: none.</param>
    public void Put<T>(TableDefinition<T> table, T value, long leaseId = 0) where T : class, IResource
    {
        Expect(table, value.AccountId, value.Id);
        _writes[table.KeyOf(value.AccountId, value.Id)] = new Write(table, value, leaseId, () => table.Encode(value));
    }

    /// <summary>Adds a record.</summary>
    /// <param name="table">Its table.</param>
    /// <param name="value">The record.</param>
    /// <param name="leaseId">The lease the record ends with; 0: none.</param>
    /// <exception cref="RecordExistsException">There is one of that id.</exception>
    public void Insert<T>(TableDefinition<T> table, T value, long leaseId = 0) where T : class, IResource
    {
        if (Peek(table, value.AccountId, value.Id) is not null)
            throw new RecordExistsException(table.Name, ResourceKey.Of(value));
        Put(table, value, leaseId);
    }

    /// <summary>Removes the record; nothing happens when there is none.</summary>
    public void Delete<T>(TableDefinition<T> table, T value) where T : class, IResource
    {
        var key = table.KeyOf(value.AccountId, value.Id);
        Expect(table, value.AccountId, value.Id);
        if (_conditions[key] == 0)
            _writes.Remove(key);
        else
            _writes[key] = new Write(table, null, 0, null);
    }

    /// <summary>Removes all of an account's records of a table.</summary>
    public void DeleteAll<T>(TableDefinition<T> table, string accountId) where T : class, IResource
    {
        foreach (var record in List(table, accountId).ToArray())
            Delete(table, record);
    }

    /// <summary>Writes something that no view holds, under a key that nothing else has; alone it is no reason to commit.</summary>
    internal void Append(string key, byte[] value) => _appended.Add(new StoreMutation(key, value));

    internal StoreTransaction ToStoreTransaction() => new(
        [.. _conditions.Select(condition => new StoreCondition(condition.Key, condition.Value))],
        [.. _writes.Select(write => new StoreMutation(write.Key, write.Value.Encode?.Invoke(), write.Value.LeaseId, write.Value.Value)), .. _appended]);

    private void Expect<T>(TableDefinition<T> table, string accountId, string id) where T : class, IResource =>
        _conditions.TryAdd(table.KeyOf(accountId, id), _state.View(table).TryFind(accountId, id, out var row) ? row.Revision : 0);

    /// <summary>This transaction's matching writes of a table, in order; null when it wrote nothing there.</summary>
    private List<T>? Own<T>(TableDefinition<T> table, Func<T, bool> matches) where T : class, IResource
    {
        List<T>? own = null;
        foreach (var write in _writes.Values)
        {
            if (write.Table != table)
                continue;
            own ??= [];
            if (write.Value is T value && matches(value))
                own.Add(value);
        }
        own?.Sort(Compare);
        return own;
    }

    private IEnumerable<T> Merge<T>(TableDefinition<T> table, IEnumerable<T> stored, List<T> own) where T : class, IResource
    {
        var next = 0;
        foreach (var value in stored)
        {
            if (_writes.ContainsKey(table.KeyOf(value.AccountId, value.Id)))
                continue;
            while (next < own.Count && Compare(own[next], value) < 0)
                yield return own[next++];
            yield return value;
        }
        while (next < own.Count)
            yield return own[next++];
    }

    private static int Compare<T>(T left, T right) where T : class, IResource
    {
        var order = string.CompareOrdinal(left.AccountId, right.AccountId);
        return order != 0 ? order : string.CompareOrdinal(left.Id, right.Id);
    }

    private sealed record Write(TableDefinition Table, IResource? Value, long LeaseId, Func<byte[]>? Encode);
}
