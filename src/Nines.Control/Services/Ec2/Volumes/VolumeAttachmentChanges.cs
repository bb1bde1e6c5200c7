using System.Collections.Immutable;
using Nines.Api.Ec2;
using Nines.Control.Gateway;
using Nines.Control.Services.Ec2.Encryption;
using Nines.Control.Services.Ec2.Instances;
using Nines.Control.Services.Ec2.Query;
using Nines.Control.Store;
using Nines.Host.Api;
using Instance = Nines.Control.Services.Ec2.Instances.Instance;
using InstanceState = Nines.Control.Services.Ec2.Instances.InstanceState;

namespace Nines.Control.Services.Ec2.Volumes;

/// <summary>Giving volumes to instances and taking them back.</summary>
internal sealed class VolumeAttachmentChanges(Cloud cloud) : IOperations
{
    /// <summary>Disks that can be plugged into a machine that runs, beside its root (the host has a port for each).</summary>
    public const int MostPlugged = 8;

    public void Map(OperationTable table)
    {
        table.On(Ec2Api.AttachVolume, AttachAsync, answersDryRun: true);
        table.On(Ec2Api.DetachVolume, DetachAsync, answersDryRun: true);
    }

    private async ValueTask<AttachVolumeResult> AttachAsync(AttachVolumeRequest input, Call call, CancellationToken cancellationToken)
    {
        var device = input.Device ?? throw Ec2Errors.MissingParameter("device");
        if (!DeviceNames.IsValid(device))
        {
            throw VolumeErrors.DeviceWrong(device);
        }

        var instanceId = InstanceLookup.ParseRequired(input.InstanceId is null ? null : [input.InstanceId]);
        var attached = await cloud.ChangeVolumeAsync(
            input.VolumeId,
            call,
            (transaction, volume) =>
            {
                var instance = InstanceLookup.FindAll(transaction, call.AccountId, instanceId)[0];
                CheckAttach(transaction, volume, instance, device);
                call.AnswerDryRun();
                var state = instance.State == InstanceState.Running ? VolumeAttachmentState.Attaching : VolumeAttachmentState.Attached;
                var next = volume with
                {
                    State = VolumeState.InUse,
                    HostId = instance.HostId,
                    Attachment = new VolumeAttachment(instance.Id, device, DeleteOnTermination: false, InstancePlan.WholeSecond(call.Now), state),
                };
                transaction.Put(Volume.Table, next);
                // A machine boots from its first disk.
                var place = device == instance.RootDeviceName ? 0 : instance.VolumeIds.Length;
                transaction.Put(Instance.Table, instance with { VolumeIds = instance.VolumeIds.Insert(place, volume.Id) });
                return next;
            },
            cancellationToken);
        var described = VolumeDescriptions.DescribeAttachment(attached);
        return new AttachVolumeResult
        {
            AttachTime = described.AttachTime,
            Device = described.Device,
            InstanceId = described.InstanceId,
            State = "attaching",
            VolumeId = described.VolumeId,
            DeleteOnTermination = described.DeleteOnTermination,
        };
    }

    private async ValueTask<DetachVolumeResult> DetachAsync(DetachVolumeRequest input, Call call, CancellationToken cancellationToken)
    {
        var detached = await cloud.ChangeVolumeAsync(
            input.VolumeId,
            call,
            (transaction, volume) =>
            {
                var attachment = volume.Attachment ?? throw VolumeErrors.NotAvailable(volume.Id, VolumeDescriptions.Name(volume.State));
                if (input.InstanceId is { } named && ResourceId.Parse<InstanceId>(named).Value != attachment.InstanceId)
                {
                    throw VolumeErrors.NotAttachedThere(volume.Id, named);
                }

                if (input.Device is { } device && device != attachment.DeviceName)
                {
                    throw VolumeErrors.NotAttachedThere(volume.Id, attachment.InstanceId);
                }

                var instance = transaction.Find(Instance.Table, call.AccountId, attachment.InstanceId)!;
                var stopped = instance.State == InstanceState.Stopped;
                if (!stopped && attachment.DeviceName == instance.RootDeviceName)
                {
                    throw VolumeErrors.RootOfRunning(volume.Id, instance.Id);
                }

                if (IsFixed(volume, instance))
                {
                    throw VolumeErrors.NotWhileRunning(volume.Id, instance.Id);
                }

                call.AnswerDryRun();
                if (stopped)
                {
                    transaction.Put(Volume.Table, VolumeAttachmentPlan.Detached(volume));
                    transaction.Put(Instance.Table, instance with { VolumeIds = instance.VolumeIds.Remove(volume.Id) });
                }
                else
                {
                    transaction.Put(Volume.Table, volume with { Attachment = attachment with { State = VolumeAttachmentState.Detaching } });
                }

                return volume;
            },
            cancellationToken);
        var described = VolumeDescriptions.DescribeAttachment(detached);
        return new DetachVolumeResult
        {
            AttachTime = described.AttachTime,
            Device = described.Device,
            InstanceId = described.InstanceId,
            State = "detaching",
            VolumeId = described.VolumeId,
            DeleteOnTermination = described.DeleteOnTermination,
        };
    }

    private static bool IsFixed(Volume volume, Instance instance) =>
        instance is { Devices: DeviceModel.Emulated, State: not InstanceState.Stopped } && VolumeRules.ReplicationOf(volume.VolumeType, volume.Tags) is VolumeReplication.Synchronous;

    private static void CheckAttach(CloudTransaction transaction, Volume volume, Instance instance, string device)
    {
        if (volume.Attachment is not null)
        {
            throw VolumeErrors.AlreadyAttached(volume.Id);
        }

        if (volume.State != VolumeState.Available)
        {
            throw VolumeErrors.NotAvailable(volume.Id, VolumeDescriptions.Name(volume.State));
        }

        if (instance.State is not (InstanceState.Running or InstanceState.Stopped))
        {
            throw InstanceErrors.NotRunning(instance.Id);
        }

        if (volume.Zone != instance.Zone)
        {
            throw VolumeErrors.OtherZone(volume.Id, instance.Id);
        }

        if (volume.HostId is not null && volume.HostId != instance.HostId)
        {
            throw VolumeErrors.OtherHost(volume.Id, instance.Id);
        }

        if (IsFixed(volume, instance))
        {
            throw VolumeErrors.NotWhileRunning(volume.Id, instance.Id);
        }

        if (!VolumeKeys.IsUsable(transaction, volume.AccountId, volume.Key))
        {
            throw EncryptionErrors.KeyUnusable(volume.Key!.KmsKeyArn);
        }

        var others = instance.VolumeIds.Select(id => transaction.Find(Volume.Table, instance.AccountId, id)).OfType<Volume>().ToArray();
        if (others.Any(other => other.Attachment?.DeviceName == device))
        {
            throw VolumeErrors.DeviceTaken(device);
        }

        var most = instance.State == InstanceState.Running ? MostPlugged + 1 : LaunchDisks.Maximum;
        if (others.Length >= most)
        {
            throw VolumeErrors.TooMany(most);
        }
    }
}
