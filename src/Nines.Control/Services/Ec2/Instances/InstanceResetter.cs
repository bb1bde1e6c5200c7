using System.Collections.Immutable;
using Nines.Control.Admin;
using Nines.Control.Hosts;
using Nines.Control.Services.Ec2.Addresses;
using Nines.Control.Services.Ec2.Credits;
using Nines.Control.Services.Ec2.ExportTasks;
using Nines.Control.Services.Ec2.ImportTasks;
using Nines.Control.Services.Ec2.NetworkInterfaces;
using Nines.Control.Services.Ec2.Snapshots;
using Nines.Control.Services.Ec2.Volumes;
using Nines.Control.Services.Ec2.Vpcs;
using Nines.Control.Store;
using Nines.Wire;

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

    public Task PrepareAsync(string accountId, CancellationToken cancellationToken) =>
        IsAlone(cloud.ListAll, cloud.ListAll, cloud.ListAll, cloud.ListAll, cloud.ListAll, accountId) ? Task.CompletedTask : EndAllAsync(accountId, cancellationToken);

    public Func<CancellationToken, Task>? Reset(CloudTransaction transaction, string accountId)
    {
        ImmutableArray<string> purged = [];
        if (IsAlone(transaction.ListAll, transaction.ListAll, transaction.ListAll, transaction.ListAll, transaction.ListAll, accountId))
        {
            purged = MarkForPurge(transaction);
        }
        else if (transaction.List(Instance.Table, accountId).Any(instance => instance.HostId is not null))
        {
            throw new AwsException("OperationAbortedException", "Servers were launched while the account was emptied. Reset it again.");
        }

        DeleteAll(transaction, accountId);
        return cancellation => WaitForPurgeAsync(purged, cancellation);
    }

    /// <summary>A launch that was on its way has its instance in a network that went.</summary>
    public bool HasStragglers(string accountId) =>
        cloud.List(Instance.Table, accountId).Any(instance => !instance.State.IsEnding() && cloud.Find(Vpc.Table, accountId, instance.VpcId) is null);

    /// <summary>Has every host that was told of anything purged; the ids of those.</summary>
    private ImmutableArray<string> MarkForPurge(CloudTransaction transaction)
    {
        var marked = ImmutableArray.CreateBuilder<string>();
        foreach (var host in transaction.ListAll(HostRecord.Table).ToArray())
        {
            if (!host.VpcIds.IsEmpty || host.MustPurge || cloud.CountBy(Volume.ByHost, host.Id) > 0 || cloud.CountBy(Snapshot.ByHost, host.Id) > 0
                || cloud.CountBy(ImportTask.ByHost, host.Id) > 0 || cloud.CountBy(ExportTask.ByHost, host.Id) > 0 || cloud.CountBy(Instance.ByHost, host.Id) > 0)
            {
                transaction.Put(HostRecord.Table, host with { VpcIds = [], MustPurge = true });
                marked.Add(host.Id);
            }
        }

        return marked.ToImmutable();
    }

    private async Task WaitForPurgeAsync(ImmutableArray<string> hostIds, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(s_deadline, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);

        // A host that nobody drives now is purged when it is back.
        foreach (var id in hostIds.Where(id => hosts.Find(id) is not null))
        {
            await cloud.WaitAsync(HostRecord.Table, HostRecord.Owner, id, host => host is not { MustPurge: true }, either.Token);
        }
    }

    /// <summary>Whether nothing is lost to others when the hosts are purged.</summary>
    private static bool IsAlone(
        Func<TableDefinition<Instance>, IEnumerable<Instance>> instances,
        Func<TableDefinition<Volume>, IEnumerable<Volume>> volumes,
        Func<TableDefinition<Snapshot>, IEnumerable<Snapshot>> snapshots,
        Func<TableDefinition<ImportTask>, IEnumerable<ImportTask>> imports,
        Func<TableDefinition<ExportTask>, IEnumerable<ExportTask>> exports,
        string accountId) =>
        instances(Instance.Table).All(instance => instance.AccountId == accountId)
        && volumes(Volume.Table).All(volume => volume.AccountId == accountId || volume.HostId is null)
        && snapshots(Snapshot.Table).All(snapshot => snapshot.AccountId == accountId || snapshot.HostId is null)
        && imports(ImportTask.Table).All(task => task.AccountId == accountId || task.HostId is null)
        && exports(ExportTask.Table).All(task => task.AccountId == accountId || task.HostId is null);

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
                foreach (var volume in transaction.List(Volume.Table, accountId).ToArray())
                {
                    if (volume.HostId is null)
                    {
                        transaction.Delete(Volume.Table, volume);
                    }
                    else
                    {
                        transaction.Put(Volume.Table, volume with { State = VolumeState.Deleting, Attachment = null });
                    }
                }

                foreach (var task in transaction.List(ImportTask.Table, accountId).Where(task => task.State is ImportTaskState.Active).ToArray())
                {
                    transaction.Put(ImportTask.Table, ImportTaskPlan.Fail(task, ""));
                }

                foreach (var task in transaction.List(ExportTask.Table, accountId).Where(task => task.State is ImportTaskState.Active).ToArray())
                {
                    transaction.Put(ExportTask.Table, ExportTaskPlan.Fail(task, ""));
                }

                foreach (var snapshot in transaction.List(Snapshot.Table, accountId).Where(snapshot => snapshot.HostId is not null).ToArray())
                {
                    transaction.Put(Snapshot.Table, snapshot with { State = SnapshotState.Deleting });
                }
            },
            cancellationToken);
        foreach (var task in cloud.List(ImportTask.Table, accountId))
        {
            await cloud.WaitAsync(ImportTask.Table, accountId, task.Id, ended => ended?.HostId is null, either.Token);
        }

        foreach (var task in cloud.List(ExportTask.Table, accountId))
        {
            await cloud.WaitAsync(ExportTask.Table, accountId, task.Id, ended => ended?.HostId is null, either.Token);
        }

        foreach (var volume in cloud.List(Volume.Table, accountId))
        {
            await cloud.WaitAsync(Volume.Table, accountId, volume.Id, deleted => deleted is null, either.Token);
        }

        foreach (var snapshot in cloud.List(Snapshot.Table, accountId).Where(snapshot => snapshot.HostId is not null))
        {
            await cloud.WaitAsync(Snapshot.Table, accountId, snapshot.Id, deleted => deleted is null, either.Token);
        }
    }

    private static void DeleteAll(CloudTransaction transaction, string accountId)
    {
        transaction.DeleteAll(Instance.Table, accountId);
        transaction.DeleteAll(CpuCredit.Table, accountId);
        transaction.DeleteAll(LaunchToken.Table, accountId);
        transaction.DeleteAll(MetadataDefaults.Table, accountId);
        transaction.DeleteAll(Snapshot.Table, accountId);
        transaction.DeleteAll(Volume.Table, accountId);
        transaction.DeleteAll(NetworkInterface.Table, accountId);
        transaction.DeleteAll(PrivateAddress.Table, accountId);

        // They are the pool's, whoever has them.
        foreach (var address in transaction.ListAll(PublicAddress.Table).Where(address => address.OwnerAccountId == accountId).ToArray())
        {
            transaction.Delete(PublicAddress.Table, address);
        }
    }
}
