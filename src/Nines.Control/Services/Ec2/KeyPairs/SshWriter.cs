using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Nines.Control.Services.Ec2.KeyPairs;

/// <summary>Writes the data types of the SSH protocol (RFC 4251, section 5).</summary>
internal sealed class SshWriter
{
    private readonly ArrayBufferWriter<byte> _buffer = new();

    /// <summary>Bytes as they are.</summary>
    public SshWriter Raw(ReadOnlySpan<byte> bytes)
    {
        _buffer.Write(bytes);
        return this;
    }

    /// <summary>A 32-bit number.</summary>
    public SshWriter UInt32(uint number)
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, number);
        return Raw(bytes);
    }

    /// <summary>Bytes behind their length.</summary>
    public SshWriter String(ReadOnlySpan<byte> bytes) => UInt32((uint)bytes.Length).Raw(bytes);

    /// <summary>A text behind its length.</summary>
    public SshWriter String(string text) => String(Encoding.UTF8.GetBytes(text));

    /// <summary>A positive number of any size: no leading zeros, but one where the first bit would mean a minus.</summary>
    public SshWriter MultiplePrecision(ReadOnlySpan<byte> bigEndian)
    {
        var number = bigEndian.TrimStart((byte)0);
        if (number.IsEmpty || number[0] < 0x80)
        {
            return String(number);
        }

        return UInt32((uint)number.Length + 1).Raw([0]).Raw(number);
    }

    /// <summary>What was written.</summary>
    public byte[] ToArray() => _buffer.WrittenSpan.ToArray();
}
