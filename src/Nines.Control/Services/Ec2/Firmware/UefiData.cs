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

        var checksum = uint.MaxValue;
        foreach (var value in body.GetBuffer().AsSpan(0, (int)body.Length))
        {
            checksum = BitOperations.Crc32C(checksum, value);
        }

        var whole = new MemoryStream();
        whole.Write("AMZNUEFI"u8);
        WriteNumber(whole, ~checksum, sizeof(uint));
        body.WriteTo(whole);
        return Convert.ToBase64String(whole.GetBuffer().AsSpan(0, (int)whole.Length));
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
