namespace Nines.Host.Vms;

/// <summary>A machine could not be started; the message says why in words for its user.</summary>
internal sealed class VmStartException(string message, Exception? inner = null) : Exception(message, inner);
