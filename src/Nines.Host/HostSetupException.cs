namespace Nines.Host;

/// <summary>The machine is not set up so that a host could work on it; the message says what to do.</summary>
public sealed class HostSetupException(string message, Exception? inner = null) : Exception(message, inner);
