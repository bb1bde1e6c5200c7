namespace Nines.Control.Store;

/// <summary>No room for a transaction. Nothing of it was applied; the store works on when there is room.</summary>
internal sealed class StoreFullException(string message, Exception? inner = null) : StoreException(message, inner);
