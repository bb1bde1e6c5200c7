using System.Collections.Immutable;
using Nines.Api.Ec2;
using Nines.Control.Audit;
using Nines.Control.Gateway;
using Nines.Control.Ids;
using Nines.Control.Services.Ec2.Instances;
using Nines.Control.Services.Ec2.Query;
using Nines.Control.Services.Ec2.Tags;
using Nines.Control.Store;
using Image = Nines.Control.Services.Ec2.Images.Image;
using Instance = Nines.Control.Services.Ec2.Instances.Instance;
using Volume = Nines.Control.Services.Ec2.Volumes.Volume;

namespace Nines.Control.Services.Ec2.Snapshots;

/// <summary>Taking and deleting snapshots.</summary>
internal sealed class SnapshotChanges(Cloud cloud, IIdSource ids, SnapshotCatalog catalog) : IOperations
{
    /// <summary>The type of snapshots in tag specifications.</summary>
    public const string ResourceType = "snapshot";

    public void Map(OperationTable table)
    {
        table.On(Ec2Api.CreateSnapshot, CreateAsync, answersDryRun: true);
        table.On(Ec2Api.CreateSnapshots, CreateSetAsync, answersDryRun: true);
        table.On(Ec2Api.DeleteSnapshot, DeleteAsync, answersDryRun: true);
    }

    private async ValueTask<CreateSnapshotResult> CreateAsync(CreateSnapshotRequest input, Call call, CancellationToken cancellationToken)
    {
        var volumeId = ResourceId.Parse<VolumeId>(input.VolumeId ?? throw Ec2Errors.MissingParameter("volumeId")).Value;
        if (input.OutpostArn is not null)
        {
            throw Ec2Errors.NoOutposts();
        }

        var tags = TagRules.Parse(input.TagSpecifications, ResourceType).For(ResourceType);
        var snapshot = await cloud.WriteAsync(
            call,
            transaction =>
            {
                var volume = transaction.Find(Volume.Table, call.AccountId, volumeId) ?? throw Ec2Errors.NotFound(ResourceKind.Volume, volumeId);
                var made = SnapshotRecords.Add(transaction, ids, call, volume, input.Description ?? "", tags);
                call.AnswerDryRun();
                return made;
            },
            cancellationToken);
        return new CreateSnapshotResult
        {
            Description = snapshot.Description,
            Encrypted = snapshot.Key is not null,
            KmsKeyId = snapshot.Key?.KmsKeyArn,
            OwnerId = snapshot.AccountId,
            Progress = "",
            SnapshotId = snapshot.Id,
            StartTime = snapshot.StartTime,
            State = Api.Ec2.SnapshotState.Pending,
            VolumeId = snapshot.VolumeId,
            VolumeSize = snapshot.SizeGiB,
            Tags = snapshot.Tags.ToApiOrNull(),
        };
    }

    /// <summary>Takes snapshots of an instance's disks, all at one moment.</summary>
    private async ValueTask<CreateSnapshotsResult> CreateSetAsync(CreateSnapshotsRequest input, Call call, CancellationToken cancellationToken)
    {
        var asked = input.InstanceSpecification ?? throw Ec2Errors.MissingParameter("InstanceSpecification");
        var instanceId = ResourceId.Parse<InstanceId>(asked.InstanceId ?? throw Ec2Errors.MissingParameter("InstanceSpecification.InstanceId"));
        var excluded = ResourceId.ParseAll<VolumeId>(asked.ExcludeDataVolumeIds).Select(id => id.Value).ToHashSet(StringComparer.Ordinal);
        if (input.OutpostArn is not null)
        {
            throw Ec2Errors.NoOutposts();
        }

        var copiesTags = input.CopyTagsFromSource switch
        {
            null => false,
            CopyTagsFromSource.Volume => true,
            _ => throw Ec2Errors.InvalidValue("CopyTagsFromSource", input.CopyTagsFromSource, "The only value is volume."),
        };
        var tags = TagRules.Parse(input.TagSpecifications, ResourceType).For(ResourceType);
        var snapshots = await cloud.WriteAsync(
            call,
            transaction =>
            {
                var instance = InstanceLookup.FindAll(transaction, call.AccountId, [instanceId])[0];
                var volumes = DisksOf(transaction, instance).Where(volume => !excluded.Remove(volume.Id)).ToArray();
                if (excluded.Count > 0)
                {
                    throw Ec2Errors.InvalidValue("ExcludeDataVolumeIds", string.Join(", ", excluded), $"Not data volumes of the instance '{instance.Id}'.");
                }

                volumes = asked.ExcludeBootVolume == true ? [.. volumes.Where(volume => volume.Attachment!.DeviceName != instance.RootDeviceName)] : volumes;
                if (volumes.Length == 0)
                {
                    throw Ec2Errors.InvalidParameterValue($"The instance '{instance.Id}' has no volumes that are not excluded.");
                }

                var setId = ids.Next("set");
                var made = volumes
                    .Select(volume => SnapshotRecords.Add(
                        transaction, ids, call, volume, input.Description ?? "", copiesTags ? TagRules.Merge(volume.Tags, tags) : tags, setId))
                    .ToArray();
                call.AnswerDryRun();
                return made;
            },
            cancellationToken);
        return new CreateSnapshotsResult { Snapshots = [.. snapshots.Select(SnapshotDescriptions.DescribeInfo)] };
    }

    /// <summary>The disks that an instance has or is about to get, the root disk first.</summary>
    public static ImmutableArray<Volume> DisksOf(CloudTransaction transaction, Instance instance) =>
    [
        .. instance.VolumeIds.Select(id => transaction.Find(Volume.Table, instance.AccountId, id)).OfType<Volume>()
            .Where(volume => volume.Attachment is { State: not Volumes.VolumeAttachmentState.Detaching } attachment && attachment.InstanceId == instance.Id)
            .OrderBy(volume => volume.Attachment!.DeviceName != instance.RootDeviceName),
    ];

    private async ValueTask<DeleteSnapshotResult> DeleteAsync(DeleteSnapshotRequest input, Call call, CancellationToken cancellationToken)
    {
        var id = ResourceId.Parse<SnapshotId>(input.SnapshotId ?? throw Ec2Errors.MissingParameter("snapshotId")).Value;
        await cloud.WriteAsync(
            call,
            transaction =>
            {
                if (transaction.Find(Snapshot.Table, call.AccountId, id) is not { State: not SnapshotState.Deleting } snapshot)
                {
                    throw catalog.ImageOf(call.AccountId, id) is { } stored ? SnapshotErrors.InUse(id, stored.Id)
                        : catalog.Find(call.AccountId, id) is null ? Ec2Errors.NotFound(ResourceKind.Snapshot, id) : SnapshotErrors.NotOwner(id);
                }

                if (snapshot.Lock is { } held && held.Holds(call.Now))
                {
                    throw SnapshotErrors.Locked(id, "It cannot be deleted.");
                }

                if (transaction.By(Image.BySnapshot, id).FirstOrDefault() is { } image)
                {
                    throw SnapshotErrors.InUse(id, image.Id);
                }

                call.AnswerDryRun();
                SnapshotRecords.Delete(transaction, snapshot);
            },
            cancellationToken);
        return new DeleteSnapshotResult();
    }
}
