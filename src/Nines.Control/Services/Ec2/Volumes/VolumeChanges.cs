using System.Collections.Immutable;
using Nines.Api.Ec2;
using Nines.Control.Audit;
using Nines.Control.Gateway;
using Nines.Control.Hosts;
using Nines.Control.Ids;
using Nines.Control.Services.Ec2.ClientTokens;
using Nines.Control.Services.Ec2.Encryption;
using Nines.Control.Services.Ec2.Instances;
using Nines.Control.Services.Ec2.Query;
using Nines.Control.Services.Ec2.Snapshots;
using Nines.Control.Services.Ec2.Tags;
using Nines.Control.Services.Ec2.Zones;
using Nines.Control.Services.Kms;
using Nines.Control.Store;
using Instance = Nines.Control.Services.Ec2.Instances.Instance;
using InstanceState = Nines.Control.Services.Ec2.Instances.InstanceState;
using Snapshot = Nines.Control.Services.Ec2.Snapshots.Snapshot;
using SnapshotState = Nines.Control.Services.Ec2.Snapshots.SnapshotState;

namespace Nines.Control.Services.Ec2.Volumes;

/// <summary>Making, changing and deleting volumes.</summary>
internal sealed class VolumeChanges(Cloud cloud, IIdSource ids, ZoneCatalog zones, SnapshotCatalog snapshots, VolumeKeys keys) : IOperations
{
    private const string ResourceType = VolumeRecords.ResourceType;

    public void Map(OperationTable table)
    {
        table.On(Ec2Api.CreateVolume, CreateAsync, answersDryRun: true);
        table.On(Ec2Api.DeleteVolume, DeleteAsync, answersDryRun: true);
        table.On(Ec2Api.ModifyVolume, ModifyAsync, answersDryRun: true);
        table.On(Ec2Api.ModifyVolumeAttribute, ModifyAttributeAsync, answersDryRun: true);
        table.On(Ec2Api.EnableVolumeIO, EnableIoAsync, answersDryRun: true);
    }

    /// <summary>Makes a volume: of a snapshot where that lies, or an empty one, or one of an image's disk, which comes to lie on a host when an instance gets it.</summary>
    private async ValueTask<CreateVolumeResult> CreateAsync(CreateVolumeRequest input, Call call, CancellationToken cancellationToken)
    {
        var zone = input.AvailabilityZone ?? throw Ec2Errors.MissingParameter("AvailabilityZone");
        if (zones.Find(zone) is null)
        {
            throw VolumeErrors.UnknownZone(zone);
        }

        RefuseWhatIsMissing(input);
        var snapshotId = input.SnapshotId is { Length: > 0 } named ? ResourceId.Parse<SnapshotId>(named).Value : null;
        if (input.Size is null && snapshotId is null)
        {
            throw Ec2Errors.MissingParameter("size/snapshot");
        }

        var token = ClientToken.Parse(input.ClientToken);
        var tags = TagRules.Parse(input.TagSpecifications, ResourceType).For(ResourceType);
        var volume = await cloud.WriteAsync(
            call,
            transaction =>
            {
                var fingerprint = $"{zone} {snapshotId} {input.VolumeType} {input.Size} {input.Iops} {input.Throughput}{(input.Encrypted is null && input.KmsKeyId is null ? "" : $" {input.Encrypted} {input.KmsKeyId}")}";
                if (ClientToken.MadeBefore(transaction, call.AccountId, ResourceType, token, fingerprint) is { } id)
                {
                    return transaction.Find(Volume.Table, call.AccountId, id)!;
                }

                var snapshot = snapshotId is null ? null : SourceOf(transaction, call.AccountId, snapshotId, input.Size, zone);
                var shape = VolumeRules.Check(input.VolumeType, input.Size ?? snapshot!.SizeGiB, input.Iops, input.Throughput);
                var key = keys.ForVolume(transaction, call.AccountId, new EncryptionRequest(input.Encrypted, input.KmsKeyId), snapshot, call.Now);
                call.AnswerDryRun();
                var made = Encrypted(transaction, NewVolume(input, call, shape, snapshot) with { SnapshotId = snapshotId, Tags = tags }, key, snapshot);
                transaction.Insert(Volume.Table, made);
                ClientToken.Remember(transaction, call.AccountId, ResourceType, token, fingerprint, made.Id);
                return made;
            },
            cancellationToken);
        var described = VolumeDescriptions.Describe(volume);
        return new CreateVolumeResult
        {
            Attachments = described.Attachments,
            AvailabilityZone = described.AvailabilityZone,
            CreateTime = described.CreateTime,
            Encrypted = described.Encrypted,
            KmsKeyId = described.KmsKeyId,
            Size = described.Size,
            SnapshotId = described.SnapshotId,
            State = VolumeDescriptions.Name(VolumeState.Creating),
            VolumeId = described.VolumeId,
            Iops = described.Iops,
            Tags = described.Tags,
            VolumeType = described.VolumeType,
            MultiAttachEnabled = described.MultiAttachEnabled,
            Throughput = described.Throughput,
        };
    }

