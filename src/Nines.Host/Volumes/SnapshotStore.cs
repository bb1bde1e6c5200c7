using System.Text.Json;
using Nines.Host.Api;
using Nines.Host.Files;

namespace Nines.Host.Volumes;

/// <summary>The files of snapshots: what can be done to them, one step at a time, each of which lasts when it returns.</summary>
internal sealed class SnapshotStore(HostOptions options, VolumeStore volumes)
{
    /// <summary>The volumes and snapshots of all overlays that are there.</summary>
    public IReadOnlyList<(string VolumeId, string SnapshotId)> Overlays() => VolumeFiles.Overlays(options);

    /// <summary>The file that the volume goes on in.</summary>
    public string OverlayOf(SnapshotSpec spec) => VolumeFiles.OverlayOf(options, spec.VolumeId, spec.Id);

    /// <summary>Whether that file is there.</summary>
    public bool HasOverlay(SnapshotSpec spec) => File.Exists(OverlayOf(spec));

    /// <summary>Whether a file bears the snapshot's name.</summary>
    public bool IsLinked(SnapshotSpec spec) => File.Exists(VolumeFiles.SnapshotOf(options, spec.Id));

    /// <summary>Whether a volume is made.</summary>
    public bool HasVolume(string volumeId) => File.Exists(VolumeFiles.PathOf(options, volumeId));

