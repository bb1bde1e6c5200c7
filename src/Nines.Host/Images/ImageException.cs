namespace Nines.Host.Images;

/// <summary>An image cannot be built, imported or used; the message says what is wrong and what would mend it.</summary>
public sealed class ImageException(string message, Exception? inner = null) : Exception(message, inner);
