using Nines.Host.Api;
using Nines.Host.Files;
using Nines.Host.Images;
using Nines.Host.Volumes;

namespace Nines.Host.Transfers;

/// <summary>Disks that go into buckets, as files that other hypervisors start. A file has its name when it is whole.</summary>
internal sealed class DiskExports(BucketFolders buckets, SnapshotStore snapshots, ImageStore images, QemuImg qemuImg) : ITransfers
{
    public TransferStatus? Find(TransferSpec spec) =>
        buckets.Find(spec.AccountId, spec.Bucket, spec.Key).State is BucketFileState.Found ? new TransferStatus(spec.Id, TransferState.Ready, 100) : null;

    public string? DraftOf(TransferSpec spec) =>
        buckets.Find(spec.AccountId, spec.Bucket, spec.Key) is { State: BucketFileState.Found or BucketFileState.NoKey, Path: { Length: > 0 } path } ? DraftOf(spec, path) : null;

    public async Task WriteAsync(TransferSpec spec, Action<TransferStatus> report, CancellationToken cancellationToken)
    {
        report(new TransferStatus(spec.Id, TransferState.Validating));
        var source = SourceOf(spec);
        var path = buckets.Prepare(spec.AccountId, spec.Bucket, spec.Key) ?? throw new ImageException($"the bucket {spec.Bucket} is not there any more, or nothing can lie there under {spec.Key}");
        var draft = DraftOf(spec, path);
        File.Delete(draft);
        report(new TransferStatus(spec.Id, TransferState.Converting));
        await qemuImg.ConvertAsync(source, DiskFormat.Qcow2, draft, spec.Format ?? throw new ImageException("no format is named"), Percent, cancellationToken);
        await using var file = new FileStream(draft, FileMode.Open, FileAccess.ReadWrite);
        file.Flush(flushToDisk: true);

        void Percent(string line)
        {
            if (PercentLines.Parse(line) is { } percent)
            {
                report(new TransferStatus(spec.Id, TransferState.Converting, percent));
            }
        }
    }

    public Task KeepAsync(TransferSpec spec, CancellationToken cancellationToken)
    {
        var draft = DraftOf(spec) ?? throw new InvalidDataException($"The bucket {spec.Bucket} is not there any more.");
        var path = buckets.Find(spec.AccountId, spec.Bucket, spec.Key).Path;
        File.Move(draft, path);
        DurableFile.SyncDirectory(Path.GetDirectoryName(path)!);
        return Task.CompletedTask;
    }

    public void Remove(TransferSpec spec)
    {
        if (DraftOf(spec) is { } draft)
        {
            File.Delete(draft);
            File.Delete(buckets.Find(spec.AccountId, spec.Bucket, spec.Key).Path);
        }
    }

    private string SourceOf(TransferSpec spec)
    {
        if (spec.SnapshotId is { } snapshotId)
        {
            return snapshots.PathOf(snapshotId);
        }

        return images.FindByDigest(spec.ImageDigest ?? "")?.DiskPath ?? throw new ImageException("the image is not on this host");
    }

    /// <summary>By the task's name: a key's last part may be as long as a name can be.</summary>
    private static string DraftOf(TransferSpec spec, string path) => Path.Combine(Path.GetDirectoryName(path)!, $".{spec.Id}.part");
}
