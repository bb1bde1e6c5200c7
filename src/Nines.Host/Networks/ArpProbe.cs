using System.Buffers.Binary;
using System.Net;
using Microsoft.Win32.SafeHandles;

namespace Nines.Host.Networks;

/// <summary>
/// Asks a guest for its link address (RFC 826), as AWS's instance status checks do: no firewall and no security group is in the way, and a guest whose kernel
/// lives answers whatever else it does.
/// </summary>
internal static class ArpProbe
{
    private const int PacketFamily = 17;
    private const int DatagramNonBlockingCloseOnExec = 2 | 0x800 | 0x80000;
    private const int DontWait = 0x40;
    private const ushort ArpType = 0x0806;
    private const int AddressLength = 20;
    private const int PacketLength = 28;
    private const byte Reply = 2;

    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(1);

    /// <summary>Whether the guest behind a tap answers within a second; <see langword="null"/> when the tap cannot be used.</summary>
    /// <param name="namespacePath">The namespace that the tap is in.</param>
    /// <param name="tap">The tap.</param>
    /// <param name="router">Who asks: the guest's router.</param>
    /// <param name="guest">The guest's address.</param>
    /// <param name="time">For the wait.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async Task<bool?> AnswersAsync(string namespacePath, string tap, IPAddress router, IPAddress guest, TimeProvider time, CancellationToken cancellationToken)
    {
        // A socket stays in the namespace that it was made in; the wait needs no thread there.
        using var socket = NetworkNamespace.Run(namespacePath, () => Ask(tap, router, guest));
        if (socket is null)
        {
            return null;
        }

        var begun = time.GetTimestamp();
        do
        {
            if (HasAnswer(socket, guest))
            {
                return true;
            }

            await Task.Delay(s_look, time, cancellationToken);
        }
        while (time.GetElapsedTime(begun) < s_patience);
        return HasAnswer(socket, guest);
    }

    private static SafeFileHandle? Ask(string tap, IPAddress router, IPAddress guest)
    {
        var index = NativeMethods.InterfaceIndex(tap);
        var descriptor = index == 0 ? -1 : NativeMethods.OpenSocket(PacketFamily, DatagramNonBlockingCloseOnExec, BinaryPrimitives.ReverseEndianness(ArpType));
        if (descriptor < 0)
        {
            return null;
        }

        var socket = new SafeFileHandle(descriptor, ownsHandle: true);
        var everybody = new byte[AddressLength];
        BinaryPrimitives.WriteUInt16LittleEndian(everybody, PacketFamily);
        BinaryPrimitives.WriteUInt16BigEndian(everybody.AsSpan(2), ArpType);
        BinaryPrimitives.WriteInt32LittleEndian(everybody.AsSpan(4), index);
        everybody[11] = 6;
        everybody.AsSpan(12, 6).Fill(0xff);
        var own = new byte[AddressLength];
        var length = AddressLength;
        if (NativeMethods.Bind(descriptor, everybody, AddressLength) == 0
            && NativeMethods.OwnAddress(descriptor, own, ref length) == 0
            && NativeMethods.SendTo(descriptor, Request(own.AsSpan(12, 6), router, guest), PacketLength, DontWait, everybody, AddressLength) == PacketLength)
        {
            return socket;
        }

        socket.Dispose();
        return null;
    }

    private static byte[] Request(ReadOnlySpan<byte> sender, IPAddress router, IPAddress guest)
    {
        // Ethernet, IPv4, six and four bytes of address, and that it is a question.
        byte[] packet = [0, 1, 8, 0, 6, 4, 0, 1, .. sender, .. router.GetAddressBytes(), 0, 0, 0, 0, 0, 0, .. guest.GetAddressBytes()];
        return packet;
    }

    private static bool HasAnswer(SafeFileHandle socket, IPAddress guest)
    {
        var packet = new byte[PacketLength];
        while (NativeMethods.Receive((int)socket.DangerousGetHandle(), packet, PacketLength, DontWait) is var received && received > 0)
        {
            if (received >= PacketLength && packet[7] == Reply && packet.AsSpan(14, 4).SequenceEqual(guest.GetAddressBytes()))
            {
                return true;
            }
        }

        return false;
    }
}
