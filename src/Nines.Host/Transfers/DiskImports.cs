using System.Collections.Concurrent;
using Nines.Host.Api;
using Nines.Host.Images;
using Nines.Host.Volumes;

namespace Nines.Host.Transfers;

/// <summary>Disks that come out of buckets and become snapshots. Strangers made their files: they are looked at before any program follows what they say.</summary>
internal sealed class DiskImports(BucketFolders buckets, SnapshotStore snapshots, VolumeStore volumes, QemuImg qemuImg) : ITransfers
{
    /// <summary>The largest disk to accept.</summary>
    private const long MaxBytes = 1L << 40;

    private const int GiBShift = 30;

    // What was found out about a disk whose draft is whole.
    private readonly ConcurrentDictionary<string, ImportedDisk> _written = new(StringComparer.Ordinal);

    public TransferStatus? Find(TransferSpec spec) =>
        snapshots.RecordOf(spec.Id)?.Imported is { } disk ? new TransferStatus(spec.Id, TransferState.Ready, 100) { Disk = disk } : null;

    public string? DraftOf(TransferSpec spec) => snapshots.ImportOf(spec.Id);

    public async Task WriteAsync(TransferSpec spec, Action<TransferStatus> report, CancellationToken cancellationToken)
    {
        report(new TransferStatus(spec.Id, TransferState.Validating));
        var file = buckets.Find(spec.AccountId, spec.Bucket, spec.Key);
        if (file.State is not BucketFileState.Found)
        {
            throw new ImageException($"s3://{spec.Bucket}/{spec.Key} is not there any more");
        }

        var (draft, unpacked, start) = FilesOf(spec);
        try
        {
            var disk = await new DiskOpener(qemuImg).OpenAsync(file.Path, unpacked, MaxBytes, isAlone: true, null, cancellationToken);
            if (spec.Format is { } asked && asked != disk.NamedFormat)
            {
                throw new ImageException($"the file is {Name(disk.NamedFormat)}, not {Name(asked)}");
            }

            await qemuImg.ReadStartAsync(disk.Path, disk.Format, start, PartitionTable.Size, cancellationToken);
            var table = PartitionTable.Parse(await File.ReadAllBytesAsync(start, cancellationToken));
            report(new TransferStatus(spec.Id, TransferState.Converting));
            await volumes.MakeEmptyAsync(draft, spec.DiskKey, disk.VirtualSizeBytes, cancellationToken);
            await qemuImg.FillAsync(disk.Path, disk.Format, draft, spec.DiskKey, Percent, cancellationToken);
            await using (var written = new FileStream(draft, FileMode.Open, FileAccess.ReadWrite))
            {
                written.Flush(flushToDisk: true);
            }

            _written[spec.Id] = new ImportedDisk(
                disk.NamedFormat, file.Bytes, (int)((disk.VirtualSizeBytes + (1L << GiBShift) - 1) >> GiBShift), table.HasBootSector, table.HasEfiSystemPartition);
        }
        finally
        {
            File.Delete(unpacked);
            File.Delete(start);
        }

        void Percent(string line)
        {
            if (PercentLines.Parse(line) is { } percent)
            {
                report(new TransferStatus(spec.Id, TransferState.Converting, percent));
            }
        }
    }

    public Task KeepAsync(TransferSpec spec, CancellationToken cancellationToken) =>
        _written.TryRemove(spec.Id, out var disk) ? snapshots.KeepImportAsync(spec.Id, disk, cancellationToken) : throw new InvalidDataException($"The disk of {spec.Id} was not written.");

    public void Remove(TransferSpec spec)
    {
        _written.TryRemove(spec.Id, out _);
        var (draft, unpacked, start) = FilesOf(spec);
        File.Delete(draft);
        File.Delete(unpacked);
        File.Delete(start);
        snapshots.Delete(spec.Id);
    }

    private (string Draft, string Unpacked, string Start) FilesOf(TransferSpec spec)
    {
        var draft = snapshots.ImportOf(spec.Id);
        return (draft, draft + ".unpacked", draft + ".start");
    }

    private static string Name(DiskFormat format) => format.ToString().ToUpperInvariant();
}
