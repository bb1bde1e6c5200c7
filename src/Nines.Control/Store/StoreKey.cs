namespace Nines.Control.Store;

/// <summary>The parts of a record's key, <c>/{table}/{accountId}/{id}</c>; an id may itself contain slashes.</summary>
internal static class StoreKey
{
    /// <summary>The table's name; empty when the key is no record's.</summary>
    public static ReadOnlySpan<char> TableOf(string key)
    {
        var end = key.Length > 1 && key[0] == '/' ? key.IndexOf('/', 1) : -1;
        return end < 0 ? [] : key.AsSpan(1, end - 1);
    }

    /// <exception cref="StoreCorruptException">The key has not all parts.</exception>
    public static (string AccountId, string Id) Parse(string key, string prefix)
    {
        var end = key.IndexOf('/', prefix.Length);
        return end < 0 ? throw new StoreCorruptException($"The key {key} names no account.") : (key[prefix.Length..end], key[(end + 1)..]);
    }
}
