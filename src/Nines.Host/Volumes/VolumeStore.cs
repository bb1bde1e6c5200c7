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
    /// <summary>A disk of the largest size, through a slow disk.</summary>
    private static readonly TimeSpan s_copyTimeout = TimeSpan.FromHours(12);

    /// <summary>QEMU measures the processor for about a second of its time before it encrypts a file, which is long on a busy machine.</summary>
    private static readonly TimeSpan s_makeTimeout = TimeSpan.FromMinutes(3);

    private const int MeasureAttempts = 10;
    private const string UnableToMeasure = "Unable to get accurate CPU usage";
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>What is to be said of a disk whose file is gone; <see langword="null"/> while it is there.</summary>
    public string? LossOf(string volumeId) => VolumeFiles.PathOf(options, volumeId) is var path && File.Exists(path)
        ? null
        : $"The disk of {volumeId} is lost: {path} is not there. It is in use again once its file is.";

    /// <summary>Size that a guest sees of the disk, in bytes; <see langword="null"/> when there is none.</summary>
    /// <exception cref="InvalidDataException">The file is no disk.</exception>
    public long? SizeOf(string volumeId) => Qcow2Header.Read(VolumeFiles.PathOf(options, volumeId))?.SizeBytes;

    /// <summary>Whether the snapshot that a disk starts as is taken; also when it starts as none.</summary>
    public bool HasSnapshot(VolumeSpec spec) => spec.SnapshotId is not { } id || File.Exists(VolumeFiles.SnapshotRecordOf(options, id));

    /// <summary>Whether a disk begins as a copy of its snapshot, which takes its time: what it is locked with is not what that is locked with.</summary>
    public static bool IsCopied(VolumeSpec spec) => spec is { SnapshotId: not null, Key: { } key } && key.Id != spec.SourceKey?.Id;

    /// <summary>Makes a disk. It appears whole or not at all.</summary>
    /// <param name="spec">The disk.</param>
    /// <param name="keptId">The kept guest that it is made for, or <see langword="null"/> for a disk that is booted from.</param>
    /// <exception cref="InvalidDataException">Its image is not on this host.</exception>
    public async Task CreateAsync(VolumeSpec spec, string? keptId, CancellationToken cancellationToken)
    {
        var path = VolumeFiles.PathOf(options, spec.Id);
        var next = path + ".next";
        var size = (long)spec.SizeGiB << 30;
        string? backing = null;
        if (spec.ImageDigest is { } digest)
        {
            var image = images.FindByDigest(digest) ?? throw new InvalidDataException($"Image {digest} is not on this host.");
            size = Math.Max(size, image.Manifest.Disk.VirtualSizeBytes);
            backing = keptId is null ? image.DiskPath : await BaseAsync(spec.Id, keptId, cancellationToken);
        }
        else if (spec.SnapshotId is { } snapshotId)
        {
            var source = VolumeFiles.SnapshotOf(options, snapshotId);
            size = Math.Max(size, HeaderOf(snapshotId, spec.SourceKey).SizeBytes);
            backing = IsCopied(spec) ? null : keptId is null ? DiskKeys.BackingOf(source, spec.SourceKey) : await BaseAsync(spec.Id, keptId, cancellationToken);
        }

        await MakeAsync(next, backing, spec.Key, size, cancellationToken);
        if (IsCopied(spec))
        {
            await FillAsync(DiskKeys.ImageOf(VolumeFiles.SnapshotOf(options, spec.SnapshotId!), spec.SourceKey), spec.SourceKey, next, spec.Key, cancellationToken);
        }

        File.Move(next, path);
        DurableFile.SyncDirectory(VolumeFiles.DirectoryOf(options));
    }

    /// <summary>Makes a file that is based on what a snapshot will be; it is on the disk when this returns, and its name may not be.</summary>
    /// <param name="key">What the volume is encrypted with, and so both files, or <see langword="null"/>.</param>
    public Task MakeOverlayAsync(string path, string snapshotId, DiskKey? key, long sizeBytes, CancellationToken cancellationToken) =>
        MakeAsync(path, DiskKeys.BackingOf(VolumeFiles.SnapshotOf(options, snapshotId), key), key, sizeBytes, cancellationToken);

    /// <summary>Writes a snapshot's disk anew, under a key.</summary>
    /// <exception cref="InvalidDataException">It is not on this host, or not as it should be.</exception>
    public async Task CopyAsync(string sourceId, DiskKey? sourceKey, string path, DiskKey key, CancellationToken cancellationToken)
    {
        await MakeAsync(path, null, key, HeaderOf(sourceId, sourceKey).SizeBytes, cancellationToken);
        await FillAsync(DiskKeys.ImageOf(VolumeFiles.SnapshotOf(options, sourceId), sourceKey), sourceKey, path, key, cancellationToken);
    }

    private Qcow2Header HeaderOf(string snapshotId, DiskKey? key)
    {
        var header = Qcow2Header.Read(VolumeFiles.SnapshotOf(options, snapshotId)) ?? throw new InvalidDataException($"Snapshot {snapshotId} is not on this host.");
        return header.IsEncrypted == key is not null ? header : throw new InvalidDataException($"Snapshot {snapshotId} is {(header.IsEncrypted ? "" : "not ")}encrypted.");
    }

    /// <summary>Writes what a disk holds to an empty one.</summary>
    /// <param name="source">How the disk is opened (<see cref="DiskKeys.ImageOf"/>).</param>
    /// <param name="sourceKey">What it is encrypted with, or <see langword="null"/>.</param>
    /// <param name="target">The empty one's file.</param>
    /// <param name="key">What that is encrypted with, or <see langword="null"/>.</param>
    public async Task FillAsync(string source, DiskKey? sourceKey, string target, DiskKey? key, CancellationToken cancellationToken)
    {
        var (secrets, input) = DiskKeys.Hand(sourceKey, key);
        var command = new HostCommand(
            "qemu-img",
            [
                "convert", "-q", .. secrets, "-n", "--target-is-zero", "--image-opts", source,
                "--target-image-opts", DiskKeys.ImageOf(target, key),
            ]);
        await commands.RunAsync(command with { StandardInput = input, Timeout = s_copyTimeout }, cancellationToken);
        await using var file = new FileStream(target, FileMode.Open, FileAccess.ReadWrite);
        file.Flush(flushToDisk: true);
    }

    /// <summary>Makes an empty disk.</summary>
    public Task MakeEmptyAsync(string path, DiskKey? key, long sizeBytes, CancellationToken cancellationToken) => MakeAsync(path, null, key, sizeBytes, cancellationToken);

    /// <summary>Makes a disk that holds what another does, and depends on nothing.</summary>
    public async Task DuplicateAsync(string source, string target, DiskKey? key, long sizeBytes, CancellationToken cancellationToken)
    {
        await MakeAsync(target, null, key, sizeBytes, cancellationToken);
        await FillAsync(DiskKeys.ImageOf(source, key), key, target, key, cancellationToken);
    }

    private async Task MakeAsync(string next, string? backing, DiskKey? key, long sizeBytes, CancellationToken cancellationToken)
    {
        File.Delete(next);

        // What it is based on is not opened: that may not be there yet, or be encrypted.
        string[] based = backing is null ? [] : ["-u", "-b", backing, "-F", "qcow2"];
        var (secrets, input) = key is null ? ([], null) : DiskKeys.Hand(key);
        string[] locked = key is null ? [] : ["-o", DiskKeys.OptionsOf(key)];
        await RunMeasuredAsync(
            new HostCommand("qemu-img", ["create", "-q", .. secrets, "-f", "qcow2", .. locked, .. based, next, sizeBytes.ToString(CultureInfo.InvariantCulture)])
            {
                StandardInput = input,
                Timeout = s_makeTimeout,
            },
            cancellationToken);
        File.SetUnixFileMode(next, OwnerOnly);
        await user.GiveAsync(cancellationToken, next);
        await using var file = new FileStream(next, FileMode.Open, FileAccess.ReadWrite);
        file.Flush(flushToDisk: true);
    }

    /// <summary>
    /// Runs what makes an encrypted file. QEMU gives up when the kernel's count of its processor time seems to go backwards while it measures
    /// the processor, as it does now and then on a busy machine; nothing is wrong with the disk then.
    /// </summary>
    private async Task RunMeasuredAsync(HostCommand command, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await commands.RunAsync(command, cancellationToken);
                return;
            }
            catch (HostCommandException exception) when (attempt < MeasureAttempts && exception.Message.Contains(UnableToMeasure, StringComparison.Ordinal))
            {
            }
        }
    }

    /// <summary>The disk of a kept guest under a name for one volume; a copy of it, on a disk of the volumes' own, is for all hypervisors to read too.</summary>
    private async Task<string> BaseAsync(string volumeId, string keptId, CancellationToken cancellationToken)
    {
        var tag = kept.TagOf(keptId);
        var path = VolumeFiles.BaseOf(options, volumeId, tag);
        foreach (var earlier in Directory.GetFiles(VolumeFiles.DirectoryOf(options), $"{volumeId}.*.base"))
        {
            File.Delete(earlier);
        }

        if (!HardLink.Create(kept.DiskOf(keptId), path))
        {
            await commands.RunAsync(new("chown", $"0:{user.Name}", path), cancellationToken);
        }

        return kept.TagOf(keptId) == tag ? path : throw new IOException($"Guest {keptId} was kept anew while a disk was made of it.");
    }

    /// <summary>Makes a disk that no machine has open larger.</summary>
    public Task GrowAsync(VolumeSpec spec, CancellationToken cancellationToken)
    {
        var size = ((long)spec.SizeGiB << 30).ToString(CultureInfo.InvariantCulture);
        if (spec.Key is not { } key)
        {
            return commands.RunAsync(new("qemu-img", "resize", "-q", "-f", "qcow2", VolumeFiles.PathOf(options, spec.Id), size), cancellationToken);
        }

        var (secrets, input) = DiskKeys.Hand(key);
        return commands.RunAsync(
            new HostCommand("qemu-img", ["resize", "-q", .. secrets, "--image-opts", DiskKeys.ImageOf(VolumeFiles.PathOf(options, spec.Id), key), size]) { StandardInput = input, Timeout = s_makeTimeout },
            cancellationToken);
    }

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

        kept.RemoveOf(VolumeFiles.DirectoryOf(options), all: false);

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
