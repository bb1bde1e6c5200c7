using System.Net;
using System.Threading.Channels;
using Microsoft.AspNetCore.Connections;

namespace Nines.Host.Metadata;

/// <summary>To Kestrel one listener: the connections of all networks, each marked with its own.</summary>
internal sealed class MetadataConnections : IConnectionListenerFactory, IConnectionListener
{
    // Small, so that a burst waits in the kernel's queues and not in memory.
    private readonly Channel<ConnectionContext> _accepted = Channel.CreateBounded<ConnectionContext>(16);

    /// <inheritdoc/>
    public EndPoint EndPoint { get; private set; } = new IPEndPoint(IPAddress.None, 0);

    /// <summary>Hands a connection to Kestrel.</summary>
    public ValueTask AddAsync(ConnectionContext connection, CancellationToken cancellationToken) =>
        _accepted.Writer.WriteAsync(connection, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        EndPoint = endpoint;
        return ValueTask.FromResult<IConnectionListener>(this);
    }

    /// <inheritdoc/>
    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            return await _accepted.Reader.ReadAsync(cancellationToken);
        }
        catch (ChannelClosedException)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        _accepted.Writer.TryComplete();
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => UnbindAsync();
}
