using Nines.Control.Reconcile;
using Nines.Control.Services.Ec2.ClientTokens;
using Nines.Control.Services.Ec2.Instances;
using Nines.Control.Services.Ec2.Volumes;
using Nines.Control.Store;

namespace Nines.Control.Services.Ec2.RootVolumes;

/// <summary>Ends a replacement when its machine runs from the new volume, and undoes one that failed. The instance's changes wake it.</summary>
internal sealed class RootReplacementReconciler(Cloud cloud, TimeProvider time) : IReconciler
{
    public string Name => "root-replacement";

    public async ValueTask<Outcome> ReconcileAsync(ResourceKey key, CancellationToken cancellationToken)
    {
        if (cloud.Find(RootReplacement.Table, key.AccountId, key.Id) is { } known && Next(known, cloud.Find, cloud.Find) is not null)
        {
            var now = time.GetUtcNow();
            await cloud.WriteAsync(transaction => Write(transaction, key, now), cancellationToken);
        }

        return Outcome.Settled;
    }

    /// <summary>The state that the task enters; <see langword="null"/> when it stays as it is.</summary>
    private static RootReplacementState? Next(
        RootReplacement task, Func<TableDefinition<Instance>, string, string, Instance?> instances, Func<TableDefinition<Volume>, string, string, Volume?> volumes)
    {
        var instance = instances(Instance.Table, task.AccountId, task.InstanceId);
        var next = RootReplacementPlan.Observe(task, instance, volumes(Volume.Table, task.AccountId, task.OldVolumeId));
        return next != task.State || instance is null ? next : null;
    }

    private static void Write(CloudTransaction transaction, ResourceKey key, DateTimeOffset now)
    {
        if (transaction.Find(RootReplacement.Table, key.AccountId, key.Id) is not { } task || Next(task, transaction.Find, transaction.Find) is not { } next)
        {
            return;
        }

        if (transaction.Find(Instance.Table, task.AccountId, task.InstanceId) is not { } instance)
        {
            ClientToken.Forget(transaction, task.AccountId, RootReplacementOperations.ResourceType, task.ClientToken);
            transaction.Delete(RootReplacement.Table, task);
            return;
        }

        if (!instance.State.IsEnding())
        {
            EndVolumes(transaction, task, instance, next);
        }

        transaction.Put(RootReplacement.Table, task with { State = next, CompleteTime = now });
    }

    private static void EndVolumes(CloudTransaction transaction, RootReplacement task, Instance instance, RootReplacementState next)
    {
        var old = transaction.Find(Volume.Table, task.AccountId, task.OldVolumeId);
        if (next == RootReplacementState.Succeeded)
        {
            if (task.DeletesOld && old is { Attachment: null, State: not VolumeState.Deleting })
            {
                VolumeRecords.Delete(transaction, old);
            }

            return;
        }

        var created = transaction.Find(Volume.Table, task.AccountId, task.NewVolumeId);
        if (next == RootReplacementState.Failed && old is not null && created?.Attachment is { } attachment)
        {
            transaction.Put(Volume.Table, old with { State = VolumeState.InUse, Attachment = attachment });
        }

        transaction.Put(Instance.Table, RootReplacementPlan.Undo(task, instance, next == RootReplacementState.Failed));
        if (created is { State: not VolumeState.Deleting })
        {
            VolumeRecords.Delete(transaction, created);
        }
    }
}
