using System.Buffers.Binary;

namespace Nines.Host.Images;

/// <summary>How a disk can be started, by its partition table (UEFI specification 2.10, chapter 5).</summary>
/// <param name="HasEfiSystemPartition">UEFI firmware finds something to start.</param>
/// <param name="HasBootSector">The first sector holds a program, and, on a GPT disk, a partition for the rest of it: a BIOS can start it.</param>
internal sealed record PartitionTable(bool HasEfiSystemPartition, bool HasBootSector)
{
    /// <summary>How much of a disk <see cref="Parse"/> needs: the tables of disks with sectors of 512 bytes.</summary>
    public const int Size = SectorSize * (2 + 32);

    private const int SectorSize = 512;
    private const byte MbrEfiPartition = 0xef;
    private static readonly Guid EfiSystem = new("c12a7328-f81f-11d2-ba4b-00a0c93ec93b");
    private static readonly Guid BiosBoot = new("21686148-6449-6e6f-744e-656564454649");

    /// <summary>Reads the start of a disk.</summary>
    public static PartitionTable Parse(ReadOnlySpan<byte> start)
    {
        if (start.Length < Size || start[510] != 0x55 || start[511] != 0xaa)
        {
            return new PartitionTable(false, false);
        }

        var hasProgram = start[..440].ContainsAnyExcept((byte)0);
        if (!start.Slice(SectorSize, 8).SequenceEqual("EFI PART"u8))
        {
            var efi = false;
            for (var entry = 446; entry < 510; entry += 16)
            {
                efi |= start[entry + 4] == MbrEfiPartition;
            }

            return new PartitionTable(efi, hasProgram);
        }

        var types = Types(start).ToArray();
        return new PartitionTable(types.Contains(EfiSystem), hasProgram && types.Contains(BiosBoot));
    }

    private static List<Guid> Types(ReadOnlySpan<byte> start)
    {
        var header = start.Slice(SectorSize, SectorSize);
        var size = BinaryPrimitives.ReadUInt32LittleEndian(header[84..]);
        var count = BinaryPrimitives.ReadUInt32LittleEndian(header[80..]);
        var types = new List<Guid>();
        if (size is < 128 or > 4096)
        {
            return types;
        }

        for (long index = 0, at = 2 * SectorSize; index < count && at + size <= start.Length; index++, at += size)
        {
            types.Add(new Guid(start.Slice((int)at, 16)));
        }

        return types;
    }
}
