using Nines.Control.Hosts;
using Nines.Control.Reconcile;
using Nines.Control.Services.Ec2.Instances;
using Nines.Control.Store;
using Nines.Host.Api;

namespace Nines.Control.Services.Ec2.Credits;

/// <summary>Settles the credits of a host's burstable instances from what the host measures. A record is written only when it says something new.</summary>
internal sealed class CreditReconciler(Cloud cloud, Func<string, IHost?> find, TimeProvider time) : IReconciler
{
    /// <summary>How often to look where an instance can run out of credits, and how often elsewhere.</summary>
    private static readonly TimeSpan s_often = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_seldom = TimeSpan.FromMinutes(1);

    /// <summary>How old an account may be. What is earned and spent since is settled whenever it is asked; only the limits hold less exactly.</summary>
    private static readonly TimeSpan s_age = TimeSpan.FromHours(1);

    private const int BatchSize = 64;

    public string Name => "credit";

    public async ValueTask<Outcome> ReconcileAsync(ResourceKey key, CancellationToken cancellationToken)
    {
        var counted = cloud.By(Instance.ByHost, key.Id).Where(CreditPlan.Counts).ToList();
        if (counted.Count == 0 || find(key.Id) is not { } host)
        {
            return Outcome.After(s_seldom);
        }

        var measured = await host.MeasureProcessorsAsync(cancellationToken);
        var times = measured.Vms.ToDictionary(vm => vm.Id, StringComparer.Ordinal);
        var now = time.GetUtcNow();
        foreach (var batch in counted.Where(instance => Next(instance, cloud.Find(CpuCredit.Table, instance.AccountId, instance.Id)) is not null).Chunk(BatchSize))
        {
            await cloud.WriteAsync(transaction => Array.ForEach(batch, instance => Write(transaction, instance)), cancellationToken);
        }

        return Outcome.After(counted.Exists(instance => CreditOptions.Of(instance) == CreditOptions.Standard) ? s_often : s_seldom);

        void Write(CloudTransaction transaction, Instance seen)
        {
            if (transaction.Find(Instance.Table, seen.AccountId, seen.Id) is not { } instance
                || !CreditPlan.Counts(instance)
                || Next(instance, transaction.Find(CpuCredit.Table, seen.AccountId, seen.Id)) is not { } account)
            {
                return;
            }

            transaction.Put(CpuCredit.Table, account);
            if (CreditPlan.IsThrottled(instance, account) is var throttled && throttled != instance.CpuThrottled)
            {
                transaction.Put(Instance.Table, instance with { CpuThrottled = throttled });
            }
        }

        // Nothing is written for an instance that earns and spends within its limits: that is known without it.
        CpuCredit? Next(Instance instance, CpuCredit? known)
        {
            var account = CreditPlan.Settle(instance, known, times.GetValueOrDefault(instance.Id), now);
            return CreditPlan.IsThrottled(instance, account) != instance.CpuThrottled
                || instance.State == InstanceState.Stopping
                || known?.BootGeneration < instance.BootGeneration
                || now - (known?.SettledAt ?? instance.LaunchTime) >= s_age
                ? account : null;
        }
    }
}
