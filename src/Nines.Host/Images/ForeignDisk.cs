using System.Buffers.Binary;
using Nines.Host.Api;

namespace Nines.Host.Images;

/// <summary>
/// A disk file of a stranger's, looked at before any program does that would follow what it says: it could name any file of this
/// machine as the one that its content lies in.
/// </summary>
/// <param name="Format">How the disk lies in it.</param>
/// <param name="VirtualSizeBytes">Size that a guest sees; <see langword="null"/> when the header does not tell.</param>
internal sealed record ForeignDisk(DiskFormat Format, long? VirtualSizeBytes)
{
    private const int SectorSize = 512;

    /// <summary>The start of a file as far as anything that is asked of it lies there; a VMDK's description ends before.</summary>
    private const int StartSize = 64 << 10;

    private static ReadOnlySpan<byte> VmdkMagic => "KDMV"u8;

    private static ReadOnlySpan<byte> VmdkDescriptor => "# Disk DescriptorFile"u8;

    private static ReadOnlySpan<byte> VhdCookie => "conectix"u8;

    private static ReadOnlySpan<byte> VhdxSignature => "vhdxfile"u8;

    /// <summary>Reads what a file is.</summary>
    /// <exception cref="ImageException">It is nothing that can be taken in; the message says why, without the file's name.</exception>
    public static async Task<ForeignDisk> ReadAsync(string path, CancellationToken cancellationToken)
    {
        await using var stream = File.OpenRead(path);
        var start = new byte[StartSize];
        var length = await stream.ReadAtLeastAsync(start, start.Length, throwOnEndOfStream: false, cancellationToken);
        var end = new byte[SectorSize];
        if (stream.Length >= SectorSize)
        {
            stream.Position = stream.Length - SectorSize;
            await stream.ReadExactlyAsync(end, cancellationToken);
        }

        return Parse(start.AsSpan(0, length), end, stream.Length);
    }

    /// <summary>Reads what a file is.</summary>
    /// <param name="start">Its first 64 KiB, or all of it.</param>
    /// <param name="end">Its last 512 bytes.</param>
    /// <param name="length">Its length, in bytes.</param>
    /// <exception cref="ImageException">It is nothing that can be taken in; the message says why.</exception>
    public static ForeignDisk Parse(ReadOnlySpan<byte> start, ReadOnlySpan<byte> end, long length)
    {
        if (length == 0)
        {
            throw new ImageException("it is empty");
        }

        if (Qcow2Header.Parse(start[..Math.Min(start.Length, Qcow2Header.Size)]) is { } qcow2)
        {
            return OfQcow2(qcow2);
        }

        if (start.StartsWith(VmdkMagic))
        {
            return OfVmdk(start);
        }

        if (start.StartsWith(VmdkDescriptor))
        {
            throw new ImageException("it is only the description of a VMDK, whose content lies in other files; merge them first: qemu-img convert -O vmdk -o subformat=streamOptimized");
        }

        if (start.StartsWith(VhdxSignature))
        {
            return new ForeignDisk(DiskFormat.Vhdx, null);
        }

        if (end.StartsWith(VhdCookie))
        {
            return OfVhd(end);
        }

        if (start.StartsWith(VhdCookie))
        {
            throw new ImageException("it is a VHD that is cut short: its footer is missing");
        }

        if (OvaFile.IsOva(start))
        {
            return new ForeignDisk(DiskFormat.Ova, null);
        }

        return length % SectorSize == 0
            ? new ForeignDisk(DiskFormat.Raw, length)
            : throw new ImageException("it is no disk that is known (qcow2, VMDK, VHD, VHDX, OVA), and no raw one: its size is not a multiple of 512 bytes");
    }

    private static ForeignDisk OfQcow2(Qcow2Header header) => header switch
    {
        { HasBackingFile: true } => throw new ImageException("it depends on a backing file; merge them first: qemu-img convert -O qcow2"),
        { HasDataFile: true } => throw new ImageException("its content lies in another file; merge them first: qemu-img convert -O qcow2"),
        { IsEncrypted: true } => throw new ImageException("it is encrypted"),
        { IsCorrupt: true } => throw new ImageException("it is marked as corrupt; repair it first: qemu-img check -r all"),
        _ => new ForeignDisk(DiskFormat.Qcow2, header.VirtualSizeBytes),
    };

    /// <summary>"Virtual Disk Format 5.0", VMware: a sparse extent, with a description in it.</summary>
    private static ForeignDisk OfVmdk(ReadOnlySpan<byte> start)
    {
        if (start.Length < SectorSize)
        {
            throw new ImageException("the VMDK header is cut short");
        }

        // Without a capacity of its own it is read as a description, which may name any file.
        var sectors = BinaryPrimitives.ReadUInt64LittleEndian(start[12..]);
        if (sectors is 0 or > long.MaxValue / SectorSize)
        {
            throw new ImageException("its content lies in other files; merge them first: qemu-img convert -O vmdk -o subformat=streamOptimized");
        }

        return start.IndexOf("parentFileNameHint"u8) < 0
            ? new ForeignDisk(DiskFormat.Vmdk, (long)sectors * SectorSize)
            : throw new ImageException("it depends on a parent disk; merge them first: qemu-img convert -O vmdk -o subformat=streamOptimized");
    }

    /// <summary>"Virtual Hard Disk Image Format Specification", Microsoft: the footer tells.</summary>
    private static ForeignDisk OfVhd(ReadOnlySpan<byte> footer) => BinaryPrimitives.ReadUInt32BigEndian(footer[60..]) switch
    {
        2 or 3 => new ForeignDisk(DiskFormat.Vhd, BinaryPrimitives.ReadInt64BigEndian(footer[48..])),
        4 => throw new ImageException("it depends on a parent disk; merge them first: qemu-img convert -O vpc"),
        var type => throw new ImageException($"it is a VHD of type {type}, which is not known"),
    };
}
