using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Nines.Host.Networks;

/// <summary>Arithmetic of IPv4 addresses and blocks.</summary>
internal static class Ipv4
{
    /// <summary>The metadata service.</summary>
    public const string MetadataAddress = "169.254.169.254";

    /// <summary>The name server that is the same in every network, beside the one at each network's third address.</summary>
    public const string NameServerAddress = "169.254.169.253";

    /// <summary>The address that lies <paramref name="offset"/> after the block's first.</summary>
    public static IPAddress At(this IPNetwork block, uint offset)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, block.BaseAddress.ToNumber() + offset);
        return new IPAddress(bytes);
    }

    /// <summary>The block's mask, such as <c>255.255.240.0</c>.</summary>
    public static IPAddress Mask(this IPNetwork block)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, block.PrefixLength == 0 ? 0 : uint.MaxValue << (32 - block.PrefixLength));
        return new IPAddress(bytes);
    }

    /// <summary>Whether the two blocks share an address.</summary>
    public static bool Overlaps(this IPNetwork one, IPNetwork other) =>
        one.Contains(other.BaseAddress) || other.Contains(one.BaseAddress);

    /// <summary>An address from its dotted form.</summary>
    /// <exception cref="NetworkSpecException">It is not an IPv4 address.</exception>
    public static IPAddress Address(string text, string what) =>
        IPAddress.TryParse(text, out var address) && address.AddressFamily == AddressFamily.InterNetwork && address.ToString() == text
            ? address
            : throw new NetworkSpecException($"{what}: {text} is not an IPv4 address.");

    /// <summary>A block from its form with a slash; bits after the prefix are taken as zero.</summary>
    /// <exception cref="NetworkSpecException">It is not an IPv4 block.</exception>
    public static IPNetwork Block(string text, string what) =>
        IPNetwork.TryParse(text, out var block) && block.BaseAddress.AddressFamily == AddressFamily.InterNetwork
            ? block
            : throw new NetworkSpecException($"{what}: {text} is not an IPv4 address block.");

    /// <summary>The address as a number, for order.</summary>
    public static uint ToNumber(this IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[4];
        address.TryWriteBytes(bytes, out _);
        return BinaryPrimitives.ReadUInt32BigEndian(bytes);
    }
}
