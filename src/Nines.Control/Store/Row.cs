namespace Nines.Control.Store;

/// <summary>A record in a view or in an index of it.</summary>
/// <param name="IndexKey">The key it has in the index; empty in the view itself.</param>
/// <param name="Value">The record.</param>
/// <param name="Revision">The revision that last wrote it.</param>
internal readonly record struct Row<T>(string IndexKey, T Value, long Revision) where T : class, IResource
{
    public static int Compare(in Row<T> left, in Row<T> right) => Compare(left, right.IndexKey, right.Value.AccountId, right.Value.Id);

    /// <summary>By index key, then account, then id, each ordinal.</summary>
    public static int Compare(in Row<T> row, string indexKey, string accountId, string id)
    {
        var order = string.CompareOrdinal(row.IndexKey, indexKey);
        if (order == 0)
            order = string.CompareOrdinal(row.Value.AccountId, accountId);
        return order != 0 ? order : string.CompareOrdinal(row.Value.Id, id);
    }
}
