using Nines.Control.Ids;
using Nines.Control.Reconcile;
using Nines.Control.Services.Ec2.ClientTokens;
using Nines.Control.Store;

namespace Nines.Control.Services.Ec2.ImportTasks;

/// <summary>Makes the image or the snapshot of an import when its disks are there, ends one that came to nothing, and forgets it after a week.</summary>
internal sealed class ImportTaskReconciler(Cloud cloud, IIdSource ids, TimeProvider time) : IReconciler
{
    public string Name => "import-task";

    public async ValueTask<Outcome> ReconcileAsync(ResourceKey key, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (cloud.Find(ImportTask.Table, key.AccountId, key.Id) is not { } known)
        {
            return Outcome.Settled;
        }

        if (known.EndTime is { } end && now - end < ImportTaskPlan.Kept)
        {
            return Outcome.After(end + ImportTaskPlan.Kept - now);
        }

        if (known.EndTime is not null || ImportTaskPlan.IsWhole(known) || !ReferenceEquals(ImportTaskPlan.Next(known, now), known))
        {
            await cloud.WriteAsync(transaction => Write(transaction, key, now), cancellationToken);
        }

        return Outcome.Settled;
    }

    private void Write(CloudTransaction transaction, ResourceKey key, DateTimeOffset now)
    {
        if (transaction.Find(ImportTask.Table, key.AccountId, key.Id) is not { } task)
        {
            return;
        }

        if (task.EndTime is not null)
        {
            ClientToken.Forget(transaction, task.AccountId, task.ResourceType, task.ClientToken);
            transaction.Delete(ImportTask.Table, task);
            return;
        }

        var next = ImportTaskPlan.Next(task, now);
        if (ReferenceEquals(next, task) && ImportTaskPlan.IsWhole(task))
        {
            next = ImportedRecords.Complete(transaction, ids, task, now);
        }

        if (!ReferenceEquals(next, task))
        {
            transaction.Put(ImportTask.Table, next);
        }
    }
}
