namespace Nines.Control.Gateway;

/// <summary>Another program listens where the gateway should.</summary>
internal sealed class PortTakenException(string endpoint, Exception inner)
    : Exception($"{endpoint} is taken by another program: stop it, or choose another port.", inner);
