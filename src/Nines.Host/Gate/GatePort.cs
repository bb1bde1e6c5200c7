using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Nines.Host.Vms;

namespace Nines.Host.Gate;

/// <summary>The host's end of the virtio-serial port that a guest waits at.</summary>
internal sealed class GatePort : IDisposable
{
    /// <summary>The port's name, which the guest finds under <c>/dev/virtio-ports</c>.</summary>
    public const string Name = "org.nines.gate";

    private const int MaxLineBytes = 256;
    private readonly Socket _socket;

    /// <summary>A connection that is there.</summary>
    public GatePort(Socket socket) => _socket = socket;

    /// <summary>The connection.</summary>
    public SafeSocketHandle Handle => _socket.SafeHandle;

    /// <summary>Connects; the guest need not be there yet.</summary>
    public static async Task<GatePort> ConnectAsync(string path, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken);
            return new(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Waits until the guest is at the gate.</summary>
    /// <param name="hasOldDisk">Whether its disk was a server's: then it must say that it has left nothing of that server.</param>
    /// <exception cref="VmStartException">It says something else.</exception>
    public async Task<GuestAtGate> WaitForGuestAsync(bool hasOldDisk, CancellationToken cancellationToken)
    {
        var words = (await ReadLineAsync(cancellationToken)).Split(' ');
        if (words is not ["gate", "1", ..])
        {
            throw new VmStartException($"The guest said '{string.Join(' ', words)}' at the gate.");
        }

        if (hasOldDisk && !words.Contains("any-disk"))
        {
            throw new VmStartException("The guest's gate is not one for the disk of a server: its copies would be that server.");
        }

        const string prefix = "boot-id=";
        var bootId = words.FirstOrDefault(word => word.StartsWith(prefix, StringComparison.Ordinal))?[prefix.Length..];
        return bootId is null || Guid.TryParseExact(bootId, "D", out _)
            ? new(bootId, words.Contains("rehearses"))
            : throw new VmStartException($"The guest's boot id, {bootId}, is not a UUID.");
    }

    /// <summary>Says who the guest is; it is kept for the guest until it reads.</summary>
    public async Task SendAsync(ReadOnlyMemory<byte> document, CancellationToken cancellationToken)
    {
        var length = Encoding.ASCII.GetBytes(document.Length.ToString(CultureInfo.InvariantCulture) + "\n");
        byte[] message = [.. length, .. document.Span];
        for (var sent = 0; sent < message.Length;)
        {
            sent += await _socket.SendAsync(message.AsMemory(sent), cancellationToken);
        }
    }

    /// <summary>Waits until the guest has become who it is.</summary>
    /// <exception cref="VmStartException">It cannot.</exception>
    public async Task WaitUntilTakenAsync(CancellationToken cancellationToken)
    {
        if (await ReadLineAsync(cancellationToken) is not "taken" and var line)
        {
            throw new VmStartException($"The guest did not take its identity: {line}");
        }
    }

    /// <summary>Waits until the guest has done once what it will do when it knows who it is, and is at the gate again.</summary>
    /// <exception cref="VmStartException">It cannot.</exception>
    public async Task WaitUntilRehearsedAsync(CancellationToken cancellationToken)
    {
        if (await ReadLineAsync(cancellationToken) is not "rehearsed" and var line)
        {
            throw new VmStartException($"The guest did not rehearse: {line}");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    private async Task<string> ReadLineAsync(CancellationToken cancellationToken)
    {
        var line = new List<byte>();
        var next = new byte[1];
        while (line.Count < MaxLineBytes)
        {
            if (await _socket.ReceiveAsync(next, cancellationToken) == 0)
            {
                throw new VmStartException("The hypervisor closed the gate.");
            }

            if (next[0] == '\n')
            {
                return Encoding.UTF8.GetString([.. line]);
            }

            line.Add(next[0]);
        }

        throw new VmStartException($"The guest said more than {MaxLineBytes} bytes at the gate.");
    }
}
