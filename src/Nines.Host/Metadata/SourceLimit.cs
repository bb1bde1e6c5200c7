using System.Net;
using Microsoft.AspNetCore.Connections;

namespace Nines.Host.Metadata;

/// <summary>How many connections one guest may have open at a time, so that it shuts nobody else off.</summary>
internal sealed class SourceLimit
{
    /// <summary>Many more than the clients in a guest have at a time, and few of what the server takes in all.</summary>
    public const int Max = 64;

    private readonly Lock _lock = new();
    private readonly Dictionary<(string VpcId, IPAddress Address), int> _open = [];

    /// <summary>Counts a connection until it is closed.</summary>
    /// <returns>Whether there is room for it; if not, it is not counted.</returns>
    public bool Admit(string vpcId, ConnectionContext connection)
    {
        var source = (vpcId, (connection.RemoteEndPoint as IPEndPoint)?.Address ?? IPAddress.None);
        lock (_lock)
        {
            var open = _open.GetValueOrDefault(source);
            if (open >= Max)
            {
                return false;
            }

            _open[source] = open + 1;
        }

        connection.ConnectionClosed.Register(() => Leave(source));
        return true;
    }

    private void Leave((string VpcId, IPAddress Address) source)
    {
        lock (_lock)
        {
            if (--_open[source] == 0)
            {
                _open.Remove(source);
            }
        }
    }
}
