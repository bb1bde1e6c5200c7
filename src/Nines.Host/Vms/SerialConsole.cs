using System.Net.Sockets;
using System.Threading.Channels;

namespace Nines.Host.Vms;

/// <summary>
/// A machine's serial port, shared: the hypervisor serves one connection, so this holds it while anyone looks and hands
/// every byte to all who do.
/// </summary>
internal sealed class SerialConsole(string socketPath) : IDisposable
{
    /// <summary>Blocks that a viewer may be behind before it is let go: one that does not read must not hold up the others.</summary>
    private const int MaxBacklog = 256;

    private const int BlockBytes = 4096;
    private readonly Lock _lock = new();
    private readonly List<Channel<ReadOnlyMemory<byte>>> _viewers = [];
    private NetworkStream? _connection;

    /// <summary>A new view; <see langword="null"/> when nothing listens.</summary>
    public Stream? Open()
    {
        lock (_lock)
        {
            if (_connection is null && !Connect())
            {
                return null;
            }

            var viewer = Channel.CreateBounded<ReadOnlyMemory<byte>>(MaxBacklog);
            _viewers.Add(viewer);
            return new ConsoleView(viewer.Reader, _connection!, () => Leave(viewer));
        }
    }

    /// <summary>Ends every view.</summary>
    public void Close()
    {
        lock (_lock)
        {
            Disconnect();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Close();

    private bool Connect()
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            // A local socket is connected at once or refused.
            socket.Connect(new UnixDomainSocketEndPoint(socketPath));
        }
        catch (SocketException)
        {
            socket.Dispose();
            return false;
        }

        var connection = new NetworkStream(socket, ownsSocket: true);
        _connection = connection;
        _ = Task.Run(() => PumpAsync(connection));
        return true;
    }

    private async Task PumpAsync(NetworkStream connection)
    {
        var buffer = new byte[BlockBytes];
        try
        {
            int count;
            while ((count = await connection.ReadAsync(buffer)) > 0)
            {
                Give(connection, buffer.AsSpan(0, count).ToArray());
            }
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            // The machine ended, or the last viewer left.
        }

        lock (_lock)
        {
            if (_connection == connection)
            {
                Disconnect();
            }
        }
    }

    private void Give(NetworkStream connection, byte[] block)
    {
        lock (_lock)
        {
            if (_connection == connection)
            {
                _viewers.RemoveAll(viewer => !viewer.Writer.TryWrite(block) && viewer.Writer.TryComplete());
            }
        }
    }

    private void Leave(Channel<ReadOnlyMemory<byte>> viewer)
    {
        lock (_lock)
        {
            viewer.Writer.TryComplete();
            if (_viewers.Remove(viewer) && _viewers.Count == 0)
            {
                Disconnect();
            }
        }
    }

    private void Disconnect()
    {
        _viewers.ForEach(viewer => viewer.Writer.TryComplete());
        _viewers.Clear();
        _connection?.Dispose();
        _connection = null;
    }
}
