using System.Collections.Immutable;
using Nines.Control.Services.Ec2.ExportTasks;
using Nines.Control.Services.Ec2.FastLaunches;
using Nines.Control.Services.Ec2.ImportTasks;
using Nines.Control.Services.Ec2.Instances;
using Nines.Control.Services.Ec2.NetworkInterfaces;
using Nines.Control.Services.Ec2.Snapshots;
using Nines.Control.Services.Ec2.Volumes;
using Nines.Control.Services.Ec2.Vpcs;
using Nines.Control.Store;
using Nines.Host.Api;

namespace Nines.Control.Hosts;

/// <summary>Takes what a host observes into the records: plans say what it means, this writes it.</summary>
internal sealed class HostObservations(Cloud cloud, TimeProvider time)
{
    /// <summary>How many observations go into one transaction: enough to share a disk flush, few enough to lose few races.</summary>
    private const int BatchSize = 64;

    /// <summary>Returns when all that the report leads to is durable.</summary>
    public async Task TakeAsync(string hostId, HostReport report, CancellationToken cancellationToken)
    {
        await EachAsync(report.Volumes, volume => TakeVolume(hostId, volume), cancellationToken);
        await EachAsync(report.Snapshots, snapshot => TakeSnapshot(hostId, snapshot), cancellationToken);
        await EachAsync(report.Transfers, transfer => TakeTransfer(hostId, transfer), cancellationToken);
        await EachAsync(report.Vms, vm => TakeVm(hostId, vm), cancellationToken);
        await EachAsync(report.Vms, vm => TakeDisks(hostId, vm), cancellationToken);
        await EachAsync(report.Vms, vm => TakeAdapters(hostId, vm), cancellationToken);
        await TakeFastLaunchesAsync(hostId, report, cancellationToken);
        await EachAsync(report.Vpcs, vpc => TakeVpc(hostId, vpc), cancellationToken);
    }

    /// <summary>Kept memory is a property of the host: whoever wants to know looks at all hosts.</summary>
    private Task TakeFastLaunchesAsync(string hostId, HostReport report, CancellationToken cancellationToken)
    {
        return cloud.Find(HostRecord.Table, HostRecord.Owner, hostId) is { } known && !Next(known).SequenceEqual(known.FastLaunches)
            ? cloud.WriteAsync(
                transaction =>
                {
                    if (transaction.Find(HostRecord.Table, HostRecord.Owner, hostId) is { } host)
                    {
                        transaction.Put(HostRecord.Table, host with { FastLaunches = Next(host) });
                    }
                },
                cancellationToken)
            : Task.CompletedTask;

        ImmutableArray<FastLaunchStatus> Next(HostRecord host) => report.Full
            ? FastLaunchPlan.Merge([], report.FastLaunches)
            : FastLaunchPlan.Merge(host.FastLaunches, report.FastLaunches);
    }

    /// <summary>Repeats the observations that changed something until none does: every edge of a life cycle is a transaction of its own.</summary>
    private async Task EachAsync<T>(IReadOnlyList<T> observed, Func<T, Func<CloudTransaction, bool>?> change, CancellationToken cancellationToken)
    {
        var left = observed;
        while (left.Count > 0)
        {
            var changed = new List<T>();
            foreach (var batch in left.Chunk(BatchSize))
            {
                changed.AddRange(await cloud.WriteAsync(
                    transaction => batch.Where(item => change(item) is { } body && body(transaction)).ToList(), cancellationToken));
            }

            left = changed;
        }
    }

    /// <summary>The change that a machine's observation leads to; <see langword="null"/> when the view shows that there is none.</summary>
    private Func<CloudTransaction, bool>? TakeVm(string hostId, VmStatus observed)
    {
        var now = time.GetUtcNow();
        if (cloud.By(Instance.ById, observed.Id).FirstOrDefault() is not { } known || !Changes(known))
        {
            return null;
        }

        return transaction =>
        {
            if (transaction.Find(Instance.Table, known.AccountId, known.Id) is not { } instance || !Changes(instance))
            {
                return false;
            }

            InstanceTransitions.Apply(transaction, InstancePlan.Observe(instance, observed, now));
            return true;
        };

        bool Changes(Instance instance) =>
            instance.HostId == hostId && !ReferenceEquals(InstancePlan.Observe(instance, observed, now).Next, instance);
    }

