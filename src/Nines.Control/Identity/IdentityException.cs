namespace Nines.Control.Identity;

/// <summary>The identity that was asked for cannot be had; the message says why and what to do about it.</summary>
internal sealed class IdentityException(string message) : Exception(message);
