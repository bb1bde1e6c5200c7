using Nines.Control.Reconcile;
using Nines.Control.Services.Ec2.Instances;
using Nines.Control.Store;

namespace Nines.Control.Services.Ec2.ScheduledEvents;

/// <summary>Has scheduled events happen at their time, and forgets those that are long over.</summary>
internal sealed class ScheduledEventReconciler(Cloud cloud, TimeProvider time) : IReconciler
{
    public string Name => "scheduled-event";

    public async ValueTask<Outcome> ReconcileAsync(ResourceKey key, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (cloud.Find(Instance.Table, key.AccountId, key.Id) is not { } known || ScheduledEventPlan.DueAt(known) is not { } due)
        {
            return Outcome.Settled;
        }

        if (ReferenceEquals(ScheduledEventPlan.Next(known, now), known))
        {
            return due > now ? Outcome.After(due - now) : Outcome.Settled;
        }

        await cloud.WriteAsync(
            transaction =>
            {
                if (transaction.Find(Instance.Table, key.AccountId, key.Id) is { } instance && ScheduledEventPlan.Next(instance, now) is var next && !ReferenceEquals(next, instance))
                {
                    transaction.Put(Instance.Table, next);
                }
            },
            cancellationToken);

        // The change wakes it again for what is due next.
        return Outcome.Settled;
    }
}
