namespace Nines.Control.Store;

/// <summary>The store's file is damaged or is no store. It is left as it was found.</summary>
internal sealed class StoreCorruptException(string message, Exception? inner = null) : StoreException(message, inner);
