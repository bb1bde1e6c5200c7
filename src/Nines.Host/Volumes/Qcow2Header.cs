using System.Buffers.Binary;
using System.Text;
using System.Text.Json;

namespace Nines.Host.Volumes;

/// <summary>What a qcow2 file says of itself (QEMU: docs/interop/qcow2.txt).</summary>
/// <param name="SizeBytes">Size that a guest sees.</param>
/// <param name="BackingPath">The file that it is based on, or <see langword="null"/>.</param>
/// <param name="IsEncrypted">Whether what it holds is encrypted with LUKS.</param>
internal sealed record Qcow2Header(long SizeBytes, string? BackingPath, bool IsEncrypted = false)
{
    private const int Luks = 2;
    private const int MaxBackingBytes = 1023;
    private static readonly byte[] s_magic = [(byte)'Q', (byte)'F', (byte)'I', 0xfb];

    /// <summary>Reads a file's header, which a hypervisor may be writing to; <see langword="null"/> when there is no such file.</summary>
    /// <exception cref="InvalidDataException">The file is no disk.</exception>
    public static Qcow2Header? Read(string path)
    {
        using var file = Open(path);
        if (file is null)
        {
            return null;
        }

        Span<byte> header = stackalloc byte[36];
        if (file.ReadAtLeast(header, header.Length, throwOnEndOfStream: false) < header.Length || !header.StartsWith(s_magic))
        {
            throw Damaged(path);
        }

        var offset = BinaryPrimitives.ReadInt64BigEndian(header[8..]);
        var length = BinaryPrimitives.ReadInt32BigEndian(header[16..]);
        var size = BinaryPrimitives.ReadInt64BigEndian(header[24..]);
        var isEncrypted = BinaryPrimitives.ReadInt32BigEndian(header[32..]) == Luks;
        return new Qcow2Header(size, offset == 0 ? null : ReadPath(file, path, offset, length), isEncrypted);
    }

    // Not asked for first: it may go at any moment.
    private static FileStream? Open(string path)
    {
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    private static string ReadPath(FileStream file, string path, long offset, int length)
    {
        try
        {
            return DiskKeys.PathOf(ReadName(file, path, offset, length));
        }
        catch (JsonException)
        {
            throw Damaged(path);
        }
    }

    private static string ReadName(FileStream file, string path, long offset, int length)
    {
        if (length is <= 0 or > MaxBackingBytes || offset < 0 || offset > file.Length - length)
        {
            throw Damaged(path);
        }

        var name = new byte[length];
        file.Position = offset;
        file.ReadExactly(name);
        return Encoding.UTF8.GetString(name);
    }

    private static InvalidDataException Damaged(string path) =>
        new($"The disk file of {Path.GetFileName(path).Split('.')[0]} is damaged: it has no qcow2 header.");
}
