using Nines.Control.Services.Ec2.Instances;
using Nines.Control.Services.Ec2.NetworkInterfaces;
using Nines.Control.Store;

namespace Nines.Control.Services.Ec2.Addresses;

/// <summary>
/// Moves elastic addresses between interfaces, within a caller's transaction. An interface of a running instance keeps a public
/// address all the time if it was launched with one: the pool's goes when an elastic one comes, and another comes when that goes.
/// </summary>
internal sealed class AddressAssociations(AddressOptions options)
{
    /// <summary>Gives an address that is free to a private address of an interface.</summary>
    public static void Associate(CloudTransaction transaction, ElasticAddress elastic, NetworkInterface adapter, string privateIpAddress, string associationId)
    {
        var former = adapter.Addresses.First(address => address.PrivateIpAddress == privateIpAddress);
        InterfaceRecords.ReleasePublic(transaction, adapter.AccountId, former);
        InterfaceRecords.Put(transaction, adapter.WithPublicAddress(privateIpAddress, elastic.PublicIp, elastic.Id));
        transaction.Put(
            ElasticAddress.Table,
            elastic with { AssociationId = associationId, NetworkInterfaceId = adapter.Id, PrivateIpAddress = privateIpAddress });
    }

    /// <summary>Takes an address from the interface that has it, if one has.</summary>
    /// <returns>The address, free.</returns>
    public ElasticAddress Free(CloudTransaction transaction, ElasticAddress elastic)
    {
        if (elastic.NetworkInterfaceId is { } id && transaction.Find(NetworkInterface.Table, elastic.AccountId, id) is { } adapter)
        {
            var pooled = elastic.PrivateIpAddress == adapter.PrivateIpAddress && adapter.AssociatePublicIpAddress && Runs(transaction, adapter)
                ? AddressAllocator.AllocatePublic(transaction, options.PublicPool, adapter.AccountId, adapter.Id)
                : null;
            InterfaceRecords.Put(transaction, adapter.WithPublicAddress(elastic.PrivateIpAddress!, pooled, null));
        }

        var freed = elastic.Freed();
        transaction.Put(ElasticAddress.Table, freed);
        return freed;
    }

    private static bool Runs(CloudTransaction transaction, NetworkInterface adapter) =>
        adapter.Attachment is { } attachment
        && transaction.Find(Instance.Table, adapter.AccountId, attachment.InstanceId) is { State: InstanceState.Pending or InstanceState.Running };
}
