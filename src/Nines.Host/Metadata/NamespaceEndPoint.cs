using System.Net;
using System.Net.Sockets;
using Nines.Host.Networks;

namespace Nines.Host.Metadata;

/// <summary>The metadata service's address inside a namespace.</summary>
/// <param name="path">The namespace, such as <c>/run/netns/…</c>.</param>
internal sealed class NamespaceEndPoint(string path) : EndPoint
{
    private static readonly IPEndPoint Address = new(IPAddress.Parse(Ipv4.MetadataAddress), 80);

    /// <summary>A socket that was made inside the namespace and stays there.</summary>
    public Socket Bind() => NetworkNamespace.Run(path, () =>
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(Address);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    });

    /// <inheritdoc/>
    public override string ToString() => $"{Address} in {path}";
}
