using System.Collections.Immutable;
using Nines.Api.Ec2;
using Nines.Control.Audit;
using Nines.Control.Gateway;
using Nines.Control.Ids;
using Nines.Control.Services.Ec2.ClientTokens;
using Nines.Control.Services.Ec2.Encryption;
using Nines.Control.Services.Ec2.Instances;
using Nines.Control.Services.Ec2.Query;
using Nines.Control.Services.Ec2.Snapshots;
using Nines.Control.Services.Ec2.Tags;
using Nines.Control.Services.Ec2.Volumes;
using Nines.Control.Store;
using Image = Nines.Control.Services.Ec2.Images.Image;
using Instance = Nines.Control.Services.Ec2.Instances.Instance;
using InstanceState = Nines.Control.Services.Ec2.Instances.InstanceState;
using Snapshot = Nines.Control.Services.Ec2.Snapshots.Snapshot;
using SnapshotState = Nines.Control.Services.Ec2.Snapshots.SnapshotState;
using Volume = Nines.Control.Services.Ec2.Volumes.Volume;
using VolumeAttachmentState = Nines.Control.Services.Ec2.Volumes.VolumeAttachmentState;
using VolumeState = Nines.Control.Services.Ec2.Volumes.VolumeState;

namespace Nines.Control.Services.Ec2.RootVolumes;

/// <summary>What a client may ask of root volumes: to replace that of an instance which runs, and how far that is.</summary>
internal sealed class RootReplacementOperations(Cloud cloud, IIdSource ids, SnapshotCatalog snapshots, VolumeKeys keys) : IOperations
{
    /// <summary>Its type in tag specifications.</summary>
    public const string ResourceType = "replace-root-volume-task";

    private static readonly PageLimits s_pages = new(1, 50) { Default = 50 };

    /// <summary>The filters of DescribeReplaceRootVolumeTasks.</summary>
    internal static readonly FilterSet<RootReplacement> Filters = new FilterSet<RootReplacement>().Add("instance-id", task => task.InstanceId);

    public void Map(OperationTable table)
    {
        table.On(Ec2Api.CreateReplaceRootVolumeTask, CreateAsync, answersDryRun: true);
        table.On(Ec2Api.DescribeReplaceRootVolumeTasks, DescribeAsync);
    }

    private async ValueTask<CreateReplaceRootVolumeTaskResult> CreateAsync(CreateReplaceRootVolumeTaskRequest input, Call call, CancellationToken cancellationToken)
    {
        var instanceId = ResourceId.Parse<InstanceId>(input.InstanceId ?? throw Ec2Errors.MissingParameter("InstanceId"));
        if (input is { ImageId: not null, SnapshotId: not null })
        {
            throw Ec2Errors.InvalidParameterCombination("The parameter imageId cannot be used with the parameter snapshotId");
        }

        var tags = TagRules.Parse(input.TagSpecifications, ResourceType).For(ResourceType);
        var token = ClientToken.Parse(input.ClientToken);
        var fingerprint = ClientToken.FingerprintOf(input with { ClientToken = null, DryRun = null });
        var task = await cloud.WriteAsync(
            call,
            transaction =>
            {
                if (ClientToken.MadeBefore(transaction, call.AccountId, ResourceType, token, fingerprint) is { } earlier)
                {
                    return transaction.Find(RootReplacement.Table, call.AccountId, earlier)!;
                }

                var instance = InstanceLookup.FindAll(transaction, call.AccountId, [instanceId])[0];
                var old = RootOf(transaction, instance);
                var snapshot = SnapshotFor(transaction, input, instance, old);
                var created = Encrypted(transaction, Source(instance, old, snapshot) with { Id = ids.Next(ResourceKind.Volume.Prefix), CreateTime = call.Now }, old, snapshot);
                call.AnswerDryRun();
                var made = Begin(transaction, input, call, instance, old, created) with { Tags = tags, ClientToken = token };
                transaction.Insert(RootReplacement.Table, made);
                ClientToken.Remember(transaction, call.AccountId, ResourceType, token, fingerprint, made.Id);
                return made;
            },
            cancellationToken);
        var described = RootReplacementDescriptions.Describe(task);
        return new CreateReplaceRootVolumeTaskResult
        {
            ReplaceRootVolumeTask = task.State == RootReplacementState.InProgress ? described with { TaskState = ReplaceRootVolumeTaskState.Pending } : described,
        };
    }

