namespace Nines.Control.Store;

/// <summary>Puts a value under a key, or removes the key.</summary>
/// <param name="Key">At most <see cref="StoreLimits.MaxKeyLength"/> characters.</param>
/// <param name="Value">Null: remove. At most <see cref="StoreLimits.MaxValueBytes"/> bytes, and never changed by the caller afterwards.</param>
/// <param name="LeaseId">The lease the record ends with; 0: none.</param>
/// <param name="Decoded">
/// What the value means, for watchers of the same process: a store hands it through untouched when it can, so that
/// nobody decodes again what this process has just encoded.
/// </param>
internal readonly record struct StoreMutation(string Key, byte[]? Value, long LeaseId = 0, object? Decoded = null);
