using Nines.Control.Store;

namespace Nines.Control.Tests.Store;

/// <summary>A store that lets a test act between what a transaction read and its commit.</summary>
internal sealed class InterleavedStore(IStore store) : IStore
{
    private Func<StoreTransaction, Task>? _before;

    public long Revision => store.Revision;

    /// <summary>Acts once, before a commit that writes a record; the number counts such commits from 0.</summary>
    /// <returns>Whether it has acted.</returns>
    public Func<bool> Before<T>(TableDefinition<T> table, string accountId, string id, int number, Func<Task> act) where T : class, IResource
    {
        var (key, acted) = (table.KeyOf(accountId, id), false);
        _before = async transaction =>
        {
            if (transaction.Mutations.Any(mutation => mutation.Key == key) && number-- == 0)
            {
                acted = true;
                _before = null;
                await act();
            }
        };
        return () => acted;
    }

    public async ValueTask<CommitResult> CommitAsync(StoreTransaction transaction, CancellationToken cancellationToken)
    {
        if (_before is { } before)
        {
            await before(transaction);
        }

        return await store.CommitAsync(transaction, cancellationToken);
    }

    public ValueTask<StoreSnapshot> ReadAsync(string prefix, string? afterKey, int limit, CancellationToken cancellationToken) => store.ReadAsync(prefix, afterKey, limit, cancellationToken);

    public IAsyncEnumerable<StoreBatch> WatchAsync(long afterRevision, string prefix, CancellationToken cancellationToken) => store.WatchAsync(afterRevision, prefix, cancellationToken);

    public ValueTask<long> GrantLeaseAsync(TimeSpan timeToLive, CancellationToken cancellationToken) => store.GrantLeaseAsync(timeToLive, cancellationToken);

    public ValueTask KeepLeaseAliveAsync(long leaseId, CancellationToken cancellationToken) => store.KeepLeaseAliveAsync(leaseId, cancellationToken);

    public ValueTask RevokeLeaseAsync(long leaseId, CancellationToken cancellationToken) => store.RevokeLeaseAsync(leaseId, cancellationToken);

    public ValueTask DisposeAsync() => store.DisposeAsync();
}
