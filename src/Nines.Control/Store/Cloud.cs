using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Nines.Control.Store;

/// <summary>
/// The typed, indexed view of the store in memory, and the way to change it. Reads take no lock and see one revision;
/// what a write returned is seen by every later read.
/// </summary>
internal sealed class Cloud : IAsyncDisposable
{
    /// <summary>After so many lost races a write gives up: something writes the same records without end.</summary>
    public const int MaxAttempts = 200;

    private readonly IStore _store;
    private readonly CloudFeed _feed;

    private Cloud(IStore store, CloudFeed feed)
    {
        _store = store;
        _feed = feed;
    }

    /// <summary>The newest revision that reads see.</summary>
    public long Revision => _feed.State.Revision;

    /// <summary>Reads the tables from the store and follows it from there. The store stays the caller's to dispose of.</summary>
    /// <exception cref="StoreCorruptException">A record cannot be read.</exception>
    public static async Task<Cloud> OpenAsync(IStore store, IEnumerable<TableDefinition> tables, ILogger<Cloud>? logger = null,
        CancellationToken cancellationToken = default)
    {
        var feed = new CloudFeed(store, [.. tables], logger ?? NullLogger<Cloud>.Instance);
        await feed.StartAsync(cancellationToken);
        return new Cloud(store, feed);
    }

    public T? Find<T>(TableDefinition<T> table, string accountId, string id) where T : class, IResource =>
        _feed.State.View(table).TryFind(accountId, id, out var row) ? row.Value : null;

    /// <summary>An account's records by id, all of one revision, from the one after <paramref name="afterId"/>.</summary>
    public IEnumerable<T> List<T>(TableDefinition<T> table, string accountId, string? afterId = null) where T : class, IResource =>
        _feed.State.View(table).List(accountId, afterId ?? "");

    /// <summary>Every account's records, by account and id.</summary>
    public IEnumerable<T> ListAll<T>(TableDefinition<T> table) where T : class, IResource => _feed.State.View(table).ListAll();

    /// <summary>The records with a key in an index, by account and id.</summary>
    public IReadOnlyCollection<T> By<T>(IndexDefinition<T> index, string key) where T : class, IResource =>
        _feed.State.View(index.Table).By(index, key);

    /// <summary>How many records have a key in an index, without looking at them.</summary>
    public int CountBy<T>(IndexDefinition<T> index, string key) where T : class, IResource => _feed.State.View(index.Table).CountBy(index, key);

    public int Count<T>(TableDefinition<T> table, string accountId) where T : class, IResource => _feed.State.View(table).Count(accountId);

    /// <summary>How many records all accounts have.</summary>
    public int CountAll(TableDefinition table) => _feed.State.ViewOf(table).Total;

    /// <summary>
    /// Changes records in one transaction. Durable and seen by reads when it returns. When a record that the body found
    /// or wrote was changed meanwhile, nothing is applied and the body runs again on the newer view: it must have no other effect.
    /// A body that throws changes nothing.
    /// </summary>
    /// <exception cref="StoreException">The store cannot be written; nothing was applied.</exception>
    public async Task<TResult> WriteAsync<TResult>(Func<CloudTransaction, TResult> body, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var transaction = new CloudTransaction(_feed.State);
            var result = body(transaction);
            if (transaction.IsEmpty)
                return result;
            var verdict = await _store.CommitAsync(transaction.ToStoreTransaction(), cancellationToken);
            await _feed.WaitForAsync(verdict.Revision, cancellationToken);
            if (verdict.Succeeded)
                return result;
            StoreMeters.Conflicts.Add(1);
            if (attempt == MaxAttempts)
                throw new StoreException($"Gave up after {MaxAttempts} attempts: {verdict.ConflictKey} is changed all the time.");
        }
    }

    /// <inheritdoc cref="WriteAsync{TResult}"/>
    public Task WriteAsync(Action<CloudTransaction> body, CancellationToken cancellationToken) => WriteAsync(transaction =>
    {
        body(transaction);
        return true;
    }, cancellationToken);

    /// <summary>
    /// Calls <paramref name="onChange"/> for every change from now on, in order, after reads see it. The call must be quick
    /// and must not throw: it holds up every later change.
    /// </summary>
    public IDisposable Subscribe<T>(TableDefinition<T> table, Action<Change<T>> onChange) where T : class, IResource =>
        _feed.Subscribe(table, change => onChange((Change<T>)change));

    /// <summary>Waits until the record (null: there is none) is as asked, and returns it.</summary>
    public async Task<T?> WaitAsync<T>(TableDefinition<T> table, string accountId, string id, Func<T?, bool> until, CancellationToken cancellationToken)
        where T : class, IResource
    {
        var found = new TaskCompletionSource<T?>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var subscription = Subscribe(table, change =>
        {
            if (change.Key.Id == id && change.Key.AccountId == accountId && until(change.After))
                found.TrySetResult(change.After);
        });
        var now = Find(table, accountId, id);
        return until(now) ? now : await found.WaitAsync(cancellationToken);
    }

    /// <summary>Stops following the store; what waits for a revision fails.</summary>
    public ValueTask DisposeAsync() => _feed.DisposeAsync();
}
