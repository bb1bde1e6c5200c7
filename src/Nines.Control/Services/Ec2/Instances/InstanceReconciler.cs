using Microsoft.Extensions.Logging;
using Nines.Control.Reconcile;
using Nines.Control.Store;

namespace Nines.Control.Services.Ec2.Instances;

/// <summary>
/// What time alone does to instances: forgets terminated ones, and tells about those that are in between for too long. What hosts observe comes in through
/// <see cref="Hosts.HostObservations"/>, and hosts learn what to do from the records themselves.
/// </summary>
internal sealed class InstanceReconciler(Cloud cloud, TimeProvider time, ILogger<InstanceReconciler> logger) : IReconciler
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(10);

    public string Name => "instance";

    public async ValueTask<Outcome> ReconcileAsync(ResourceKey key, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (cloud.Find(Instance.Table, key.AccountId, key.Id) is not { } instance)
        {
            return Outcome.Settled;
        }

        if (instance is not { State: InstanceState.Terminated, HostId: null })
        {
            return Watch(instance, now);
        }

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

    /// <summary>A host decides how long a machine takes; one that takes longer than that is told about.</summary>
    private Outcome Watch(Instance instance, DateTimeOffset now)
    {
        if (instance.State is InstanceState.Running or InstanceState.Stopped || instance.HostId is null)
        {
            return Outcome.Settled;
        }

        var due = instance.StateSince + s_patience;
        if (now < due)
        {
            return Outcome.After(due - now);
        }

        logger.InstanceStuck(instance.Id, instance.State.Name(), instance.HostId, (now - instance.StateSince).TotalMinutes);
        return Outcome.After(s_patience);
    }
}
