using Nines.Control.Store;

namespace Nines.Simulation.Faults;

/// <summary>The store as one process reaches it: the disk may be full, and the process may die before a commit, and after it before it hears of it.</summary>
internal sealed class MortalStore(IStore store, Life life, Fate fate) : IStore
{
    private const double Weight = 0.1;
    private const double FullWeight = 0.3;

    public long Revision => store.Revision;

    public async ValueTask<CommitResult> CommitAsync(StoreTransaction transaction, CancellationToken cancellationToken)
    {
        life.Risk(fate, Weight);
        // Others get their turn before the commit and before its answer.
        await Task.Yield();
        life.ThrowIfOver();
        if (fate.Strike(FullWeight))
            throw new StoreFullException("Simulated: no room.");
        var result = await store.CommitAsync(transaction, cancellationToken);
        await Task.Yield();
        life.Risk(fate, Weight);
        return result;
    }

    public async ValueTask<StoreSnapshot> ReadAsync(string prefix, string? afterKey, int limit, CancellationToken cancellationToken)
    {
        life.ThrowIfOver();
        return await store.ReadAsync(prefix, afterKey, limit, cancellationToken);
    }

    public async IAsyncEnumerable<StoreBatch> WatchAsync(
        long afterRevision, string prefix, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var batch in store.WatchAsync(afterRevision, prefix, cancellationToken))
        {
            await Task.Yield();
            life.ThrowIfOver();
            yield return batch;
        }
    }

    public ValueTask<long> GrantLeaseAsync(TimeSpan timeToLive, CancellationToken cancellationToken)
    {
        life.ThrowIfOver();
        return store.GrantLeaseAsync(timeToLive, cancellationToken);
    }

    public ValueTask KeepLeaseAliveAsync(long leaseId, CancellationToken cancellationToken)
    {
        life.ThrowIfOver();
        return store.KeepLeaseAliveAsync(leaseId, cancellationToken);
    }

    public ValueTask RevokeLeaseAsync(long leaseId, CancellationToken cancellationToken)
    {
        life.ThrowIfOver();
        return store.RevokeLeaseAsync(leaseId, cancellationToken);
    }

    // The store outlives the process.
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