    /// <summary>What is remembered of a snapshot; <see langword="null"/> when it is not taken.</summary>
    /// <exception cref="InvalidDataException">The record is damaged, or the file is gone that it speaks of.</exception>
    public SnapshotRecord? RecordOf(string snapshotId)
    {
        var path = VolumeFiles.SnapshotRecordOf(options, snapshotId);
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            return File.Exists(VolumeFiles.SnapshotOf(options, snapshotId)) && JsonSerializer.Deserialize(File.ReadAllBytes(path), HostFilesJsonContext.Default.SnapshotRecord) is { } record
                ? record
                : throw new InvalidDataException($"The data of {snapshotId} is gone.");
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException($"The record of {snapshotId} is damaged.", exception);
        }
    }

    /// <summary>What there is.</summary>
    /// <exception cref="InvalidDataException">The volume's file is no disk.</exception>
    public SnapshotFacts Look(SnapshotSpec spec)
    {
        var (volume, snapshot) = (VolumeFiles.PathOf(options, spec.VolumeId), VolumeFiles.SnapshotOf(options, spec.Id));
        var recorded = File.Exists(VolumeFiles.SnapshotRecordOf(options, spec.Id));
        var size = recorded ? null : volumes.SizeOf(spec.VolumeId);
        return new SnapshotFacts(
            recorded, size is not null, File.Exists(snapshot), !recorded && HardLink.AreSame(snapshot, volume), !recorded && size is not null && OverlaySize(spec) >= size);
    }

    /// <summary>Makes the file that the volume goes on in, empty, as large as the volume, and encrypted as it is.</summary>
    public async Task MakeOverlayAsync(SnapshotSpec spec, DiskKey? key, CancellationToken cancellationToken)
    {
        var overlay = OverlayOf(spec);
        if (Qcow2Header.Read(VolumeFiles.PathOf(options, spec.VolumeId))!.IsEncrypted != key is not null)
        {
            // Whoever asks does not know of the volume any more; nothing of it is to be written otherwise than it was.
            throw new IOException($"Volume {spec.VolumeId} is {(key is null ? "" : "not ")}encrypted.");
        }

        await volumes.MakeOverlayAsync(overlay + ".next", spec.Id, key, volumes.SizeOf(spec.VolumeId)!.Value, cancellationToken);
        File.Move(overlay + ".next", overlay, overwrite: true);
        Sync();
    }

    /// <summary>Gives the volume's file the snapshot's name too.</summary>
    public void Link(SnapshotSpec spec)
    {
        HardLink.CreateOnly(VolumeFiles.PathOf(options, spec.VolumeId), VolumeFiles.SnapshotOf(options, spec.Id));
        Sync();
    }

    /// <summary>Gives the overlay the volume's name.</summary>
    public void Rename(SnapshotSpec spec)
    {
        File.Move(OverlayOf(spec), VolumeFiles.PathOf(options, spec.VolumeId), overwrite: true);
        Sync();
    }

    /// <summary>Remembers that the snapshot is taken.</summary>
    /// <exception cref="InvalidDataException">Its file is no disk.</exception>
    public Task RecordAsync(SnapshotSpec spec, CancellationToken cancellationToken)
    {
        var size = Qcow2Header.Read(VolumeFiles.SnapshotOf(options, spec.Id))!.SizeBytes;
        var record = new SnapshotRecord(spec.VolumeId, (int)((size + (1L << 30) - 1) >> 30));
        return DurableFile.WriteAsync(
            VolumeFiles.SnapshotRecordOf(options, spec.Id), JsonSerializer.SerializeToUtf8Bytes(record, HostFilesJsonContext.Default.SnapshotRecord), cancellationToken);
    }

    /// <summary>Gives a snapshot's file another snapshot's name too, and remembers that as taken: neither is ever written to again.</summary>
    /// <exception cref="InvalidDataException">The snapshot is not on this host, or damaged.</exception>
    public Task CopyAsync(string sourceId, string snapshotId, CancellationToken cancellationToken)
    {
        var record = RecordOf(sourceId) ?? throw new InvalidDataException($"Snapshot {sourceId} is not on this host.");
        File.Delete(VolumeFiles.SnapshotOf(options, snapshotId));
        HardLink.CreateOnly(VolumeFiles.SnapshotOf(options, sourceId), VolumeFiles.SnapshotOf(options, snapshotId));
        Sync();
        return DurableFile.WriteAsync(
            VolumeFiles.SnapshotRecordOf(options, snapshotId), JsonSerializer.SerializeToUtf8Bytes(record, HostFilesJsonContext.Default.SnapshotRecord), cancellationToken);
    }

    /// <summary>Whether a copy is written anew, which takes its time: it is not locked with what its source is locked with.</summary>
    public static bool IsWritten(SnapshotSpec spec) => spec is { CopyOf: not null, Key: { } key } && key.Id != spec.SourceKey?.Id;

    /// <summary>Writes a copy of a snapshot under another key. It is no snapshot before it is kept (<see cref="KeepCopyAsync"/>).</summary>
    /// <exception cref="InvalidDataException">The snapshot is not on this host, or not encrypted as it should be.</exception>
    public Task WriteCopyAsync(SnapshotSpec spec, CancellationToken cancellationToken) =>
        volumes.CopyAsync(spec.CopyOf!, spec.SourceKey, WrittenOf(spec), spec.Key!, cancellationToken);

    /// <summary>Remembers a copy that was written as taken.</summary>
    /// <exception cref="InvalidDataException">The snapshot is not on this host, or damaged.</exception>
    public async Task KeepCopyAsync(SnapshotSpec spec, CancellationToken cancellationToken)
    {
        var record = RecordOf(spec.CopyOf!) ?? throw new InvalidDataException($"Snapshot {spec.CopyOf} is not on this host.");
        File.Move(WrittenOf(spec), VolumeFiles.SnapshotOf(options, spec.Id), overwrite: true);
        Sync();
        await DurableFile.WriteAsync(
            VolumeFiles.SnapshotRecordOf(options, spec.Id), JsonSerializer.SerializeToUtf8Bytes(record, HostFilesJsonContext.Default.SnapshotRecord), cancellationToken);
    }

    /// <summary>Removes what was written of a copy that nobody wants any more.</summary>
    public void DropCopy(SnapshotSpec spec) => File.Delete(WrittenOf(spec));

    /// <summary>Where a disk that came from elsewhere is written; its files beside that begin with the same name.</summary>
    public string ImportOf(string snapshotId) => VolumeFiles.SnapshotOf(options, snapshotId) + ".next";

    /// <summary>Remembers a disk that came from elsewhere as taken.</summary>
    public Task KeepImportAsync(string snapshotId, ImportedDisk disk, CancellationToken cancellationToken)
    {
        File.Move(ImportOf(snapshotId), VolumeFiles.SnapshotOf(options, snapshotId), overwrite: true);
        Sync();
        return DurableFile.WriteAsync(
            VolumeFiles.SnapshotRecordOf(options, snapshotId),
            JsonSerializer.SerializeToUtf8Bytes(new SnapshotRecord("", disk.SizeGiB, disk), HostFilesJsonContext.Default.SnapshotRecord),
            cancellationToken);
    }

    /// <summary>The disk of a snapshot that is taken.</summary>
    /// <exception cref="InvalidDataException">The snapshot is not on this host, or damaged.</exception>
    public string PathOf(string snapshotId) =>
        RecordOf(snapshotId) is null ? throw new InvalidDataException($"Snapshot {snapshotId} is not on this host.") : VolumeFiles.SnapshotOf(options, snapshotId);

    /// <summary>Takes the snapshot's name and the overlay away; the volume has its own name still.</summary>
    public void Undo(SnapshotSpec spec)
    {
        File.Delete(VolumeFiles.SnapshotOf(options, spec.Id));
        RemoveOverlay(spec);
        Sync();
    }

    /// <summary>Removes an overlay that no machine can have open: there is no snapshot that it could be based on.</summary>
    public void RemoveOverlay(SnapshotSpec spec) => File.Delete(OverlayOf(spec));

    /// <summary>Forgets that a snapshot is taken. Its file goes when it is needed no more.</summary>
    public void Delete(string snapshotId)
    {
        File.Delete(VolumeFiles.SnapshotRecordOf(options, snapshotId));
        Sync();
    }

    private string WrittenOf(SnapshotSpec spec) => VolumeFiles.SnapshotOf(options, spec.Id) + ".next";

    private long? OverlaySize(SnapshotSpec spec) => Qcow2Header.Read(OverlayOf(spec))?.SizeBytes;

    private void Sync() => DurableFile.SyncDirectory(VolumeFiles.DirectoryOf(options));
}
