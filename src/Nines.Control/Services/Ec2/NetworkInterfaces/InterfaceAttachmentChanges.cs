using Nines.Api.Ec2;
using Nines.Control.Audit;
using Nines.Control.Gateway;
using Nines.Control.Ids;
using Nines.Control.Services.Ec2.Instances;
using Nines.Control.Services.Ec2.InstanceTypes;
using Nines.Control.Services.Ec2.Query;
using Nines.Control.Store;
using Instance = Nines.Control.Services.Ec2.Instances.Instance;
using InstanceState = Nines.Control.Services.Ec2.Instances.InstanceState;

namespace Nines.Control.Services.Ec2.NetworkInterfaces;

/// <summary>Giving interfaces to instances and taking them back.</summary>
internal sealed class InterfaceAttachmentChanges(Cloud cloud, IIdSource ids) : IOperations
{
    public void Map(OperationTable table)
    {
        table.On(Ec2Api.AttachNetworkInterface, AttachAsync, answersDryRun: true);
        table.On(Ec2Api.DetachNetworkInterface, DetachAsync, answersDryRun: true);
    }

    private async ValueTask<AttachNetworkInterfaceResult> AttachAsync(AttachNetworkInterfaceRequest input, Call call, CancellationToken cancellationToken)
    {
        if (input.NetworkCardIndex is > 0 || input.EnaSrdSpecification is not null)
        {
            throw Ec2Errors.Unsupported("Interfaces are on network card 0, and have no ENA Express.");
        }

        var index = input.DeviceIndex ?? throw Ec2Errors.MissingParameter("deviceIndex");
        if (index < 0)
        {
            throw Ec2Errors.InvalidValue("deviceIndex", $"{index}", "It must not be negative.");
        }

        var instanceId = InstanceLookup.ParseRequired(input.InstanceId is null ? null : [input.InstanceId]);
        var attachment = await cloud.WriteAsync(
            call,
            transaction =>
            {
                var adapter = InterfaceRecords.Require(transaction, call.AccountId, input.NetworkInterfaceId);
                var instance = InstanceLookup.FindAll(transaction, call.AccountId, instanceId)[0];
                var others = Check(transaction, adapter, instance, index);
                call.AnswerDryRun();
                var state = instance.State == InstanceState.Running ? InterfaceAttachmentState.Attaching : InterfaceAttachmentState.Attached;
                var next = adapter with
                {
                    Attachment = new NetworkInterfaceAttachment(ids.Next("eni-attach"), instance.Id, index, DeleteOnTermination: false, InstancePlan.WholeSecond(call.Now), state),
                };
                transaction.Put(NetworkInterface.Table, next);
                transaction.Put(Instance.Table, instance with
                {
                    NetworkInterfaceIds = [.. others.Append(next).OrderBy(other => other.Attachment!.DeviceIndex).Select(other => other.Id)],
                    DeviceRevision = instance.DeviceRevision + 1,
                });
                return next.Attachment;
            },
            cancellationToken);
        return new AttachNetworkInterfaceResult { AttachmentId = attachment.Id, NetworkCardIndex = 0 };
    }

    private async ValueTask<DetachNetworkInterfaceResult> DetachAsync(DetachNetworkInterfaceRequest input, Call call, CancellationToken cancellationToken)
    {
        var id = input.AttachmentId ?? throw Ec2Errors.MissingParameter("attachmentId");
        if (!id.StartsWith("eni-attach-", StringComparison.Ordinal))
        {
            throw InterfaceErrors.AttachmentMalformed(id);
        }

        await cloud.WriteAsync(
            call,
            transaction =>
            {
                var listed = transaction.By(NetworkInterface.ByAttachment, id).FirstOrDefault(adapter => adapter.AccountId == call.AccountId);
                var adapter = listed is null ? null : transaction.Find(NetworkInterface.Table, call.AccountId, listed.Id);
                if (adapter?.Attachment is not { } attachment || attachment.Id != id)
                {
                    throw InterfaceErrors.AttachmentNotFound(id);
                }

                var instance = transaction.Find(Instance.Table, call.AccountId, attachment.InstanceId)!;
                var isForced = input.Force == true || instance.State == InstanceState.Stopped;
                if (attachment.DeviceIndex == 0)
                {
                    throw InterfaceErrors.PrimaryCannotGo();
                }

                if (attachment.State == InterfaceAttachmentState.Detaching && !isForced)
                {
                    throw InterfaceErrors.IsDetaching(id);
                }

                call.AnswerDryRun();
                if (isForced)
                {
                    Detach(transaction, instance, adapter);
                }
                else
                {
                    InterfaceRecords.Put(transaction, adapter with { Attachment = attachment with { State = InterfaceAttachmentState.Detaching } });
                }
            },
            cancellationToken);
        return new DetachNetworkInterfaceResult();
    }

    /// <summary>Writes that an instance has an interface no more.</summary>
    public static void Detach(CloudTransaction transaction, Instance instance, NetworkInterface adapter)
    {
        transaction.Put(NetworkInterface.Table, InterfaceAttachmentPlan.Detached(adapter));
        transaction.Put(Instance.Table, instance with
        {
            NetworkInterfaceIds = instance.NetworkInterfaceIds.Remove(adapter.Id),
            DeviceRevision = instance.DeviceRevision + 1,
        });
    }

    /// <returns>The interfaces that the instance has.</returns>
    private static IReadOnlyList<NetworkInterface> Check(CloudTransaction transaction, NetworkInterface adapter, Instance instance, int index)
    {
        if (adapter.ManagerId is not null)
        {
            throw InterfaceErrors.IsManaged(adapter.Id);
        }

        if (adapter.Attachment is not null)
        {
            throw InterfaceErrors.InUse(adapter.Id);
        }

        if (instance.State is not (InstanceState.Running or InstanceState.Stopped))
        {
            throw InstanceErrors.NotRunning(instance.Id);
        }

        if (adapter.VpcId != instance.VpcId)
        {
            throw InterfaceErrors.OtherVpc(adapter.Id, instance.Id);
        }

        if (adapter.Zone != instance.Zone)
        {
            throw InterfaceErrors.OtherZone();
        }

        NetworkInterface[] others = [.. instance.NetworkInterfaceIds.Select(id => transaction.Find(NetworkInterface.Table, instance.AccountId, id)).OfType<NetworkInterface>()];
        if (others.Any(other => other.Attachment?.DeviceIndex == index))
        {
            throw InterfaceErrors.IndexTaken(instance.Id, index);
        }

        return others.Length < InstanceTypeCatalog.Require(instance.InstanceType).MaximumNetworkInterfaces
            ? others
            : throw InterfaceErrors.TooManyOnInstance(others.Length + 1, instance.InstanceType);
    }
}
