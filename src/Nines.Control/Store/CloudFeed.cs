using Microsoft.Extensions.Logging;

namespace Nines.Control.Store;

/// <summary>Keeps the view up to date from the store's watch, tells subscribers, and wakes who waits for a revision.</summary>
internal sealed class CloudFeed : IAsyncDisposable
{
    private const int PageSize = 4096;

    private readonly IStore _store;
    private readonly TableDefinition[] _tables;
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _slotByName;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();
    private readonly List<Action<Change>>[] _subscribers;
    private readonly PriorityQueue<TaskCompletionSource, long> _waiters = new();
    private volatile CloudState _state;
    private long _told;
    private Exception? _end;
    private Task _following = Task.CompletedTask;

    public CloudFeed(IStore store, TableDefinition[] tables, ILogger logger)
    {
        _store = store;
        _tables = tables;
        _logger = logger;
        _slotByName = Enumerable.Range(0, tables.Length).ToDictionary(i => tables[i].Name, i => i).GetAlternateLookup<ReadOnlySpan<char>>();
        _subscribers = [.. tables.Select(_ => new List<Action<Change>>())];
        _state = new CloudState(0, Enumerable.Range(0, tables.Length).ToDictionary(i => tables[i], i => i), [.. tables.Select(table => table.CreateView())]);
    }

    public CloudState State => _state;

    /// <summary>Returns when the view holds all that the store held when it was called.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var atLeast = await ReloadAsync(cancellationToken);
        _following = FollowAsync(_stop.Token);
        await WaitForAsync(atLeast, cancellationToken);
    }

    /// <summary>Returns when the view holds a revision and subscribers have been told.</summary>
    public Task WaitForAsync(long revision, CancellationToken cancellationToken)
    {
        // Not the view's revision: it is there to be read a moment before subscribers hear of it.
        if (Volatile.Read(ref _told) >= revision && _end is null)
            return Task.CompletedTask;
        var waiter = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            if (_end is not null)
                return Task.FromException(_end);
            if (_told >= revision)
                return Task.CompletedTask;
            _waiters.Enqueue(waiter, revision);
        }
        return waiter.WaitAsync(cancellationToken);
    }

    public IDisposable Subscribe(TableDefinition table, Action<Change> onChange)
    {
        var slot = Array.IndexOf(_tables, table);
        if (slot < 0)
            throw new InvalidOperationException($"Table {table.Name} is not among those this cloud was opened with.");
        lock (_gate)
            _subscribers[slot] = [.. _subscribers[slot], onChange];
        return new Subscription(() =>
        {
            lock (_gate)
                _subscribers[slot] = [.. _subscribers[slot].Where(subscriber => subscriber != onChange)];
        });
    }

    public async ValueTask DisposeAsync()
    {
        // Not CancelAsync, which takes the way over the thread pool.
        _stop.Cancel();
        await _following;
        _stop.Dispose();
    }

    private async Task FollowAsync(CancellationToken cancellationToken)
    {
        Exception end;
        try
        {
            while (true)
            {
                try
                {
                    await foreach (var batch in _store.WatchAsync(_state.Revision, "/", cancellationToken))
                        Apply(batch);
                    throw new StoreException("The store ended its watch.");
                }
                catch (RevisionCompactedException e)
                {
                    _logger.ViewFellBehind(e.AfterRevision, e.OldestRevision);
                    await ReloadAsync(cancellationToken);
                }
            }
        }
        catch (OperationCanceledException)
        {
            end = new ObjectDisposedException(nameof(Cloud));
        }
        catch (Exception e)
        {
            _logger.ViewEnded(e);
            end = new StoreException("The view no longer follows the store. Restart Nines.", e);
        }
        End(end);
    }

    /// <summary>Takes the whole store anew. Tables are of different revisions until the watch has gone past the one returned.</summary>
    private async Task<long> ReloadAsync(CancellationToken cancellationToken)
    {
        var views = _state.CopyViews();
        var changes = new List<(int Slot, Change Change)>();
        long first = long.MaxValue, last = 0;
        for (var slot = 0; slot < _tables.Length; slot++)
        {
            var entries = new List<StoreEntry>();
            StoreSnapshot page;
            do
            {
                page = await _store.ReadAsync(_tables[slot].Prefix, entries.Count == 0 ? null : entries[^1].Key, PageSize, cancellationToken);
                entries.AddRange(page.Entries);
                (first, last) = (Math.Min(first, page.Revision), Math.Max(last, page.Revision));
            }
            while (page.More);
            (views[slot], var changed) = views[slot].Reload(entries, page.Revision);
            changes.AddRange(changed.Select(change => (slot, change)));
        }
        Publish(_state.With(_tables.Length == 0 ? _store.Revision : first, views), changes);
        return last;
    }

    private void Apply(StoreBatch batch)
    {
        var views = _state.CopyViews();
        var changes = new List<(int Slot, Change Change)>(batch.Events.Count);
        foreach (var change in batch.Events)
        {
            if (!_slotByName.TryGetValue(StoreKey.TableOf(change.Key), out var slot))
                continue;
            var (accountId, id) = StoreKey.Parse(change.Key, _tables[slot].Prefix);
            (views[slot], var changed) = views[slot].With(change, accountId, id, batch.Revision);
            if (changed is not null)
                changes.Add((slot, changed));
        }
        Publish(_state.With(batch.Revision, views), changes);
    }

    private void Publish(CloudState state, List<(int Slot, Change Change)> changes)
    {
        _state = state;
        foreach (var (slot, change) in changes)
            Tell(slot, change);
        lock (_gate)
        {
            _told = state.Revision;
            while (_waiters.TryPeek(out var waiter, out var revision) && revision <= state.Revision)
            {
                _waiters.Dequeue();
                waiter.TrySetResult();
            }
        }
    }

    private void Tell(int slot, Change change)
    {
        List<Action<Change>> subscribers;
        lock (_gate)
            subscribers = _subscribers[slot];
        foreach (var subscriber in subscribers)
        {
            try
            {
                subscriber(change);
            }
            catch (Exception e)
            {
                _logger.SubscriberFailed(e, _tables[slot].Name, change.Key);
            }
        }
    }

    private void End(Exception reason)
    {
        lock (_gate)
        {
            _end = reason;
            while (_waiters.TryDequeue(out var waiter, out _))
                waiter.TrySetException(reason);
        }
    }

    private sealed class Subscription(Action end) : IDisposable
    {
        public void Dispose() => end();
    }
}
