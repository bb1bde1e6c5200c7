using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Nines.EndToEnd.Networks;

/// <summary>Connects to a <see cref="Listener"/>.</summary>
internal static class Client
{
    /// <summary>The address that the listener saw, or <see langword="null"/> when no connection came about in time.</summary>
    public static async Task<string?> ConnectAsync(Func<SocketType, Socket> open, string address, int port, string? source = null)
    {
        using var socket = open(SocketType.Stream);
        using var deadline = new CancellationTokenSource(Guest.Patience);
        if (source is not null)
        {
            socket.Bind(new IPEndPoint(IPAddress.Parse(source), 0));
        }

        try
        {
            await socket.ConnectAsync(IPAddress.Parse(address), port, deadline.Token);
            var buffer = new byte[64];
            var length = await socket.ReceiveAsync(buffer, deadline.Token);
            return Encoding.ASCII.GetString(buffer, 0, length);
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException)
        {
            return null;
        }
    }

    /// <summary>Connects from this machine itself.</summary>
    public static Task<string?> FromMachineAsync(string address, int port) =>
        ConnectAsync(type => new Socket(AddressFamily.InterNetwork, type, ProtocolType.Unspecified), address, port);
}
