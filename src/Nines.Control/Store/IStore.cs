namespace Nines.Control.Store;

/// <summary>
/// Keys to bytes with revisions, as etcd has them: compare-and-swap transactions, a watch from a revision, leases. The
/// revision counts transactions that changed something; a record carries the revision that last wrote it.
/// </summary>
internal interface IStore : IAsyncDisposable
{
    /// <summary>The newest durable revision; 0 in a store that was never written.</summary>
    long Revision { get; }

    /// <summary>
    /// Checks every condition and applies every mutation, or none. The answer comes after the change is on disk.
    /// A cancelled call may still be applied: only the caller's wait ends.
    /// </summary>
    /// <exception cref="StoreFullException">No room; nothing was applied, and later transactions work when there is room.</exception>
    /// <exception cref="LeaseNotFoundException">A mutation names a lease that does not exist; nothing was applied.</exception>
    /// <exception cref="StoreException">The store cannot be written; nothing was applied.</exception>
    ValueTask<CommitResult> CommitAsync(StoreTransaction transaction, CancellationToken cancellationToken);

    /// <summary>
    /// Records whose key starts with <paramref name="prefix"/> and is greater than <paramref name="afterKey"/>, by key,
    /// all as of one revision. Pages of one listing may come from different revisions: watching from the first page's
    /// revision brings a reader up to date.
    /// </summary>
    ValueTask<StoreSnapshot> ReadAsync(string prefix, string? afterKey, int limit, CancellationToken cancellationToken);

    /// <summary>Every change after a revision, a batch per transaction, in order, and then those to come.</summary>
    /// <exception cref="RevisionCompactedException">The revision is older than the history: take a snapshot and watch from there.</exception>
    IAsyncEnumerable<StoreBatch> WatchAsync(long afterRevision, string prefix, CancellationToken cancellationToken);

    /// <summary>Makes a lease that ends when it was not kept alive for <paramref name="timeToLive"/>; its records vanish with it.</summary>
    ValueTask<long> GrantLeaseAsync(TimeSpan timeToLive, CancellationToken cancellationToken);

    /// <summary>Starts the lease's time anew.</summary>
    /// <exception cref="LeaseNotFoundException">The lease has ended.</exception>
    ValueTask KeepLeaseAliveAsync(long leaseId, CancellationToken cancellationToken);

    /// <summary>Ends a lease now, and removes its records in one transaction. Nothing happens when it has ended already.</summary>
    ValueTask RevokeLeaseAsync(long leaseId, CancellationToken cancellationToken);
}
