using System.Buffers.Binary;

namespace Nines.Host.Tests.Images;

/// <summary>Starts of disks, of 1 MiB each.</summary>
internal static class Disks
{
    public static readonly Guid EfiSystem = new("c12a7328-f81f-11d2-ba4b-00a0c93ec93b");
    public static readonly Guid BiosBoot = new("21686148-6449-6e6f-744e-656564454649");
    public static readonly Guid LinuxData = new("0fc63daf-8483-4772-8e79-3d69d8477de4");

    /// <summary>A disk with the older partition table, a program in its first sector, and one partition.</summary>
    public static byte[] Mbr(byte partitionType)
    {
        var disk = new byte[1 << 20];
        disk[0] = 0xeb;
        disk[446 + 4] = partitionType;
        disk[510] = 0x55;
        disk[511] = 0xaa;
        return disk;
    }

    /// <summary>A disk with a GUID partition table and partitions of these types.</summary>
    public static byte[] Gpt(params Guid[] types)
    {
        var disk = Mbr(partitionType: 0xee);
        "EFI PART"u8.CopyTo(disk.AsSpan(512));
        BinaryPrimitives.WriteUInt32LittleEndian(disk.AsSpan(512 + 80), 128);
        BinaryPrimitives.WriteUInt32LittleEndian(disk.AsSpan(512 + 84), 128);
        for (var index = 0; index < types.Length; index++)
        {
            types[index].TryWriteBytes(disk.AsSpan(1024 + (index * 128), 16));
        }

        return disk;
    }
}
