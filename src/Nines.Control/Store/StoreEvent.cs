namespace Nines.Control.Store;

/// <summary>A record was written, or removed.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Value">Null: removed.</param>
/// <param name="Decoded">See <see cref="StoreMutation"/>; null when the store could not hand it through.</param>
internal readonly record struct StoreEvent(string Key, byte[]? Value, object? Decoded);
