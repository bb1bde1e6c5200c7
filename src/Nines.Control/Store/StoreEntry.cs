namespace Nines.Control.Store;

/// <summary>A record as it is stored.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Value">Its bytes; not to be changed.</param>
/// <param name="Revision">The revision that last wrote it.</param>
/// <param name="LeaseId">The lease it ends with; 0: none.</param>
internal readonly record struct StoreEntry(string Key, byte[] Value, long Revision, long LeaseId);