    /// <summary>The disks that a machine was to get or to lose.</summary>
    private Func<CloudTransaction, bool>? TakeDisks(string hostId, VmStatus observed)
    {
        if (cloud.By(Volume.ByMoving, observed.Id).Count == 0)
        {
            return null;
        }

        return transaction =>
        {
            foreach (var moving in transaction.By(Volume.ByMoving, observed.Id).ToArray())
            {
                if (transaction.Find(Instance.Table, moving.AccountId, observed.Id) is { } instance && instance.HostId == hostId
                    && transaction.Find(Volume.Table, moving.AccountId, moving.Id) is { } volume
                    && VolumeAttachmentPlan.Observe(volume, instance, observed) is var next && !ReferenceEquals(next, volume))
                {
                    transaction.Put(Volume.Table, next);
                    if (next.Attachment is null)
                    {
                        transaction.Put(Instance.Table, instance with { VolumeIds = instance.VolumeIds.Remove(volume.Id) });
                    }
                }
            }

            return false;
        };
    }

    /// <summary>The adapters that a machine was to get or to lose.</summary>
    private Func<CloudTransaction, bool>? TakeAdapters(string hostId, VmStatus observed)
    {
        if (cloud.By(NetworkInterface.ByMoving, observed.Id).Count == 0)
        {
            return null;
        }

        return transaction =>
        {
            foreach (var moving in transaction.By(NetworkInterface.ByMoving, observed.Id).ToArray())
            {
                if (transaction.Find(Instance.Table, moving.AccountId, observed.Id) is { } instance && instance.HostId == hostId
                    && transaction.Find(NetworkInterface.Table, moving.AccountId, moving.Id) is { } adapter
                    && InterfaceAttachmentPlan.Observe(adapter, instance, observed) is var next && !ReferenceEquals(next, adapter))
                {
                    if (next.Attachment is null)
                    {
                        InterfaceAttachmentChanges.Detach(transaction, instance, adapter);
                    }
                    else
                    {
                        InterfaceRecords.Put(transaction, next);
                    }
                }
            }

            return false;
        };
    }

    private Func<CloudTransaction, bool>? TakeVolume(string hostId, VolumeStatus observed)
    {
        var now = time.GetUtcNow();
        if (cloud.By(Volume.ById, observed.Id).FirstOrDefault() is not { } known || known.HostId != hostId || ReferenceEquals(VolumePlan.Observe(known, observed, now), known))
        {
            return null;
        }

        return transaction =>
        {
            if (transaction.Find(Volume.Table, known.AccountId, known.Id) is not { } volume)
            {
                return false;
            }

            var next = VolumePlan.Observe(volume, observed, now);
            if (next is null)
            {
                transaction.Delete(Volume.Table, volume);
            }
            else if (!ReferenceEquals(next, volume))
            {
                transaction.Put(Volume.Table, next);
            }

            return false;
        };
    }

    private Func<CloudTransaction, bool>? TakeSnapshot(string hostId, SnapshotStatus observed)
    {
        if (cloud.By(Snapshot.ById, observed.Id).FirstOrDefault() is not { } known || known.HostId != hostId || ReferenceEquals(SnapshotPlan.Observe(known, observed), known))
        {
            return null;
        }

        return transaction =>
        {
            if (transaction.Find(Snapshot.Table, known.AccountId, known.Id) is not { } snapshot)
            {
                return false;
            }

            var next = SnapshotPlan.Observe(snapshot, observed);
            if (next is null)
            {
                transaction.Delete(Snapshot.Table, snapshot);
            }
            else if (!ReferenceEquals(next, snapshot))
            {
                transaction.Put(Snapshot.Table, next);
            }

            return false;
        };
    }

    private Func<CloudTransaction, bool>? TakeTransfer(string hostId, TransferStatus observed)
    {
        var now = time.GetUtcNow();
        return Changed(ImportTask.Table, ImportTask.ByTransfer, task => task.HostId == hostId ? ImportTaskPlan.Observe(task, observed) : task)
            ?? Changed(ExportTask.Table, ExportTask.ByTransfer, task => task.HostId == hostId ? ExportTaskPlan.Observe(task, observed, now) : task);

        Func<CloudTransaction, bool>? Changed<T>(TableDefinition<T> table, IndexDefinition<T> index, Func<T, T> observe)
            where T : class, IResource
        {
            if (cloud.By(index, observed.Id).FirstOrDefault() is not { } known || ReferenceEquals(observe(known), known))
            {
                return null;
            }

            return transaction =>
            {
                if (transaction.Find(table, known.AccountId, known.Id) is { } task && observe(task) is var next && !ReferenceEquals(next, task))
                {
                    transaction.Put(table, next);
                }

                return false;
            };
        }
    }

    private static Func<CloudTransaction, bool>? TakeVpc(string hostId, VpcStatus observed) => !observed.Gone ? null : transaction =>
    {
        if (transaction.Find(HostRecord.Table, HostRecord.Owner, hostId) is { } host
            && host.VpcIds.Contains(observed.Id)
            && transaction.By(Vpc.ById, observed.Id).Count == 0)
        {
            transaction.Put(HostRecord.Table, host with { VpcIds = host.VpcIds.Remove(observed.Id) });
        }

        return false;
    };
}
