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

    /// <summary>Size that a guest sees of the disk, in bytes; <see langword="null"/> when there is none.</summary>
    /// <exception cref="InvalidDataException">The file is no disk.</exception>
    public long? SizeOf(string volumeId) => Qcow2Header.Read(VolumeFiles.PathOf(options, volumeId))?.SizeBytes;

    /// <summary>Whether the snapshot that a disk starts as is taken; also when it starts as none.</summary>
    public bool HasSnapshot(VolumeSpec spec) => spec.SnapshotId is not { } id || File.Exists(VolumeFiles.SnapshotRecordOf(options, id));

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
        else if (spec.SnapshotId is { } snapshotId)
        {
            var source = VolumeFiles.SnapshotOf(options, snapshotId);
            size = Math.Max(size, Qcow2Header.Read(source)?.SizeBytes ?? throw new InvalidDataException($"Snapshot {snapshotId} is not on this host."));
            backing = ["-b", source, "-F", "qcow2"];
        }

        await MakeAsync(next, backing, size, cancellationToken);
        File.Move(next, path);
        DurableFile.SyncDirectory(VolumeFiles.DirectoryOf(options));
    }

    /// <summary>Makes a file that is based on what a snapshot will be; it is on the disk when this returns, and its name may not be.</summary>
    public Task MakeOverlayAsync(string path, string snapshotId, long sizeBytes, CancellationToken cancellationToken) =>
        MakeAsync(path, ["-u", "-b", VolumeFiles.SnapshotOf(options, snapshotId), "-F", "qcow2"], sizeBytes, cancellationToken);

    private async Task MakeAsync(string next, string[] backing, long sizeBytes, CancellationToken cancellationToken)
    {
        File.Delete(next);
        await commands.RunAsync(
            new("qemu-img", ["create", "-q", "-f", "qcow2", .. backing, next, sizeBytes.ToString(CultureInfo.InvariantCulture)]), cancellationToken);
        File.SetUnixFileMode(next, OwnerOnly);
        await user.GiveAsync(cancellationToken, next);
        await using var file = new FileStream(next, FileMode.Open, FileAccess.ReadWrite);
        file.Flush(flushToDisk: true);
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

    /// <summary>Removes a disk for good. What it is based on goes with <see cref="Collect"/>, unless a snapshot is based on it too.</summary>
    public void Delete(string volumeId)
    {
        File.Delete(VolumeFiles.PathOf(options, volumeId));
        DurableFile.SyncDirectory(VolumeFiles.DirectoryOf(options));
    }

    /// <summary>
    /// Removes the files that nobody needs any more: of deleted snapshots, and of kept guests whose copies are gone. A file is
    /// needed as long as another names it as what it is based on.
    /// </summary>
    /// <remarks>Nothing may be in the making meanwhile: a snapshot that is not taken yet looks like one that was deleted.</remarks>
    public void Collect()
    {
        while (Unneeded() is { Count: > 0 } files)
        {
            files.ForEach(File.Delete);
        }

        DurableFile.SyncDirectory(VolumeFiles.DirectoryOf(options));
    }

    private List<string> Unneeded()
    {
        var files = Directory.GetFiles(VolumeFiles.DirectoryOf(options));
        if (files.Where(IsLeftOver).ToList() is var left && (left.Count == 0 || !files.Any(IsSnapshot)))
        {
            // Without snapshots a base is needed by its own volume only, and no file need be opened to see that it is gone.
            return left;
        }

        var named = files.Where(IsDisk).Select(BackingOf).OfType<string>().ToHashSet(StringComparer.Ordinal);
        return [.. left.Where(path => !named.Contains(path))];
    }

    private static bool IsSnapshot(string path) => Path.GetFileName(path) is var name && name.StartsWith("snap-", StringComparison.Ordinal) && name.EndsWith(".qcow2", StringComparison.Ordinal);

    private static bool IsDisk(string path) => Path.GetExtension(path) is ".qcow2" or ".overlay" or ".next" or ".base";

    private bool IsLeftOver(string path)
    {
        var name = Path.GetFileName(path);
        var id = name.Split('.')[0];
        return (IsSnapshot(path) && !File.Exists(VolumeFiles.SnapshotRecordOf(options, id)))
            || (name.EndsWith(".base", StringComparison.Ordinal) && !File.Exists(VolumeFiles.PathOf(options, id)));
    }

    /// <summary>What a file is based on. One that is damaged or half made says nothing, and its volume cannot be used anyway.</summary>
    private static string? BackingOf(string path)
    {
        try
        {
            return Qcow2Header.Read(path)?.BackingPath;
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }
}
