namespace Nines.Control.Store;

/// <summary>The record was last written by <paramref name="Revision"/>; 0: there is no such record.</summary>
internal readonly record struct StoreCondition(string Key, long Revision);
