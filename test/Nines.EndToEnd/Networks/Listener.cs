using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Nines.EndToEnd.Networks;

/// <summary>A small service: TCP connections are told the address that they are seen by; datagrams are kept.</summary>
internal sealed class Listener : IAsyncDisposable
{
    private readonly Socket _socket;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _serving;

    public Listener(Func<Socket> open, int port)
    {
        _socket = open();
        _socket.Bind(new IPEndPoint(IPAddress.Any, port));
        if (_socket.SocketType == SocketType.Stream)
        {
            _socket.Listen();
            _serving = ServeAsync();
        }
        else
        {
            _serving = ReceiveAsync();
        }
    }

    /// <summary>The port that it serves.</summary>
    public int Port => ((IPEndPoint)_socket.LocalEndPoint!).Port;

    /// <summary>Sources of the datagrams that came.</summary>
    public List<string> Sources { get; } = [];

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _serving;
        _socket.Dispose();
        _stop.Dispose();
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                using var connection = await _socket.AcceptAsync(_stop.Token);
                await connection.SendAsync(Encoding.ASCII.GetBytes(((IPEndPoint)connection.RemoteEndPoint!).Address.ToString()), _stop.Token);
                connection.Shutdown(SocketShutdown.Send);
            }
        }
        catch (OperationCanceledException)
        {
            // Disposed.
        }
    }

    private async Task ReceiveAsync()
    {
        var buffer = new byte[2048];
        try
        {
            while (true)
            {
                var received = await _socket.ReceiveFromAsync(buffer, new IPEndPoint(IPAddress.Any, 0), _stop.Token);
                lock (Sources)
                {
                    Sources.Add(((IPEndPoint)received.RemoteEndPoint).Address.ToString());
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Disposed.
        }
    }
}
