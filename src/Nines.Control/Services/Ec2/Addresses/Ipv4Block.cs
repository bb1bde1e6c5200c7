using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Nines.Control.Services.Ec2.Addresses;

/// <summary>A block of IPv4 addresses in CIDR notation (RFC 4632), such as <c>172.31.16.0/20</c>; the bits behind the prefix are zero.</summary>
internal readonly record struct Ipv4Block
{
    private const int AddressBits = 32;

    private Ipv4Block(uint first, int prefixLength)
    {
        First = first;
        PrefixLength = prefixLength;
    }

    /// <summary>The first address as a number.</summary>
    public uint First { get; }

    /// <summary>How many leading bits all its addresses share; 0 to 32.</summary>
    public int PrefixLength { get; }

    /// <summary>How many addresses it has.</summary>
    public long Count => 1L << (AddressBits - PrefixLength);

    /// <summary>The last address as a number.</summary>
    public uint Last => (uint)(First + Count - 1);

    /// <summary>Reads a block; bits behind the prefix, leading zeros and every other loose form are refused.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out Ipv4Block block) =>
        TryParseLoose(text, out block) && block.ToString() == text;

    /// <summary>Reads a block whose bits behind the prefix may be set; they are cleared, as EC2 does with what clients write.</summary>
    public static bool TryParseLoose([NotNullWhen(true)] string? text, out Ipv4Block block)
    {
        block = default;
        var slash = text?.IndexOf('/', StringComparison.Ordinal) ?? -1;
        if (slash < 0
            || !TryParseAddress(text![..slash], out var address)
            || !int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var prefixLength)
            || prefixLength > AddressBits)
        {
            return false;
        }

        block = new Ipv4Block(address & Mask(prefixLength), prefixLength);
        return true;
    }

    /// <summary>Reads a block that the program itself wrote.</summary>
    /// <exception cref="FormatException">It is not one.</exception>
    public static Ipv4Block Parse(string text) => TryParse(text, out var block) ? block : throw new FormatException($"'{text}' is not an IPv4 block.");

    /// <summary>Reads an address of four decimal numbers; shorter, octal and hexadecimal forms are refused.</summary>
    public static bool TryParseAddress([NotNullWhen(true)] string? text, out uint address)
    {
        address = 0;
        if (text is null || !IPAddress.TryParse(text, out var parsed) || parsed.AddressFamily != AddressFamily.InterNetwork)
        {
            return false;
        }

        address = BinaryPrimitives.ReadUInt32BigEndian(parsed.GetAddressBytes());
        return Format(address) == text;
    }

    /// <summary>An address in dotted notation.</summary>
    public static string Format(uint address) => string.Create(
        CultureInfo.InvariantCulture, $"{address >> 24}.{(address >> 16) & 255}.{(address >> 8) & 255}.{address & 255}");

    /// <summary>Whether the address lies in the block.</summary>
    public bool Contains(uint address) => (address & Mask(PrefixLength)) == First;

    /// <summary>Whether the other block lies wholly in this one.</summary>
    public bool Contains(Ipv4Block other) => other.PrefixLength >= PrefixLength && Contains(other.First);

    /// <summary>Whether an address lies in both.</summary>
    public bool Overlaps(Ipv4Block other) => Contains(other) || other.Contains(this);

    /// <summary>One of the blocks of equal size that this one divides into.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There are not so many.</exception>
    public Ipv4Block Divide(int prefixLength, int index)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(prefixLength, PrefixLength);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, 1L << (prefixLength - PrefixLength));
        return new Ipv4Block(First + ((uint)index << (AddressBits - prefixLength)), prefixLength);
    }

    /// <summary>CIDR notation.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Format(First)}/{PrefixLength}");

    private static uint Mask(int prefixLength) => prefixLength == 0 ? 0 : uint.MaxValue << (AddressBits - prefixLength);
}
