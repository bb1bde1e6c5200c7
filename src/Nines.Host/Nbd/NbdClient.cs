using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;

namespace Nines.Host.Nbd;

/// <summary>Reads and writes a disk that is exported over a unix socket (Network Block Device protocol, fixed newstyle negotiation and simple replies).</summary>
internal sealed class NbdClient : IAsyncDisposable
{
    private const ulong Magic = 0x4e42444d41474943; // NBDMAGIC
    private const ulong OptionMagic = 0x49484156454f5054; // IHAVEOPT
    private const ulong OptionReplyMagic = 0x3e889045565a9;
    private const uint RequestMagic = 0x25609513;
    private const uint ReplyMagic = 0x67446698;
    private const uint FixedNewstyleNoZeroes = 3;
    private const uint OptionGo = 7;
    private const uint ReplyAck = 1;
    private const uint ReplyInfo = 3;
    private const int MaxReplyBytes = 4096;
    private const ushort CommandRead = 0;
    private const ushort CommandWrite = 1;
    private const ushort CommandFlush = 3;
    private readonly NetworkStream _stream;
    private ulong _handle;

    private NbdClient(NetworkStream stream) => _stream = stream;

    /// <summary>Size of the disk in bytes.</summary>
    public long SizeBytes { get; private set; }

    /// <exception cref="IOException">What answers there is no server, or has no such export.</exception>
    /// <exception cref="SocketException">Nothing answers there.</exception>
    public static async Task<NbdClient> OpenAsync(string socketPath, string export, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(socketPath), cancellationToken);
        }
        catch
        {
            socket.Dispose();
            throw;
        }

        var reader = new NbdClient(new NetworkStream(socket, ownsSocket: true));
        try
        {
            await reader.NegotiateAsync(export, cancellationToken);
            return reader;
        }
        catch
        {
            await reader.DisposeAsync();
            throw;
        }
    }

    /// <summary>Fills a buffer from the disk.</summary>
    /// <exception cref="IOException">The disk cannot be read there, or the connection ended.</exception>
    public async Task ReadAsync(long offset, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        await AskAsync(CommandRead, offset, buffer.Length, default, cancellationToken);
        await _stream.ReadExactlyAsync(buffer, cancellationToken);
    }

    /// <summary>Writes to the disk; it is sure to be there after a flush.</summary>
    /// <exception cref="IOException">The disk cannot be written there, or the connection ended.</exception>
    public Task WriteAsync(long offset, ReadOnlyMemory<byte> data, CancellationToken cancellationToken) => AskAsync(CommandWrite, offset, data.Length, data, cancellationToken);

    /// <summary>Puts what was written on the disk.</summary>
    /// <exception cref="IOException">It cannot be put there, or the connection ended.</exception>
    public Task FlushAsync(CancellationToken cancellationToken) => AskAsync(CommandFlush, 0, 0, default, cancellationToken);

    public ValueTask DisposeAsync() => _stream.DisposeAsync();

    private async Task AskAsync(ushort command, long offset, int length, ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        var request = new byte[28];
        BinaryPrimitives.WriteUInt32BigEndian(request, RequestMagic);
        BinaryPrimitives.WriteUInt16BigEndian(request.AsSpan(6), command);
        BinaryPrimitives.WriteUInt64BigEndian(request.AsSpan(8), ++_handle);
        BinaryPrimitives.WriteInt64BigEndian(request.AsSpan(16), offset);
        BinaryPrimitives.WriteInt32BigEndian(request.AsSpan(24), length);
        await _stream.WriteAsync(request, cancellationToken);
        if (!data.IsEmpty)
        {
            await _stream.WriteAsync(data, cancellationToken);
        }

        var reply = await TakeAsync(16, cancellationToken);
        if (BinaryPrimitives.ReadUInt32BigEndian(reply) != ReplyMagic || BinaryPrimitives.ReadUInt64BigEndian(reply.AsSpan(8)) != _handle)
        {
            throw new IOException("The server of a disk answered what was not asked.");
        }

        if (BinaryPrimitives.ReadUInt32BigEndian(reply.AsSpan(4)) is not 0 and var error)
        {
            throw new IOException($"The disk could not be {(command switch { CommandRead => "read", CommandWrite => "written", _ => "written out" })} at {offset}: error {error}.");
        }
    }

    private async Task NegotiateAsync(string export, CancellationToken cancellationToken)
    {
        var greeting = await TakeAsync(18, cancellationToken);
        if (BinaryPrimitives.ReadUInt64BigEndian(greeting) != Magic || BinaryPrimitives.ReadUInt64BigEndian(greeting.AsSpan(8)) != OptionMagic)
        {
            throw new IOException("What answers is no server of disks.");
        }

        var name = Encoding.UTF8.GetBytes(export);
        var option = new byte[4 + 16 + 4 + name.Length + 2];
        BinaryPrimitives.WriteUInt32BigEndian(option, FixedNewstyleNoZeroes);
        BinaryPrimitives.WriteUInt64BigEndian(option.AsSpan(4), OptionMagic);
        BinaryPrimitives.WriteUInt32BigEndian(option.AsSpan(12), OptionGo);
        BinaryPrimitives.WriteInt32BigEndian(option.AsSpan(16), 4 + name.Length + 2);
        BinaryPrimitives.WriteInt32BigEndian(option.AsSpan(20), name.Length);
        name.CopyTo(option.AsSpan(24));
        await _stream.WriteAsync(option, cancellationToken);
        while (true)
        {
            var head = await TakeAsync(20, cancellationToken);
            var (type, length) = (BinaryPrimitives.ReadUInt32BigEndian(head.AsSpan(12)), BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(16)));
            if (BinaryPrimitives.ReadUInt64BigEndian(head) != OptionReplyMagic || length is < 0 or > MaxReplyBytes)
            {
                throw new IOException("What answers is no server of disks.");
            }

            var data = await TakeAsync(length, cancellationToken);
            switch (type)
            {
                case ReplyAck:
                    return;
                case ReplyInfo when length >= 12 && BinaryPrimitives.ReadUInt16BigEndian(data) == 0:
                    SizeBytes = BinaryPrimitives.ReadInt64BigEndian(data.AsSpan(2));
                    break;
                case ReplyInfo:
                    break;
                default:
                    throw new IOException($"The disk {export} is not served: reply {type:x}.");
            }
        }
    }

    private async Task<byte[]> TakeAsync(int length, CancellationToken cancellationToken)
    {
        var taken = new byte[length];
        await _stream.ReadExactlyAsync(taken, cancellationToken);
        return taken;
    }
}