    /// <summary>A volume that lies where its snapshot does.</summary>
    private Volume NewVolume(CreateVolumeRequest input, Call call, VolumeShape shape, Snapshot? snapshot) => new()
    {
        AccountId = call.AccountId,
        Id = ids.Next("vol"),
        SizeGiB = shape.SizeGiB,
        VolumeType = shape.VolumeType,
        Iops = shape.Iops,
        ThroughputMiBps = shape.ThroughputMiBps,
        ImageDigest = snapshot?.ImageDigest,
        StartsAsSnapshot = snapshot?.HostId is not null,
        BootDigest = snapshot?.BootDigest,
        Zone = input.AvailabilityZone!,
        HostId = snapshot?.HostId,
        CreateTime = call.Now,
        State = snapshot?.HostId is null ? VolumeState.Available : VolumeState.Creating,
        ClientToken = ClientToken.Parse(input.ClientToken),
    };

    /// <summary>The volume under its key. One whose key, or whose snapshot's, cannot be used comes to nothing, as on AWS, where that is seen after the answer.</summary>
    private Volume Encrypted(CloudTransaction transaction, Volume volume, KmsKey? key, Snapshot? source)
    {
        var made = volume with { Key = keys.Make(volume.Id, key, source?.Key), SourceKey = source?.HostId is null ? null : source.Key };
        return VolumeKeys.IsUsable(transaction, volume.AccountId, made.Key) && VolumeKeys.IsUsable(transaction, volume.AccountId, made.SourceKey)
            ? made
            : made with { State = VolumeState.Error, HostId = null };
    }

    private async ValueTask<DeleteVolumeResult> DeleteAsync(DeleteVolumeRequest input, Call call, CancellationToken cancellationToken)
    {
        await cloud.ChangeVolumeAsync(
            input.VolumeId,
            call,
            (transaction, volume) =>
            {
                if (volume.Attachment is { } attachment)
                {
                    throw VolumeErrors.InUse(volume.Id, attachment.InstanceId);
                }

                if (volume.State is not (VolumeState.Available or VolumeState.Error))
                {
                    throw VolumeErrors.NotAvailable(volume.Id, VolumeDescriptions.Name(volume.State));
                }

                call.AnswerDryRun();
                VolumeRecords.Delete(transaction, volume);

                return volume;
            },
            cancellationToken);
        return new DeleteVolumeResult();
    }

    /// <summary>Makes a volume larger or of another type, in use or not.</summary>
    private async ValueTask<ModifyVolumeResult> ModifyAsync(ModifyVolumeRequest input, Call call, CancellationToken cancellationToken)
    {
        if (input.MultiAttachEnabled == true)
        {
            throw VolumeErrors.NotShared();
        }

        var modified = await cloud.ChangeVolumeAsync(
            input.VolumeId,
            call,
            (transaction, volume) =>
            {
                if (volume.State is not (VolumeState.Available or VolumeState.InUse))
                {
                    throw VolumeErrors.NotAvailable(volume.Id, VolumeDescriptions.Name(volume.State));
                }

                if (volume.Modification is { EndTime: null })
                {
                    throw VolumeErrors.BeingModified(volume.Id);
                }

                var target = TargetOf(volume, input);
                call.AnswerDryRun();

                // What is in no file yet, and what only changes how fast it may be, needs no work of a host.
                var waits = volume.HostId is not null && target.SizeGiB > volume.SizeGiB;
                var next = volume.WithShape(target) with { Modification = new VolumeModification(volume.Shape, target, call.Now, waits ? null : call.Now) };
                transaction.Put(Volume.Table, next);
                return next;
            },
            cancellationToken);
        return new ModifyVolumeResult { VolumeModification = VolumeDescriptions.DescribeModification(modified) with { ModificationState = VolumeModificationState.Modifying, Progress = 0, EndTime = null } };
    }

