using Nines.Control.Admin;
using Nines.Control.Hosts;
using Nines.Control.Services.Ec2.Addresses;
using Nines.Control.Services.Ec2.NetworkInterfaces;
using Nines.Control.Services.Ec2.Volumes;
using Nines.Control.Store;

namespace Nines.Control.Services.Ec2.Instances;

/// <summary>
/// Empties an account of instances, their disks, adapters and addresses. Where no other account has any, the hosts are
/// purged at once; else the machines are ended one by one and waited for.
/// </summary>
internal sealed class InstanceResetter(Cloud cloud, HostRegistry hosts, TimeProvider time) : IResetter
{
    private static readonly TimeSpan s_deadline = TimeSpan.FromMinutes(2);

    public string Name => "instances";

    public int Order => 100;

    public async Task ResetAsync(string accountId, CancellationToken cancellationToken)
    {
        var alone = cloud.ListAll(Instance.Table).All(instance => instance.AccountId == accountId);
        if (!alone)
        {
            await EndAllAsync(accountId, cancellationToken);
        }

        await cloud.WriteAsync(transaction => DeleteAll(transaction, accountId, alone), cancellationToken);
        if (alone)
        {
            await Task.WhenAll(hosts.HostIds.Select(id => hosts.Find(id)!.PurgeAsync(cancellationToken)));
            hosts.TellAll();
        }
    }

    private async Task EndAllAsync(string accountId, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await cloud.WriteAsync(
            transaction =>
            {
                foreach (var instance in transaction.List(Instance.Table, accountId).Where(instance => !instance.State.IsEnding()))
                {
                    InstanceTransitions.Apply(transaction, InstancePlan.Terminate(instance, now));
                }
            },
            cancellationToken);
        using var deadline = new CancellationTokenSource(s_deadline, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        foreach (var instance in cloud.List(Instance.Table, accountId))
        {
            await cloud.WaitAsync(Instance.Table, accountId, instance.Id, ended => ended?.HostId is null, either.Token);
        }

        await cloud.WriteAsync(
            transaction =>
            {
                foreach (var volume in transaction.List(Volume.Table, accountId))
                {
                    transaction.Put(Volume.Table, volume with { State = VolumeState.Deleting, Attachment = null });
                }
            },
            cancellationToken);
        foreach (var volume in cloud.List(Volume.Table, accountId))
        {
            await cloud.WaitAsync(Volume.Table, accountId, volume.Id, deleted => deleted is null, either.Token);
        }
    }

    private static void DeleteAll(CloudTransaction transaction, string accountId, bool alone)
    {
        Delete(transaction, Instance.Table, transaction.List(Instance.Table, accountId));
        Delete(transaction, LaunchToken.Table, transaction.List(LaunchToken.Table, accountId));
        Delete(transaction, Volume.Table, transaction.List(Volume.Table, accountId));
        Delete(transaction, NetworkInterface.Table, transaction.List(NetworkInterface.Table, accountId));
        Delete(transaction, PrivateAddress.Table, transaction.List(PrivateAddress.Table, accountId));
        Delete(transaction, PublicAddress.Table, transaction.ListAll(PublicAddress.Table).Where(address => address.OwnerAccountId == accountId));
        foreach (var host in alone ? transaction.ListAll(HostRecord.Table).ToArray() : [])
        {
            transaction.Put(HostRecord.Table, host with { VpcIds = [] });
        }
    }

    private static void Delete<T>(CloudTransaction transaction, TableDefinition<T> table, IEnumerable<T> records) where T : class, IResource
    {
        foreach (var record in records.ToArray())
        {
            transaction.Delete(table, record);
        }
    }
}
