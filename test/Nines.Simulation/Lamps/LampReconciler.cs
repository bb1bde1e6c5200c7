using Nines.Control.Reconcile;
using Nines.Control.Store;

namespace Nines.Simulation.Lamps;

/// <summary>Brings the bulb to the lamp's wish, then writes down that it is so.</summary>
internal sealed class LampReconciler(Cloud cloud, Bulbs bulbs) : IReconciler
{
    public string Name => "lamp";

    public async ValueTask<Outcome> ReconcileAsync(ResourceKey key, CancellationToken cancellationToken)
    {
        if (cloud.Find(Lamp.Table, key.AccountId, key.Id) is not { } lamp || lamp.Wish == lamp.Fulfilled)
            return Outcome.Settled;
        await bulbs.SwitchAsync(key.Id, lamp.Wish, cancellationToken);
        await cloud.WriteAsync(transaction =>
        {
            if (transaction.Find(Lamp.Table, key.AccountId, key.Id) is { } now && now.Fulfilled < lamp.Wish)
                transaction.Put(Lamp.Table, now with { Fulfilled = lamp.Wish });
        }, cancellationToken);
        return Outcome.Settled;
    }
}
