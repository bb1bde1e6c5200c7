using Nines.Control.Services.Ec2.Addresses;
using Nines.Control.Services.Ec2.ClientTokens;
using Nines.Control.Services.Ec2.FlowLogs;
using Nines.Control.Services.Ec2.Instances;
using Nines.Control.Services.Ec2.Query;
using Nines.Control.Store;
using Nines.Wire;

namespace Nines.Control.Services.Ec2.NetworkInterfaces;

/// <summary>Writes what belongs to an interface together with it.</summary>
internal static class InterfaceRecords
{
    /// <summary>Its type in tag specifications, and in what client tokens made.</summary>
    public const string ResourceType = "network-interface";

    /// <summary>The interface that a request names.</summary>
    /// <exception cref="AwsException"><c>InvalidNetworkInterfaceId.Malformed</c>, <c>InvalidNetworkInterfaceID.NotFound</c>.</exception>
    public static NetworkInterface Require(CloudTransaction transaction, string accountId, string? id) =>
        transaction.Find(NetworkInterface.Table, accountId, ResourceId.Parse<NetworkInterfaceId>(id).Value) ?? throw Ec2Errors.NotFound(ResourceKind.NetworkInterface, id!);

    /// <summary>Writes an interface that changed, and its instance: what is kept of an instance's description is right as long as its record is the same.</summary>
    public static void Put(CloudTransaction transaction, NetworkInterface adapter)
    {
        transaction.Put(NetworkInterface.Table, adapter);
        if (adapter.Attachment is { } attachment && transaction.Find(Instance.Table, adapter.AccountId, attachment.InstanceId) is { } instance)
        {
            transaction.Put(Instance.Table, instance with { DeviceRevision = instance.DeviceRevision + 1 });
        }
    }

    /// <summary>What EC2 calls the state of an attachment: an instance that was never there has nothing yet.</summary>
    public static string StatusOf(NetworkInterfaceAttachment attachment, Instance? instance) => attachment.State switch
    {
        InterfaceAttachmentState.Attaching => "attaching",
        InterfaceAttachmentState.Detaching => "detaching",
        _ => instance is { State: InstanceState.Pending, HasRun: false } ? "attaching" : "attached",
    };

    /// <summary>Removes an interface and gives its addresses back; elastic ones stay the account's.</summary>
    public static void Delete(CloudTransaction transaction, NetworkInterface adapter)
    {
        foreach (var address in adapter.Addresses)
        {
            AddressAllocator.ReleasePrivate(transaction, adapter.AccountId, adapter.VpcId, address.PrivateIpAddress);
            ReleasePublic(transaction, adapter.AccountId, address);
        }

        FlowLog.DeleteAllOf(transaction, adapter.Id);
        ClientToken.Forget(transaction, adapter.AccountId, ResourceType, adapter.ClientToken);
        transaction.Delete(NetworkInterface.Table, adapter);
    }

    /// <summary>Gives the public address of a private one back: to the pool, or, when it is elastic, to its account.</summary>
    public static void ReleasePublic(CloudTransaction transaction, string accountId, InterfaceAddress address)
    {
        if (address.AllocationId is { } allocationId)
        {
            if (transaction.Find(ElasticAddress.Table, accountId, allocationId) is { } elastic)
            {
                transaction.Put(ElasticAddress.Table, elastic.Freed());
            }
        }
        else if (address.PublicIpAddress is { } pooled)
        {
            AddressAllocator.ReleasePublic(transaction, pooled);
        }
    }
}
