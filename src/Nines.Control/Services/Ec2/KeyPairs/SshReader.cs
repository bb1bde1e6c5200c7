using System.Buffers.Binary;

namespace Nines.Control.Services.Ec2.KeyPairs;

/// <summary>Reads the data types of the SSH protocol (RFC 4251, section 5).</summary>
internal ref struct SshReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    /// <summary>Whether everything was read.</summary>
    public readonly bool IsAtEnd => _rest.IsEmpty;

    /// <summary>Bytes behind their length; false when there are not so many.</summary>
    public bool TryReadString(out ReadOnlySpan<byte> value)
    {
        value = default;
        if (!BinaryPrimitives.TryReadUInt32BigEndian(_rest, out var length) || length > _rest.Length - sizeof(uint))
        {
            return false;
        }

        value = _rest.Slice(sizeof(uint), (int)length);
        _rest = _rest[(sizeof(uint) + (int)length)..];
        return true;
    }
}
