using System.Buffers.Binary;
using System.Text;

namespace Nines.Wire.Cbor;

/// <summary>
/// Reads CBOR items one after the other (RFC 8949). A claimed length is never trusted: nothing is allocated for bytes
/// that are not there.
/// </summary>
internal sealed class CborReader(ReadOnlyMemory<byte> bytes)
{
    private const int Indefinite = 31;
    private const byte BreakByte = 0xFF;

    private static readonly UTF8Encoding s_strictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private int _position;
    private int _items;

    /// <summary>Whether everything has been read.</summary>
    public bool AtEnd => _position == bytes.Length;

    /// <summary>The major type of the next item.</summary>
    public CborMajor Peek() => (CborMajor)(PeekByte() >> 5);

    /// <summary>Whether the next item is null or undefined.</summary>
    public bool PeekNull() => PeekByte() is 0xF6 or 0xF7;

    /// <summary>Consumes the end of an item without a length, if it is next.</summary>
    public bool TryBreak()
    {
        if (PeekByte() != BreakByte)
        {
            return false;
        }

        _position++;
        return true;
    }

    /// <summary>Reads the head of an array or map: its number of entries, or null when a break ends it.</summary>
    public int? Begin(CborMajor major)
    {
        var (found, info, value) = Head();
        if (found != major)
        {
            throw new FormatException($"expected {major}, found {found}");
        }

        if (info == Indefinite)
        {
            return null;
        }

        // Every entry takes at least one byte, so a larger count is a lie.
        return value <= (ulong)(bytes.Length - _position) ? (int)value : throw new FormatException("a count is larger than the body");
    }

    /// <summary>Reads a tag's number.</summary>
    public ulong Tag()
    {
        var (found, _, value) = Head();
        return found == CborMajor.Tag ? value : throw new FormatException($"expected a tag, found {found}");
    }

    /// <summary>Reads a boolean.</summary>
    public bool Boolean() => Take(1).Span[0] switch
    {
        0xF5 => true,
        0xF4 => false,
        _ => throw new FormatException("expected a boolean"),
    };

    /// <summary>Reads a whole number; a float that is whole counts.</summary>
    public long Integer()
    {
        if (Peek() == CborMajor.Simple)
        {
            var number = Number();
            return number == Math.Floor(number) && number is >= -9.2233720368547748E18 and <= 9.2233720368547748E18 ? (long)number : throw new FormatException("expected a whole number");
        }

        var (major, info, value) = Head();
        if (info == Indefinite || value > long.MaxValue || major is not (CborMajor.Unsigned or CborMajor.Negative))
        {
            throw new FormatException("expected a 64-bit integer");
        }

        return major == CborMajor.Unsigned ? (long)value : -1 - (long)value;
    }

    /// <summary>Reads a number of any kind.</summary>
    public double Number()
    {
        if (Peek() is CborMajor.Unsigned or CborMajor.Negative)
        {
            return Integer();
        }

        return Take(1).Span[0] switch
        {
            0xF9 => (double)BinaryPrimitives.ReadHalfBigEndian(Take(2).Span),
            0xFA => BinaryPrimitives.ReadSingleBigEndian(Take(4).Span),
            0xFB => BinaryPrimitives.ReadDoubleBigEndian(Take(8).Span),
            _ => throw new FormatException("expected a number"),
        };
    }

    /// <summary>Reads text.</summary>
    public string Text()
    {
        try
        {
            return s_strictUtf8.GetString(String(CborMajor.Text).Span);
        }
        catch (DecoderFallbackException)
        {
            throw new FormatException("text is not UTF-8");
        }
    }

    /// <summary>Reads bytes.</summary>
    public ReadOnlyMemory<byte> Bytes() => String(CborMajor.Bytes);

    /// <summary>Passes over the next item whatever it is.</summary>
    public void Skip(int depth = 0)
    {
        if (depth > WireLimits.MaxDepth)
        {
            throw new FormatException("nested too deeply");
        }

        switch (Peek())
        {
            case CborMajor.Bytes or CborMajor.Text:
                String(Peek());
                break;
            case CborMajor.Array or CborMajor.Map:
                var each = Peek() == CborMajor.Map ? 2 : 1;
                var count = Begin(Peek());
                for (var index = 0; count is null ? !TryBreak() : index < count; index++)
                {
                    for (var part = 0; part < each; part++)
                    {
                        Skip(depth + 1);
                    }
                }

                break;
            case CborMajor.Tag:
                Tag();
                Skip(depth + 1);
                break;
            default:
                Head();
                break;
        }
    }

    private ReadOnlyMemory<byte> String(CborMajor major)
    {
        var (found, info, length) = Head();
        if (found != major)
        {
            throw new FormatException($"expected {major}, found {found}");
        }

        if (info != Indefinite)
        {
            return Take(length);
        }

        using var whole = new PooledBuffer();
        while (!TryBreak())
        {
            var (part, partInfo, partLength) = Head();
            if (part != major || partInfo == Indefinite)
            {
                throw new FormatException("a chunk of a string is no string");
            }

            whole.Append(Take(partLength).Span);
        }

        return whole.Written.ToArray();
    }

    private (CborMajor Major, int Info, ulong Value) Head()
    {
        if (++_items > WireLimits.MaxValues)
        {
            throw new FormatException("too many items");
        }

        var first = Take(1).Span[0];
        var info = first & 0x1F;
        return ((CborMajor)(first >> 5), info, info switch
        {
            < 24 => (ulong)info,
            24 => Take(1).Span[0],
            25 => BinaryPrimitives.ReadUInt16BigEndian(Take(2).Span),
            26 => BinaryPrimitives.ReadUInt32BigEndian(Take(4).Span),
            27 => BinaryPrimitives.ReadUInt64BigEndian(Take(8).Span),
            Indefinite => 0,
            _ => throw new FormatException("a reserved length"),
        });
    }

    private byte PeekByte() => _position < bytes.Length ? bytes.Span[_position] : throw new FormatException("the body ends early");

    private ReadOnlyMemory<byte> Take(ulong count)
    {
        if (count > (ulong)(bytes.Length - _position))
        {
            throw new FormatException("the body ends early");
        }

        var taken = bytes.Slice(_position, (int)count);
        _position += (int)count;
        return taken;
    }
}