    private ValueTask<DescribeReplaceRootVolumeTasksResult> DescribeAsync(DescribeReplaceRootVolumeTasksRequest input, Call call, CancellationToken cancellationToken)
    {
        PageRequest.RefuseWithIds(input.MaxResults, input.ReplaceRootVolumeTaskIds, "replaceRootVolumeTaskIds");
        var matches = Filters.Compile(input.Filters);
        var page = PageRequest.Parse(s_pages, input.MaxResults, input.NextToken, new PageScope("DescribeReplaceRootVolumeTasks", call.AccountId, input.Filters));
        var tasks = Lookup.Select<RootReplacement, RootReplacementId>(cloud, RootReplacement.Table, call.AccountId, input.ReplaceRootVolumeTaskIds, page.AfterKey);
        var (items, next) = page.Take(tasks.Where(matches), task => task.Id);
        return new(new DescribeReplaceRootVolumeTasksResult { ReplaceRootVolumeTasks = [.. items.Select(RootReplacementDescriptions.Describe)], NextToken = next });
    }

    /// <summary>The root volume of an instance that runs and is not getting another.</summary>
    private static Volume RootOf(CloudTransaction transaction, Instance instance)
    {
        if (instance.State != InstanceState.Running)
        {
            throw InstanceErrors.NotRunning(instance.Id);
        }

        if (transaction.By(RootReplacement.ByInstance, instance.Id).FirstOrDefault(task => task.State == RootReplacementState.InProgress) is { } other)
        {
            throw RootReplacementErrors.UnderWay(instance.Id, other.Id);
        }

        var root = instance.VolumeIds is [{ } id, ..] ? transaction.Find(Volume.Table, instance.AccountId, id) : null;
        return root?.Attachment?.DeviceName == instance.RootDeviceName && root.State == VolumeState.InUse
            ? root
            : throw InstanceErrors.WithoutRoot(instance);
    }

    /// <summary>The new root volume: as large as the old one or as what it starts as, whichever is larger, and else alike.</summary>
    private static Volume Source(Instance instance, Volume old, Snapshot? snapshot)
    {
        var made = new Volume
        {
            AccountId = old.AccountId,
            Id = "",
            SizeGiB = old.SizeGiB,
            VolumeType = old.VolumeType,
            Iops = old.Iops,
            ThroughputMiBps = old.ThroughputMiBps,
            SnapshotId = old.SnapshotId,
            ImageDigest = old.ImageDigest,
            StartsAsSnapshot = old.StartsAsSnapshot,
            BootDigest = old.BootDigest,
            Zone = old.Zone,
            HostId = old.HostId,
            State = VolumeState.InUse,
        };
        if (snapshot is null)
        {
            return made;
        }

        if (snapshot.State != SnapshotState.Completed)
        {
            throw SnapshotErrors.NotCompleted(snapshot.Id, SnapshotDescriptions.Name(snapshot.State));
        }

        if (snapshot.HostId is not null && snapshot.HostId != instance.HostId)
        {
            throw RootReplacementErrors.OtherHost(snapshot.Id, instance.Id);
        }

        return made with
        {
            SizeGiB = Math.Max(old.SizeGiB, snapshot.SizeGiB),
            SnapshotId = snapshot.Id,
            ImageDigest = snapshot.ImageDigest,
            StartsAsSnapshot = snapshot.HostId is not null,
            BootDigest = snapshot.BootDigest,
        };
    }

    /// <summary>The new root volume under its key: that of what it starts as, and where that has none, the old root's or the account's. Encryption is never taken away.</summary>
    /// <exception cref="Nines.Wire.AwsException">As <see cref="VolumeKeys.ForVolume"/>, and <c>InvalidKMSKey.InvalidState</c>.</exception>
    private Volume Encrypted(CloudTransaction transaction, Volume created, Volume old, Snapshot? source)
    {
        var asked = source?.Key is null && old.Key is { } kept ? new EncryptionRequest(true, kept.KmsKeyArn) : EncryptionRequest.Nothing;
        var key = keys.ForVolume(transaction, created.AccountId, asked, source, created.CreateTime);
        var made = created with { Key = keys.Make(created.Id, key, source?.Key), SourceKey = source?.HostId is null ? null : source.Key };
        return new[] { made.Key, made.SourceKey }.FirstOrDefault(one => !VolumeKeys.IsUsable(transaction, created.AccountId, one)) is { } unusable
            ? throw EncryptionErrors.KeyUnusable(unusable.KmsKeyArn)
            : made;
    }