    private async ValueTask<ModifyVolumeAttributeResult> ModifyAttributeAsync(ModifyVolumeAttributeRequest input, Call call, CancellationToken cancellationToken)
    {
        var wanted = input.AutoEnableIO?.Value ?? throw Ec2Errors.MissingParameter("AutoEnableIO");
        await cloud.ChangeVolumeAsync(
            input.VolumeId,
            call,
            (transaction, volume) =>
            {
                call.AnswerDryRun();
                transaction.Put(Volume.Table, volume with { AutoEnableIo = wanted });
                return volume;
            },
            cancellationToken);
        return new ModifyVolumeAttributeResult();
    }

    /// <summary>Accepts the copy of an earlier moment where a volume's disk is lost; of every other volume reads and writes are enabled already.</summary>
    private async ValueTask<EnableVolumeIOResult> EnableIoAsync(EnableVolumeIORequest input, Call call, CancellationToken cancellationToken)
    {
        await cloud.ChangeVolumeAsync(
            input.VolumeId,
            call,
            (transaction, volume) =>
            {
                call.AnswerDryRun();
                if (volume.Loss is not { IsAccepted: false } loss)
                {
                    return volume;
                }

                var next = volume with { Loss = loss with { IsAccepted = true } };
                transaction.Put(Volume.Table, next);
                return next;
            },
            cancellationToken);
        return new EnableVolumeIOResult();
    }

    private static VolumeShape TargetOf(Volume volume, ModifyVolumeRequest input)
    {
        if (input.Size is null && input.VolumeType is null && input.Iops is null && input.Throughput is null)
        {
            throw Ec2Errors.MissingParameter("Size, VolumeType, Iops or Throughput");
        }

        if (input.Size < volume.SizeGiB)
        {
            throw VolumeErrors.CannotShrink(volume.SizeGiB);
        }

        // What was asked for before stays, as far as the type has it (EC2 API Reference: ModifyVolume).
        var type = input.VolumeType ?? volume.VolumeType;
        var rules = VolumeRules.ByType.GetValueOrDefault(type);
        var iops = input.Iops ?? (rules?.Iops is not null && (type == volume.VolumeType || rules.DefaultIops is null) ? volume.Iops : null);
        var throughput = input.Throughput ?? (rules?.Throughput is not null && type == volume.VolumeType ? volume.ThroughputMiBps : null);
        return VolumeRules.Check(type, input.Size ?? volume.SizeGiB, iops, throughput);
    }

    /// <summary>The snapshot that a volume is to start as.</summary>
    private Snapshot SourceOf(CloudTransaction transaction, string accountId, string snapshotId, int? sizeGiB, string zone)
    {
        var snapshot = snapshots.Demand(transaction, accountId, snapshotId);
        if (snapshot.State != SnapshotState.Completed)
        {
            throw SnapshotErrors.NotCompleted(snapshotId, SnapshotDescriptions.Name(snapshot.State));
        }

        if (sizeGiB < snapshot.SizeGiB)
        {
            throw SnapshotErrors.TooSmall(snapshotId, snapshot.SizeGiB, sizeGiB.Value);
        }

        return snapshot.HostId is null || transaction.Find(HostRecord.Table, HostRecord.Owner, snapshot.HostId)?.Zones.Contains(zone) is true
            ? snapshot
            : throw SnapshotErrors.OtherZone(snapshotId, zone);
    }

    private static void RefuseWhatIsMissing(CreateVolumeRequest input)
    {
        if (input.MultiAttachEnabled == true)
        {
            throw VolumeErrors.NotShared();
        }

        if (input.OutpostArn is not null)
        {
            throw Ec2Errors.NoOutposts();
        }
    }
}
