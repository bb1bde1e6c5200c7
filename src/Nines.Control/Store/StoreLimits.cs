namespace Nines.Control.Store;

/// <summary>What a store accepts; the same for every implementation, small enough for etcd's defaults (1.5 MiB a request).</summary>
internal static class StoreLimits
{
    public const int MaxKeyLength = 512;
    public const int MaxValueBytes = 1024 * 1024;

    /// <summary>Refuses what no store takes.</summary>
    /// <exception cref="ArgumentException">A key is empty or too long, or a value is too large.</exception>
    public static void Check(StoreTransaction transaction)
    {
        foreach (var condition in transaction.Conditions)
            CheckKey(condition.Key);
        foreach (var mutation in transaction.Mutations)
        {
            CheckKey(mutation.Key);
            if (mutation.Value?.Length > MaxValueBytes)
                throw new ArgumentException($"The value of {mutation.Key} has {mutation.Value.Length} bytes; at most {MaxValueBytes} are stored.", nameof(transaction));
        }
    }

    private static void CheckKey(string key)
    {
        if (key.Length is 0 or > MaxKeyLength)
            throw new ArgumentException($"A key of {key.Length} characters; 1 to {MaxKeyLength} are stored.", nameof(key));
    }
}
