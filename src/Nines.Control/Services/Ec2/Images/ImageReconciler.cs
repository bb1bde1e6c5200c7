using Nines.Control.Reconcile;
using Nines.Control.Services.Ec2.Snapshots;
using Nines.Control.Store;

namespace Nines.Control.Services.Ec2.Images;

/// <summary>Makes an image available when its snapshots are taken.</summary>
internal sealed class ImageReconciler(Cloud cloud) : IReconciler
{
    public string Name => "image";

    public async ValueTask<Outcome> ReconcileAsync(ResourceKey key, CancellationToken cancellationToken)
    {
        // A snapshot wakes it again.
        if (cloud.Find(Image.Table, key.AccountId, key.Id) is { State: ImageState.Pending } known
            && !ReferenceEquals(ImagePlan.Observe(known, id => cloud.Find(Snapshot.Table, key.AccountId, id)), known))
        {
            await cloud.WriteAsync(
                transaction =>
                {
                    if (transaction.Find(Image.Table, key.AccountId, key.Id) is { } image
                        && ImagePlan.Observe(image, id => transaction.Find(Snapshot.Table, key.AccountId, id)) is var next && !ReferenceEquals(next, image))
                    {
                        transaction.Put(Image.Table, next);
                    }
                },
                cancellationToken);
        }

        return Outcome.Settled;
    }
}
