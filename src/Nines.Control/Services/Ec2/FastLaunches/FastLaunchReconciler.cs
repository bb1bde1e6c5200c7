using Nines.Control.Hosts;
using Nines.Control.Reconcile;
using Nines.Control.Services.Ec2.Images;
using Nines.Control.Store;

namespace Nines.Control.Services.Ec2.FastLaunches;

/// <summary>Brings an account's setting in step with what the hosts have kept, and forgets it with its image.</summary>
internal sealed class FastLaunchReconciler(Cloud cloud, TimeProvider time) : IReconciler
{
    public string Name => "fast-launch";

    public async ValueTask<Outcome> ReconcileAsync(ResourceKey key, CancellationToken cancellationToken)
    {
        if (cloud.Find(FastLaunch.Table, key.AccountId, key.Id) is not { } known || ReferenceEquals(Next(known), known))
        {
            return Outcome.Settled;
        }

        await cloud.WriteAsync(
            transaction =>
            {
                if (transaction.Find(FastLaunch.Table, key.AccountId, key.Id) is not { } setting)
                {
                    return;
                }

                var next = Next(setting);
                if (next is null)
                {
                    transaction.Delete(FastLaunch.Table, setting);
                }
                else if (!ReferenceEquals(next, setting))
                {
                    transaction.Put(FastLaunch.Table, next);
                }
            },
            cancellationToken);
        return Outcome.Settled;
    }

    private FastLaunch? Next(FastLaunch setting) => FastLaunchPlan.Observe(
        setting,
        cloud.By(Image.ById, setting.Id).FirstOrDefault(image => image.IsVisibleTo(setting.AccountId)),
        cloud.ListAll(HostRecord.Table).SelectMany(host => host.FastLaunches),
        time.GetUtcNow());
}
