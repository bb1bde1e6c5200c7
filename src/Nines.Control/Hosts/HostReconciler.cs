using Nines.Control.Reconcile;
using Nines.Control.Store;

namespace Nines.Control.Hosts;

/// <summary>Tells a host its whole desired state whenever a record that it depends on changed. Changes that come meanwhile share the next telling.</summary>
internal sealed class HostReconciler(Cloud cloud, Func<string, HostLink?> find) : IReconciler
{
    public string Name => "host";

    public async ValueTask<Outcome> ReconcileAsync(ResourceKey key, CancellationToken cancellationToken)
    {
        if (find(key.Id) is not { } link)
        {
            return Outcome.Settled;
        }

        if (cloud.Find(HostRecord.Table, HostRecord.Owner, link.Id) is { MustPurge: true })
        {
            await PurgeAsync(link, cancellationToken);
        }

        try
        {
            await link.SendAsync(cancellationToken);
        }
        catch (HostSupersededException e)
        {
            // There is one control plane today, so nobody else can be meant: go on above what the host has. The next call says it.
            link.ContinueAfter(e.Accepted);
            throw;
        }

        return Outcome.Settled;
    }

    private async Task PurgeAsync(HostLink link, CancellationToken cancellationToken)
    {
        // Nothing of what follows can be lost: until the record says that it is done, every call begins here.
        await link.Host.PurgeAsync(cancellationToken);
        link.Changes.MarkAll();
        link.Forget();
        await cloud.WriteAsync(
            transaction =>
            {
                if (transaction.Find(HostRecord.Table, HostRecord.Owner, link.Id) is { MustPurge: true } host)
                {
                    transaction.Put(HostRecord.Table, host with { MustPurge = false });
                }
            },
            cancellationToken);
    }
}
