namespace Nines.Host.Networks;

/// <summary>A desired network says something that cannot be; the message names the value and the rule.</summary>
public sealed class NetworkSpecException(string message) : Exception(message);
