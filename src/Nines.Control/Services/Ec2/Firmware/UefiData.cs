using System.Buffers.Binary;
using System.IO.Compression;
using System.Numerics;
using System.Text;

namespace Nines.Control.Services.Ec2.Firmware;

/// <summary>
/// Variables of UEFI firmware as EC2 hands them out, version 0 (documented by AWS's python-uefivars, whose format <c>aws</c> it is): a mark, CRC-32C of what
/// follows, the version, and, compressed with zlib, the variables. AWS primes zlib with a dictionary; a stream says whether it was, and this one was not. Pure.
/// </summary>
internal static class UefiData
{
    private const uint Version = 0;

    /// <summary>The mark, the sum and the version.</summary>
    private const int HeaderBytes = 16;

    /// <summary>That a stream needs a dictionary, in the second byte of it (RFC 1950).</summary>
    private const byte Primed = 0x20;

    /// <summary>More than any firmware keeps: what a few bytes say may be endless.</summary>
    private const int MaxUnpackedBytes = 1 << 20;

    private static ReadOnlySpan<byte> Mark => "AMZNUEFI"u8;

    /// <summary>The variables in EC2's form, in base64.</summary>
    public static string Write(IReadOnlyList<UefiVariable> variables)
    {
        var body = new MemoryStream();
        WriteNumber(body, Version, sizeof(uint));
        using (var compressed = new ZLibStream(body, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            WriteNumber(compressed, (ulong)variables.Count, sizeof(ulong));
            foreach (var variable in variables)
            {
                Write(compressed, variable);
            }
        }

        var whole = new MemoryStream();
        whole.Write(Mark);
        WriteNumber(whole, SumOf(body.GetBuffer().AsSpan(0, (int)body.Length)), sizeof(uint));
        body.WriteTo(whole);
        return Convert.ToBase64String(whole.GetBuffer().AsSpan(0, (int)whole.Length));
    }

    /// <summary>The variables of what is in EC2's form, in base64.</summary>
    /// <exception cref="InvalidDataException">It is not, or needs the dictionary; the message says what is wrong.</exception>
    public static IReadOnlyList<UefiVariable> Read(string text)
    {
        var whole = new byte[text.Length];
        if (!Convert.TryFromBase64String(text, whole, out var count))
        {
            throw new InvalidDataException("It is not base64.");
        }

        var bytes = whole.AsSpan(0, count);
        if (count < HeaderBytes + 2 || !bytes.StartsWith(Mark))
        {
            throw new InvalidDataException("It does not begin as UEFI data does.");
        }

        if (BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]) != SumOf(bytes[12..]))
        {
            throw new InvalidDataException("Its check sum is another.");
        }

        if (BinaryPrimitives.ReadUInt32LittleEndian(bytes[12..]) is not Version and var version)
        {
            throw new InvalidDataException($"Its version is {version}; the known one is {Version}.");
        }

        return (bytes[HeaderBytes + 1] & Primed) == 0
            ? ReadVariables(Unpack(whole.AsMemory(HeaderBytes, count - HeaderBytes)))
            : throw new InvalidDataException("It is compressed with AWS's dictionary, which this cloud does not have; compress it without one.");
    }

    private static uint SumOf(ReadOnlySpan<byte> bytes)
    {
        var sum = uint.MaxValue;
        foreach (var value in bytes)
        {
            sum = BitOperations.Crc32C(sum, value);
        }

        return ~sum;
    }

    private static byte[] Unpack(ReadOnlyMemory<byte> packed)
    {
        using var stream = new ZLibStream(new MemoryStream(packed.ToArray()), CompressionMode.Decompress);
        var unpacked = new byte[MaxUnpackedBytes];
        var length = stream.ReadAtLeast(unpacked, unpacked.Length, throwOnEndOfStream: false);
        return length < unpacked.Length ? unpacked[..length] : throw new InvalidDataException("It is larger than the memory of any firmware.");
    }

    private static List<UefiVariable> ReadVariables(ReadOnlySpan<byte> rest)
    {
        var count = ReadNumber(ref rest, sizeof(ulong));
        var variables = new List<UefiVariable>();
        for (var index = 0ul; index < count; index++)
        {
            var name = Encoding.UTF8.GetString(ReadSized(ref rest));
            var data = ReadSized(ref rest);
            var vendor = Take(ref rest, UefiVariable.GuidBytes);
            var attributes = (uint)ReadNumber(ref rest, sizeof(uint));
            variables.Add((attributes & UefiVariable.Authenticated) == 0
                ? new UefiVariable(name, vendor, attributes, new byte[UefiVariable.GuidBytes], data)
                : new UefiVariable(name, vendor, attributes, Take(ref rest, UefiVariable.GuidBytes), data) { Digest = ReadSized(ref rest) });
        }

        return rest.IsEmpty ? variables : throw new InvalidDataException("Something follows its last variable.");
    }

    private static byte[] ReadSized(ref ReadOnlySpan<byte> rest) => Take(ref rest, ReadNumber(ref rest, sizeof(ulong)));

    private static ulong ReadNumber(ref ReadOnlySpan<byte> rest, int bytes)
    {
        Span<byte> buffer = stackalloc byte[sizeof(ulong)];
        buffer.Clear();
        Take(ref rest, (ulong)bytes).CopyTo(buffer);
        return BinaryPrimitives.ReadUInt64LittleEndian(buffer);
    }

    private static byte[] Take(ref ReadOnlySpan<byte> rest, ulong bytes)
    {
        if (bytes > (ulong)rest.Length)
        {
            throw new InvalidDataException("A variable is cut off.");
        }

        var taken = rest[..(int)bytes].ToArray();
        rest = rest[(int)bytes..];
        return taken;
    }

    private static void Write(Stream stream, UefiVariable variable)
    {
        WriteSized(stream, Encoding.UTF8.GetBytes(variable.Name));
        WriteSized(stream, variable.Data);
        stream.Write(variable.Vendor);
        WriteNumber(stream, variable.Attributes, sizeof(uint));
        if ((variable.Attributes & UefiVariable.Authenticated) != 0)
        {
            stream.Write(variable.Timestamp);
            WriteSized(stream, variable.Digest);
        }
    }

    private static void WriteSized(Stream stream, byte[] content)
    {
        WriteNumber(stream, (ulong)content.Length, sizeof(ulong));
        stream.Write(content);
    }

    private static void WriteNumber(Stream stream, ulong number, int bytes)
    {
        Span<byte> buffer = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(buffer, number);
        stream.Write(buffer[..bytes]);
    }
}
