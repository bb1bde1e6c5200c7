using System.Buffers.Binary;
using System.Text;

namespace Nines.Wire.Cbor;

/// <summary>Writes CBOR items (RFC 8949), lengths definite except where asked.</summary>
internal sealed class CborWriter(PooledBuffer buffer)
{
    /// <summary>Writes a whole number in its shortest form.</summary>
    public void Integer(long value)
    {
        if (value >= 0)
        {
            Head(CborMajor.Unsigned, (ulong)value);
        }
        else
        {
            Head(CborMajor.Negative, (ulong)(-1 - value));
        }
    }

    /// <summary>Writes a boolean.</summary>
    public void Boolean(bool value) => buffer.Append(value ? (byte)0xF5 : (byte)0xF4);

    /// <summary>Writes a single.</summary>
    public void Single(float value)
    {
        var bytes = buffer.GetSpan(5);
        bytes[0] = 0xFA;
        BinaryPrimitives.WriteSingleBigEndian(bytes[1..], value);
        buffer.Advance(5);
    }

    /// <summary>Writes a double.</summary>
    public void Double(double value)
    {
        var bytes = buffer.GetSpan(9);
        bytes[0] = 0xFB;
        BinaryPrimitives.WriteDoubleBigEndian(bytes[1..], value);
        buffer.Advance(9);
    }

    /// <summary>Writes bytes.</summary>
    public void Bytes(ReadOnlySpan<byte> value)
    {
        Head(CborMajor.Bytes, (ulong)value.Length);
        buffer.Append(value);
    }

    /// <summary>Writes text.</summary>
    public void Text(string value)
    {
        Head(CborMajor.Text, (ulong)Encoding.UTF8.GetByteCount(value));
        buffer.Append(value.AsSpan());
    }

    /// <summary>Starts an array of so many items.</summary>
    public void Array(int count) => Head(CborMajor.Array, (ulong)count);

    /// <summary>Starts a map of so many entries.</summary>
    public void Map(int count) => Head(CborMajor.Map, (ulong)count);

    /// <summary>Starts a map that <see cref="Break"/> ends.</summary>
    public void IndefiniteMap() => buffer.Append((byte)0xBF);

    /// <summary>Ends what was started without a length.</summary>
    public void Break() => buffer.Append((byte)0xFF);

    /// <summary>Tags the next item.</summary>
    public void Tag(ulong tag) => Head(CborMajor.Tag, tag);

    private void Head(CborMajor major, ulong value)
    {
        var type = (byte)((int)major << 5);
        var bytes = buffer.GetSpan(9);
        switch (value)
        {
            case < 24:
                bytes[0] = (byte)(type | value);
                buffer.Advance(1);
                break;
            case <= byte.MaxValue:
                bytes[0] = (byte)(type | 24);
                bytes[1] = (byte)value;
                buffer.Advance(2);
                break;
            case <= ushort.MaxValue:
                bytes[0] = (byte)(type | 25);
                BinaryPrimitives.WriteUInt16BigEndian(bytes[1..], (ushort)value);
                buffer.Advance(3);
                break;
            case <= uint.MaxValue:
                bytes[0] = (byte)(type | 26);
                BinaryPrimitives.WriteUInt32BigEndian(bytes[1..], (uint)value);
                buffer.Advance(5);
                break;
            default:
                bytes[0] = (byte)(type | 27);
                BinaryPrimitives.WriteUInt64BigEndian(bytes[1..], value);
                buffer.Advance(9);
                break;
        }
    }
}
