namespace Nines.Control.Store;

/// <summary>
/// Rows in order, immutable: a change copies one chunk and the list of chunks, so readers need no lock and a record costs
/// little more than the references to it. At 100,000 rows a change copies about 10 KB, in under a microsecond or two.
/// </summary>
internal sealed class SortedRows<T> where T : class, IResource
{
    public static readonly SortedRows<T> Empty = new([], 0);

    private const int MaxChunk = 128;

    private readonly Row<T>[][] _chunks;

    private SortedRows(Row<T>[][] chunks, int count)
    {
        _chunks = chunks;
        Count = count;
    }

    public int Count { get; }

    /// <summary>Takes rows in any order, without two of one key.</summary>
    public static SortedRows<T> Of(List<Row<T>> rows)
    {
        rows.Sort(static (a, b) => Row<T>.Compare(a, b));
        var chunks = new Row<T>[(rows.Count + MaxChunk - 1) / MaxChunk][];
        for (var i = 0; i < chunks.Length; i++)
            chunks[i] = [.. rows.GetRange(i * MaxChunk, Math.Min(MaxChunk, rows.Count - (i * MaxChunk)))];
        return new SortedRows<T>(chunks, rows.Count);
    }

    public bool TryFind(string indexKey, string accountId, string id, out Row<T> row)
    {
        var (chunk, index, found) = Locate(indexKey, accountId, id);
        row = found ? _chunks[chunk][index] : default;
        return found;
    }

    /// <summary>The rows with this one, in place of one of the same key.</summary>
    public SortedRows<T> With(in Row<T> row)
    {
        if (_chunks.Length == 0)
            return new SortedRows<T>([[row]], 1);
        var (at, index, found) = Locate(row.IndexKey, row.Value.AccountId, row.Value.Id);
        if (found)
        {
            var replaced = (Row<T>[])_chunks[at].Clone();
            replaced[index] = row;
            return new SortedRows<T>(Replace(at, [replaced]), Count);
        }
        // A row beyond the end of the chunk before fills that one first.
        if (at == _chunks.Length)
            (at, index) = (at - 1, _chunks[at - 1].Length);
        var chunk = _chunks[at];
        if (chunk.Length < MaxChunk)
            return new SortedRows<T>(Replace(at, [Insert(chunk, index, row)]), Count + 1);
        // Rows that come in order leave full chunks behind; others split in halves.
        if (index == chunk.Length && at == _chunks.Length - 1)
            return new SortedRows<T>(Replace(at, [chunk, [row]]), Count + 1);
        var left = chunk[..(MaxChunk / 2)];
        var right = chunk[(MaxChunk / 2)..];
        var halves = index <= left.Length ? [Insert(left, index, row), right] : new[] { left, Insert(right, index - left.Length, row) };
        return new SortedRows<T>(Replace(at, halves), Count + 1);
    }

    /// <summary>The rows without that of a key; the same rows when there is none.</summary>
    public SortedRows<T> Without(string indexKey, string accountId, string id)
    {
        var (at, index, found) = Locate(indexKey, accountId, id);
        if (!found)
            return this;
        var chunk = _chunks[at];
        Row<T>[] rest = [.. chunk.AsSpan(0, index), .. chunk.AsSpan(index + 1)];
        if (rest.Length == 0)
            return new SortedRows<T>(Replace(at, []), Count - 1);
        // Small neighbours are joined, so that deletes leave no trail of tiny chunks.
        if (at + 1 < _chunks.Length && rest.Length + _chunks[at + 1].Length <= MaxChunk / 2)
            return new SortedRows<T>(Replace(at, [[.. rest, .. _chunks[at + 1]]], 2), Count - 1);
        return new SortedRows<T>(Replace(at, [rest]), Count - 1);
    }

    /// <summary>The rows from the first that is not before the key, in order.</summary>
    public IEnumerable<Row<T>> From(string indexKey, string accountId, string id)
    {
        var (at, index, _) = Locate(indexKey, accountId, id);
        for (; at < _chunks.Length; at++, index = 0)
        {
            var chunk = _chunks[at];
            for (; index < chunk.Length; index++)
                yield return chunk[index];
        }
    }

    /// <summary>How many rows come before the key.</summary>
    public int CountBefore(string indexKey, string accountId, string id)
    {
        var (at, index, _) = Locate(indexKey, accountId, id);
        for (var i = 0; i < at; i++)
            index += _chunks[i].Length;
        return index;
    }

    /// <summary>Where the key is, or where it would be: the first row that is not before it.</summary>
    private (int Chunk, int Index, bool Found) Locate(string indexKey, string accountId, string id)
    {
        int low = 0, high = _chunks.Length;
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (Row<T>.Compare(_chunks[middle][^1], indexKey, accountId, id) < 0)
                low = middle + 1;
            else
                high = middle;
        }
        if (low == _chunks.Length)
            return (low, 0, false);
        var chunk = _chunks[low];
        int first = 0, end = chunk.Length;
        while (first < end)
        {
            var middle = (first + end) >>> 1;
            if (Row<T>.Compare(chunk[middle], indexKey, accountId, id) < 0)
                first = middle + 1;
            else
                end = middle;
        }
        return (low, first, Row<T>.Compare(chunk[first], indexKey, accountId, id) == 0);
    }

    private Row<T>[][] Replace(int at, Row<T>[][] with, int removed = 1)
    {
        var chunks = new Row<T>[_chunks.Length - removed + with.Length][];
        Array.Copy(_chunks, chunks, at);
        with.CopyTo(chunks, at);
        Array.Copy(_chunks, at + removed, chunks, at + with.Length, _chunks.Length - at - removed);
        return chunks;
    }

    private static Row<T>[] Insert(Row<T>[] chunk, int index, in Row<T> row)
    {
        var wider = new Row<T>[chunk.Length + 1];
        Array.Copy(chunk, wider, index);
        wider[index] = row;
        Array.Copy(chunk, index, wider, index + 1, chunk.Length - index);
        return wider;
    }
}
