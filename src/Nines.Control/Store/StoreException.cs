namespace Nines.Control.Store;

/// <summary>The store cannot do what was asked; the message says what a person can do about it.</summary>
internal class StoreException(string message, Exception? inner = null) : Exception(message, inner);
