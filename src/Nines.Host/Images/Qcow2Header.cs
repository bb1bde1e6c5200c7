using System.Buffers.Binary;

namespace Nines.Host.Images;

/// <summary>
/// The start of a qcow2 file (QEMU, docs/interop/qcow2.txt), read before any program that would follow what it says: a
/// file from a stranger could name any file of this machine as its backing or data file.
/// </summary>
/// <param name="VirtualSizeBytes">Size that a guest sees.</param>
/// <param name="HasBackingFile">Whether it names a backing file.</param>
/// <param name="HasDataFile">Whether its content lies in another file.</param>
/// <param name="IsEncrypted">Whether its content is encrypted.</param>
/// <param name="IsCorrupt">Whether it is marked as corrupt.</param>
internal sealed record Qcow2Header(long VirtualSizeBytes, bool HasBackingFile, bool HasDataFile, bool IsEncrypted, bool IsCorrupt)
{
    /// <summary>How much of a file <see cref="Parse"/> needs.</summary>
    public const int Size = 104;

    private const uint Magic = 0x514649fb; // "QFI\xfb"

    /// <summary>Reads a header.</summary>
    /// <returns><see langword="null"/> when this is not a qcow2 file.</returns>
    /// <exception cref="ImageException">It is one, but cut short or of a version that does not exist.</exception>
    public static Qcow2Header? Parse(ReadOnlySpan<byte> start)
    {
        if (start.Length < 4 || BinaryPrimitives.ReadUInt32BigEndian(start) != Magic)
        {
            return null;
        }

        if (start.Length < 72)
        {
            throw new ImageException("the qcow2 header is cut short");
        }

        var version = BinaryPrimitives.ReadUInt32BigEndian(start[4..]);
        if (version is not (2 or 3) || (version == 3 && start.Length < 80))
        {
            throw new ImageException($"qcow2 version {version} is not known");
        }

        // Version 2 has no feature bits: its header ends before them.
        var incompatible = version == 3 ? BinaryPrimitives.ReadUInt64BigEndian(start[72..]) : 0;
        return new Qcow2Header(
            (long)BinaryPrimitives.ReadUInt64BigEndian(start[24..]),
            HasBackingFile: BinaryPrimitives.ReadUInt64BigEndian(start[8..]) != 0,
            HasDataFile: (incompatible & 0b100) != 0,
            IsEncrypted: BinaryPrimitives.ReadUInt32BigEndian(start[32..]) != 0,
            IsCorrupt: (incompatible & 0b10) != 0);
    }
}
