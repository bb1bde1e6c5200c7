using Nines.Api.Ec2;
using Nines.Control.Audit;
using Nines.Control.Gateway;
using Nines.Control.Ids;
using Nines.Control.Services.Ec2.ClientTokens;
using Nines.Control.Services.Ec2.Encryption;
using Nines.Control.Services.Ec2.Query;
using Nines.Control.Services.Ec2.Tags;
using Nines.Control.Store;
using Nines.Host.Api;

namespace Nines.Control.Services.Ec2.ImportTasks;

/// <summary>Beginning and cancelling imports. The files of a bucket are the account's that asks.</summary>
internal sealed class ImportTaskChanges(Cloud cloud, IIdSource ids, BucketFolders buckets, VolumeKeys keys) : IOperations
{
    private const string Cancelled = "User initiated task cancelation.";

    public void Map(OperationTable table)
    {
        table.On(Ec2Api.ImportImage, ImportImageAsync, answersDryRun: true);
        table.On(Ec2Api.ImportSnapshot, ImportSnapshotAsync, answersDryRun: true);
        table.On(Ec2Api.CancelImportTask, CancelAsync, answersDryRun: true);
    }

    private async ValueTask<ImportImageResult> ImportImageAsync(ImportImageRequest input, Call call, CancellationToken cancellationToken)
    {
        var kind = ResourceKind.ImportImageTask;
        var asked = new ImportTask
        {
            AccountId = call.AccountId,
            Id = ids.Next(kind.Prefix),
            Disks = ImportRequests.Parse(input),
            Description = input.Description,
            Platform = ImportRequests.PlatformOf(input),
            BootMode = input.BootMode,
            LicenseType = input.LicenseType,
            Encrypted = input.Encrypted,
            ClientToken = ClientToken.Parse(input.ClientToken),
            StartTime = call.Now,
            Tags = TagRules.Parse(input.TagSpecifications, kind.ResourceType).For(kind.ResourceType),
        };
        var fingerprint = ClientToken.FingerprintOf(input with { ClientToken = null, DryRun = null });
        var task = ImportTaskDescriptions.Image(await BeginAsync(asked, new EncryptionRequest(input.Encrypted, input.KmsKeyId), fingerprint, call, cancellationToken));
        return new ImportImageResult
        {
            Architecture = task.Architecture,
            Description = task.Description,
            Encrypted = task.Encrypted,
            ImageId = task.ImageId,
            ImportTaskId = task.ImportTaskId,
            KmsKeyId = task.KmsKeyId,
            LicenseType = task.LicenseType,
            Platform = task.Platform,
            Progress = task.Progress,
            SnapshotDetails = task.SnapshotDetails,
            Status = task.Status,
            StatusMessage = task.StatusMessage,
            Tags = task.Tags,
            UsageOperation = task.UsageOperation,
        };
    }

    private async ValueTask<ImportSnapshotResult> ImportSnapshotAsync(ImportSnapshotRequest input, Call call, CancellationToken cancellationToken)
    {
        var kind = ResourceKind.ImportSnapshotTask;
        var asked = new ImportTask
        {
            AccountId = call.AccountId,
            Id = ids.Next(kind.Prefix),
            Disks = [ImportRequests.Parse(input)],
            Description = input.Description,
            Encrypted = input.Encrypted,
            ClientToken = ClientToken.Parse(input.ClientToken),
            StartTime = call.Now,
            Tags = TagRules.Parse(input.TagSpecifications, kind.ResourceType).For(kind.ResourceType),
        };
        var fingerprint = ClientToken.FingerprintOf(input with { ClientToken = null, DryRun = null });
        var task = ImportTaskDescriptions.Snapshot(await BeginAsync(asked, new EncryptionRequest(input.Encrypted, input.KmsKeyId), fingerprint, call, cancellationToken));
        return new ImportSnapshotResult { Description = task.Description, ImportTaskId = task.ImportTaskId, SnapshotTaskDetail = task.SnapshotTaskDetail, Tags = task.Tags };
    }

    private Task<ImportTask> BeginAsync(ImportTask asked, EncryptionRequest encryption, string fingerprint, Call call, CancellationToken cancellationToken) => cloud.WriteAsync(
        call,
        transaction =>
        {
            if (ClientToken.MadeBefore(transaction, call.AccountId, asked.ResourceType, asked.ClientToken, fingerprint) is { } earlier)
            {
                return transaction.Find(ImportTask.Table, call.AccountId, earlier)!;
            }

            var lengths = asked.Disks.Select(disk => Find(call.AccountId, disk).Bytes).ToList();
            if (transaction.List(ImportTask.Table, call.AccountId).Count(task => task.HostId is not null) >= TransferHosts.MaxActive)
            {
                throw ImportTaskErrors.TooMany(TransferHosts.MaxActive);
            }

            var key = keys.ForVolume(transaction, call.AccountId, encryption, null, call.Now);
            var task = asked with
            {
                HostId = TransferHosts.Choose(transaction, call.AccountId),
                Disks =
                [
                    .. asked.Disks.Zip(lengths, (disk, bytes) => disk with { SnapshotId = ids.Next(ResourceKind.Snapshot.Prefix), FileBytes = bytes })
                        .Select(disk => disk with { EncryptionKey = keys.Make(disk.SnapshotId, key, null) }),
                ],
            };
            call.AnswerDryRun();
            transaction.Insert(ImportTask.Table, task);
            ClientToken.Remember(transaction, call.AccountId, task.ResourceType, task.ClientToken, fingerprint, task.Id);
            return task;
        },
        cancellationToken);

    private BucketFile Find(string accountId, ImportDisk disk)
    {
        var file = buckets.Find(accountId, disk.Bucket, disk.Key);
        return file.State switch
        {
            BucketFileState.Found => file,
            BucketFileState.NoBucket => throw ImportTaskErrors.NoAccess(disk.Bucket, disk.Key, "the bucket does not exist."),
            BucketFileState.NoKey => throw ImportTaskErrors.NoAccess(disk.Bucket, disk.Key, "the key does not exist."),
            _ => throw ImportTaskErrors.NoAccess(disk.Bucket, disk.Key, "the key must name a regular file of the bucket, and no part of it may be a link or lead out."),
        };
    }

    private async ValueTask<CancelImportTaskResult> CancelAsync(CancelImportTaskRequest input, Call call, CancellationToken cancellationToken)
    {
        var named = input.ImportTaskId ?? throw Ec2Errors.MissingParameter("ImportTaskId");
        var id = named.StartsWith(ResourceKind.ImportSnapshotTask.Prefix, StringComparison.Ordinal) ? ResourceId.Parse<ImportSnapshotTaskId>(named).Value : ResourceId.Parse<ImportImageTaskId>(named).Value;
        await cloud.WriteAsync(
            call,
            transaction =>
            {
                var task = transaction.Find(ImportTask.Table, call.AccountId, id) ?? throw Ec2Errors.NotFound(ResourceKind.ImportImageTask, id);
                if (task.State is not ImportTaskState.Active)
                {
                    throw ImportTaskErrors.NotActive(id, ImportTaskDescriptions.Name(task.State));
                }

                call.AnswerDryRun();
                transaction.Put(ImportTask.Table, ImportTaskPlan.Fail(task, input.CancelReason ?? Cancelled));
            },
            cancellationToken);
        return new CancelImportTaskResult
        {
            ImportTaskId = id,
            PreviousState = ImportTaskDescriptions.Name(ImportTaskState.Active),
            State = ImportTaskDescriptions.Name(ImportTaskState.Deleting),
        };
    }
}
