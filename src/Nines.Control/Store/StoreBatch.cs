namespace Nines.Control.Store;

/// <summary>What one transaction changed.</summary>
internal sealed record StoreBatch(long Revision, IReadOnlyList<StoreEvent> Events);
