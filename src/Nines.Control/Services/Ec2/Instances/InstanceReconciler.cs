using Nines.Control.Reconcile;
using Nines.Control.Store;

namespace Nines.Control.Services.Ec2.Instances;

/// <summary>
/// What time alone does to instances: forgets terminated ones. What hosts observe comes in through
/// <see cref="Hosts.HostObservations"/>, and hosts learn what to do from the records themselves.
/// </summary>
internal sealed class InstanceReconciler(Cloud cloud, TimeProvider time) : IReconciler
{
    public string Name => "instance";

    public async ValueTask<Outcome> ReconcileAsync(ResourceKey key, CancellationToken cancellationToken)
    {
        var instance = cloud.Find(Instance.Table, key.AccountId, key.Id);
        if (instance is not { State: InstanceState.Terminated, HostId: null })
        {
            return Outcome.Settled;
        }

        var now = time.GetUtcNow();
        if (InstancePlan.Age(instance, now).Effects == InstanceEffects.None)
        {
            return Outcome.After(InstancePlan.ForgetAt(instance) - now);
        }

        await cloud.WriteAsync(
            transaction =>
            {
                if (transaction.Find(Instance.Table, key.AccountId, key.Id) is { } found && InstancePlan.Age(found, now) is { Effects: not InstanceEffects.None } step)
                {
                    InstanceTransitions.Apply(transaction, step);
                }
            },
            cancellationToken);
        return Outcome.Settled;
    }
}
