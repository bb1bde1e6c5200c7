using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Sockets;
using Nines.Host.Networks;

namespace Nines.EndToEnd.Gate;

/// <summary>What guests of a network send, read from all its taps (packet(7)).</summary>
internal sealed class GuestPackets : IDisposable
{
    private const int EveryProtocol = 0x0300; // ETH_P_ALL in network order
    private const int EthernetHeader = 14;
    private const byte Tcp = 6;
    private const byte Udp = 17;
    private const byte Syn = 0x02;
    private const byte SynOrAck = 0x12;

    private readonly ConcurrentQueue<(DateTimeOffset At, byte[] Packet)> _packets = new();
    private readonly Socket _socket;

    private GuestPackets(string namespacePath)
    {
        _socket = NetworkNamespace.Run(namespacePath, () => new Socket(AddressFamily.Packet, SocketType.Raw, (ProtocolType)EveryProtocol));
        new Thread(Read) { IsBackground = true, Name = "packets" }.Start();
    }

    /// <summary>Begins to read as soon as the network's namespace is there.</summary>
    public static async Task<GuestPackets> OpenAsync(string namespacePath, CancellationToken cancellationToken)
    {
        var elapsed = Stopwatch.StartNew();
        while (!NetworkNamespace.Exists(namespacePath))
        {
            elapsed.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(30), $"{namespacePath} is not made");
            await Task.Delay(50, cancellationToken);
        }

        return new(namespacePath);
    }

    /// <summary>Transaction ids of the DHCP requests (RFC 2131) that a guest has sent.</summary>
    public IReadOnlyList<uint> DhcpTransactions => [.. _packets
        .Where(entry => entry.Packet[EthernetHeader + 9] == Udp && PortOf(entry.Packet, 2) == 67)
        .Select(entry => Number(entry.Packet, Transport(entry.Packet) + 8 + 4))
        .Distinct()];

    /// <summary>
    /// What a guest's secret adds to the clock in its initial sequence numbers, in order, by the port that it connected from. Linux
    /// takes a keyed hash of both addresses and ports, and adds the time in units of 64 ns (secure_tcp_seq, RFC 6528).
    /// </summary>
    public ILookup<ushort, uint> SequenceSecrets => _packets
        .Where(entry => entry.Packet[EthernetHeader + 9] == Tcp && (entry.Packet[Transport(entry.Packet) + 13] & SynOrAck) == Syn)
        .Select(entry => (entry.At, Port: PortOf(entry.Packet, 0), Sequence: Number(entry.Packet, Transport(entry.Packet) + 4)))
        .DistinctBy(syn => (syn.Port, syn.Sequence)) // a packet that is sent again is no other connection
        .ToLookup(syn => syn.Port, syn => syn.Sequence - (uint)((ulong)(syn.At - DateTimeOffset.UnixEpoch).Ticks * 100 >> 6));

    public void Dispose() => _socket.Dispose();

    private void Read()
    {
        var buffer = new byte[65536];
        try
        {
            while (true)
            {
                var length = _socket.Receive(buffer);
                if (length >= EthernetHeader + 40 && buffer[12] == 0x08 && buffer[13] == 0)
                {
                    _packets.Enqueue((TimeProvider.System.GetUtcNow(), buffer[..Math.Min(length, 512)]));
                }
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private static int Transport(byte[] packet) => EthernetHeader + ((packet[EthernetHeader] & 0x0f) * 4);

    private static ushort PortOf(byte[] packet, int offset) => BinaryPrimitives.ReadUInt16BigEndian(packet.AsSpan(Transport(packet) + offset));

    private static uint Number(byte[] packet, int offset) => BinaryPrimitives.ReadUInt32BigEndian(packet.AsSpan(offset));
}
