using Nines.Control.Services.Ec2.Addresses;
using Nines.Control.Services.Ec2.Credits;
using Nines.Control.Services.Ec2.NetworkInterfaces;
using Nines.Control.Services.Ec2.Volumes;
using Nines.Control.Store;

namespace Nines.Control.Services.Ec2.Instances;

/// <summary>Writes a step of an instance's life with its effects; the step made all choices.</summary>
internal static class InstanceTransitions
{
    /// <summary>Writes the step into a transaction that found the instance.</summary>
    public static void Apply(CloudTransaction transaction, InstanceStep step)
    {
        var next = step.Next;
        if (step.Effects.HasFlag(InstanceEffects.Forget))
        {
            Forget(transaction, next);
            return;
        }

        if (step.Effects.HasFlag(InstanceEffects.ReleasePublicAddresses))
        {
            ReleasePublicAddresses(transaction, next);
        }

        if (step.Effects.HasFlag(InstanceEffects.ReleaseDevices))
        {
            ReleaseAdapters(transaction, next);
            ReleaseVolumes(transaction, next);
            if (transaction.Find(CpuCredit.Table, next.AccountId, next.Id) is { } credit)
            {
                transaction.Delete(CpuCredit.Table, credit);
            }

            next = next with { NetworkInterfaceIds = [], VolumeIds = [] };
        }

        transaction.Put(Instance.Table, next);
    }

    /// <summary>Gives an instance that starts the public addresses that its adapters are to have.</summary>
    public static void AssociatePublicAddresses(CloudTransaction transaction, Ipv4Block publicPool, Instance instance)
    {
        foreach (var adapter in AdaptersOf(transaction, instance))
        {
            if (adapter is { AssociatePublicIpAddress: true, PublicIpAddress: null })
            {
                var address = AddressAllocator.AllocatePublic(transaction, publicPool, adapter.AccountId, adapter.Id);
                transaction.Put(NetworkInterface.Table, adapter with { PublicIpAddress = address });
            }
        }
    }

    private static void ReleasePublicAddresses(CloudTransaction transaction, Instance instance)
    {
        foreach (var adapter in AdaptersOf(transaction, instance))
        {
            // An elastic address stays with its interface.
            if (adapter is { AssociatePublicIpAddress: true, AllocationId: null, PublicIpAddress: { } address })
            {
                AddressAllocator.ReleasePublic(transaction, address);
                transaction.Put(NetworkInterface.Table, adapter with { PublicIpAddress = null });
            }
        }
    }

    private static void ReleaseAdapters(CloudTransaction transaction, Instance instance)
    {
        foreach (var adapter in AdaptersOf(transaction, instance))
        {
            if (adapter.Attachment is { DeleteOnTermination: false })
            {
                transaction.Put(NetworkInterface.Table, InterfaceAttachmentPlan.Detached(adapter) with { AssociatePublicIpAddress = false });
                continue;
            }

            InterfaceRecords.Delete(transaction, adapter);
        }
    }

    private static void ReleaseVolumes(CloudTransaction transaction, Instance instance)
    {
        foreach (var id in instance.VolumeIds)
        {
            if (transaction.Find(Volume.Table, instance.AccountId, id) is { } volume)
            {
                if (volume.Attachment is { DeleteOnTermination: true })
                {
                    VolumeRecords.Delete(transaction, volume);
                }
                else
                {
                    transaction.Put(Volume.Table, VolumeAttachmentPlan.Detached(volume));
                }
            }
        }
    }

    private static void Forget(CloudTransaction transaction, Instance instance)
    {
        transaction.Delete(Instance.Table, instance);

        if (instance.ClientToken is not { } token || transaction.Find(LaunchToken.Table, instance.AccountId, token) is not { } used)
        {
            return;
        }

        // Found, not only listed: of two that are forgotten at the same time the later one must see that it is the last.
        var others = transaction.By(Instance.ByReservation, instance.ReservationId)
            .Count(other => transaction.Find(Instance.Table, other.AccountId, other.Id) is not null);
        if (others == 0)
        {
            transaction.Delete(LaunchToken.Table, used);
        }
    }

    private static IEnumerable<NetworkInterface> AdaptersOf(CloudTransaction transaction, Instance instance) =>
        instance.NetworkInterfaceIds.Select(id => transaction.Find(NetworkInterface.Table, instance.AccountId, id)).OfType<NetworkInterface>();
}