    /// <summary>What the new volume starts as; <see langword="null"/>: as an image's disk, as the old one did.</summary>
    private Snapshot? SnapshotFor(CloudTransaction transaction, CreateReplaceRootVolumeTaskRequest input, Instance instance, Volume old)
    {
        if (input.SnapshotId is { } asked)
        {
            var snapshot = snapshots.Demand(transaction, instance.AccountId, ResourceId.Parse<SnapshotId>(asked).Value);
            var roots = transaction.By(RootReplacement.ByInstance, instance.Id).Where(task => task.State == RootReplacementState.Succeeded).Select(task => task.OldVolumeId);
            return snapshot.VolumeId == old.Id || roots.Contains(snapshot.VolumeId) ? snapshot : throw RootReplacementErrors.OtherLineage(snapshot.Id, instance.Id);
        }

        if (input.ImageId is not null)
        {
            var image = ImageFor(transaction, input, instance);
            return SnapshotCatalog.DemandOf(transaction, image, image.RootSnapshotId);
        }

        // The launch state is what the present root volume was made of (EC2 User Guide: Replace a root volume); an image's disk needs no snapshot.
        return old.StartsAsSnapshot ? snapshots.Demand(transaction, instance.AccountId, old.SnapshotId!) : null;
    }

    private static Image ImageFor(CloudTransaction transaction, CreateReplaceRootVolumeTaskRequest input, Instance instance)
    {
        var image = LaunchTarget.FindImage(transaction, ResourceId.Parse<ImageId>(input.ImageId).Value, instance.AccountId);
        return image.Architecture != instance.Architecture ? throw RootReplacementErrors.OtherKind(image.Id, instance.Id, "architecture")
            : image.BootMode != instance.BootMode ? throw RootReplacementErrors.OtherKind(image.Id, instance.Id, "boot mode")
            : image.Platform != instance.Platform ? throw RootReplacementErrors.OtherKind(image.Id, instance.Id, "platform")
            : image.Devices != instance.Devices ? throw RootReplacementErrors.OtherKind(image.Id, instance.Id, "ENA support")
            : image.TpmSupport is null && instance.TpmSupport is not null ? throw RootReplacementErrors.OtherKind(image.Id, instance.Id, "TPM support")
            : instance.MemoryMiB < image.MinimumMemoryMiB ? throw Ec2Errors.InvalidParameterCombination(
                $"The instance type '{instance.InstanceType}' has {instance.MemoryMiB} MiB of memory; the image '{image.Id}' needs {image.MinimumMemoryMiB} MiB.")
            : image;
    }

    private RootReplacement Begin(CloudTransaction transaction, CreateReplaceRootVolumeTaskRequest input, Call call, Instance instance, Volume old, Volume created)
    {
        transaction.Insert(Volume.Table, created with { Attachment = old.Attachment! with { AttachTime = InstancePlan.WholeSecond(call.Now), State = VolumeAttachmentState.Attached } });
        transaction.Put(Volume.Table, old with { Attachment = old.Attachment with { State = VolumeAttachmentState.Detaching } });
        transaction.Put(Instance.Table, RootReplacementPlan.Begin(instance, created.Id, created.ImageDigest ?? created.BootDigest));
        return new RootReplacement
        {
            AccountId = instance.AccountId,
            Id = ids.Next(ResourceKind.RootReplacement.Prefix),
            InstanceId = instance.Id,
            OldVolumeId = old.Id,
            NewVolumeId = created.Id,
            OldImageDigest = instance.ImageDigest,
            ImageId = input.ImageId,
            SnapshotId = created.SnapshotId,
            DeletesOld = input.DeleteReplacedRootVolume ?? false,
            StartTime = call.Now,
        };
    }
}
