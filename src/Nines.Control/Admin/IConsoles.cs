using Nines.Wire;

namespace Nines.Control.Admin;

/// <summary>The serial consoles of an account's instances, wherever they run.</summary>
internal interface IConsoles
{
    /// <summary>The newest output of an instance's console.</summary>
    /// <exception cref="AwsException"><c>InvalidInstanceID.NotFound</c>.</exception>
    Task<ReadOnlyMemory<byte>> ReadAsync(string accountId, string instanceId, int maxBytes, CancellationToken cancellationToken);

    /// <summary>The console, live: what is read comes from the guest, what is written goes to it.</summary>
    /// <exception cref="AwsException"><c>InvalidInstanceID.NotFound</c>, or <c>IncorrectInstanceState</c> when it does not run.</exception>
    Task<Stream> OpenAsync(string accountId, string instanceId, CancellationToken cancellationToken);
}
