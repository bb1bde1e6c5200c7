using System.Globalization;
using Nines.Host.Api;
using Nines.Host.Files;
using Nines.Host.Gate;
using Nines.Host.Images;
using Nines.Host.Processes;
using Nines.Host.Vms;

namespace Nines.Host.Volumes;

/// <summary>Disks of this host: qcow2 files, copy on write from their image.</summary>
internal sealed class VolumeStore(HostOptions options, IHostCommands commands, ImageStore images, KeptGuests kept, HypervisorUser user)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private static readonly byte[] Qcow2Magic = [(byte)'Q', (byte)'F', (byte)'I', 0xfb];

    /// <summary>Size that a guest sees of the disk, in bytes; <see langword="null"/> when there is none (QEMU: docs/interop/qcow2.txt).</summary>
    /// <exception cref="InvalidDataException">The file is no disk.</exception>
    public long? SizeOf(string volumeId)
    {
        var path = VolumeFiles.PathOf(options, volumeId);
        if (!File.Exists(path))
        {
            return null;
        }

        Span<byte> header = stackalloc byte[32];
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        if (file.ReadAtLeast(header, header.Length, throwOnEndOfStream: false) < header.Length || !header.StartsWith(Qcow2Magic))
        {
            throw new InvalidDataException($"The disk file of {volumeId} is damaged: it has no qcow2 header.");
        }

        return System.Buffers.Binary.BinaryPrimitives.ReadInt64BigEndian(header[24..]);
    }

    /// <summary>Makes a disk. It appears whole or not at all.</summary>
    /// <param name="spec">The disk.</param>
    /// <param name="keptId">The kept guest that it is made for, or <see langword="null"/> for a disk that is booted from.</param>
    /// <exception cref="InvalidDataException">Its image is not on this host.</exception>
    public async Task CreateAsync(VolumeSpec spec, string? keptId, CancellationToken cancellationToken)
    {
        var path = VolumeFiles.PathOf(options, spec.Id);
        var next = path + ".next";
        var size = (long)spec.SizeGiB << 30;
        string[] backing = [];
        if (spec.ImageDigest is { } digest)
        {
            var image = images.FindByDigest(digest) ?? throw new InvalidDataException($"Image {digest} is not on this host.");
            size = Math.Max(size, image.Manifest.Disk.VirtualSizeBytes);
            backing = ["-b", keptId is null ? image.DiskPath : Base(spec.Id, keptId), "-F", "qcow2"];
        }

        File.Delete(next);
        await commands.RunAsync(
            new("qemu-img", ["create", "-q", "-f", "qcow2", .. backing, next, size.ToString(CultureInfo.InvariantCulture)]), cancellationToken);
        File.SetUnixFileMode(next, OwnerOnly);
        await user.GiveAsync(cancellationToken, next);
        await using (var file = new FileStream(next, FileMode.Open, FileAccess.ReadWrite))
        {
            file.Flush(flushToDisk: true);
        }

        File.Move(next, path);
        DurableFile.SyncDirectory(VolumeFiles.DirectoryOf(options));
    }

    private string Base(string volumeId, string keptId)
    {
        var path = VolumeFiles.BaseOf(options, volumeId, keptId);
        File.Delete(path);
        HardLink.Create(kept.DiskOf(keptId), path);
        return path;
    }

    /// <summary>Makes a disk that no machine has open larger.</summary>
    public Task GrowAsync(VolumeSpec spec, CancellationToken cancellationToken) => commands.RunAsync(
        new(
            "qemu-img", "resize", "-q", "-f", "qcow2", VolumeFiles.PathOf(options, spec.Id),
            ((long)spec.SizeGiB << 30).ToString(CultureInfo.InvariantCulture)),
        cancellationToken);

    /// <summary>Removes a disk for good.</summary>
    public void Delete(string volumeId)
    {
        File.Delete(VolumeFiles.PathOf(options, volumeId));
        while (VolumeFiles.KeptOf(options, volumeId) is { } keptId)
        {
            File.Delete(VolumeFiles.BaseOf(options, volumeId, keptId));
        }

        DurableFile.SyncDirectory(VolumeFiles.DirectoryOf(options));
    }
}
