using Nines.Control.Reconcile;
using Nines.Control.Services.Ec2.ClientTokens;
using Nines.Control.Services.Ec2.ImportTasks;
using Nines.Control.Services.Ec2.Query;
using Nines.Control.Store;

namespace Nines.Control.Services.Ec2.ExportTasks;

/// <summary>Forgets an export a week after its end; what its host says of it does all else.</summary>
internal sealed class ExportTaskReconciler(Cloud cloud, TimeProvider time) : IReconciler
{
    public string Name => "export-task";

    public async ValueTask<Outcome> ReconcileAsync(ResourceKey key, CancellationToken cancellationToken)
    {
        if (cloud.Find(ExportTask.Table, key.AccountId, key.Id) is not { EndTime: { } end })
        {
            return Outcome.Settled;
        }

        if (end + ImportTaskPlan.Kept - time.GetUtcNow() is var left && left > TimeSpan.Zero)
        {
            return Outcome.After(left);
        }

        await cloud.WriteAsync(
            transaction =>
            {
                if (transaction.Find(ExportTask.Table, key.AccountId, key.Id) is { EndTime: not null } task)
                {
                    ClientToken.Forget(transaction, task.AccountId, ResourceKind.ExportImageTask.ResourceType, task.ClientToken);
                    transaction.Delete(ExportTask.Table, task);
                }
            },
            cancellationToken);
        return Outcome.Settled;
    }
}
