using Nines.Control.Reconcile;
using Nines.Control.Store;

namespace Nines.Control.Services.Kms;

/// <summary>Gives keys new secrets and removes them when their time has come. What a removed key encrypted is lost, as its owner asked.</summary>
internal sealed class KeyReconciler(Cloud cloud, KmsCipher cipher, TimeProvider time) : IReconciler
{
    /// <summary>Timers reach some weeks at most; a key whose time is later is looked at again before.</summary>
    private static readonly TimeSpan s_longestWait = TimeSpan.FromDays(1);

    public string Name => "kms-key";

    public async ValueTask<Outcome> ReconcileAsync(ResourceKey key, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (cloud.Find(KmsKey.Table, key.AccountId, key.Id) is not { } known || TimeOf(known) is not { } due)
        {
            return Outcome.Settled;
        }

        if (due > now)
        {
            return Outcome.After(due - now < s_longestWait ? due - now : s_longestWait);
        }

        await cloud.WriteAsync(
            transaction =>
            {
                if (transaction.Find(KmsKey.Table, key.AccountId, key.Id) is not { } found || TimeOf(found) > now)
                {
                    return;
                }

                if (found.DeletionDate is null)
                {
                    transaction.Put(KmsKey.Table, found.Rotated(cipher.NewMaterial(found.Id, now)) with { NextRotation = now.AddDays(found.RotationPeriodDays!.Value) });
                    return;
                }

                foreach (var alias in transaction.By(KmsAlias.ByKey, found.Id))
                {
                    transaction.Delete(KmsAlias.Table, alias);
                }

                transaction.Delete(KmsKey.Table, found);
            },
            cancellationToken);
        return Outcome.Settled;
    }

    private static DateTimeOffset? TimeOf(KmsKey key) => key.DeletionDate ?? (key.IsDisabled ? null : key.NextRotation);
}
