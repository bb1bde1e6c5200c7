using System.Runtime.CompilerServices;

namespace Nines.Control.Store;

/// <summary>
/// The newest changes, bounded in number and bytes, and everyone who waits for more. A watcher that falls behind the
/// bound is told so instead of holding memory.
/// </summary>
internal sealed class WatchHistory(long revision, int maxEvents = WatchHistory.DefaultMaxEvents, long maxBytes = WatchHistory.DefaultMaxBytes)
{
    public const int DefaultMaxEvents = 16_384;
    public const long DefaultMaxBytes = 8 * 1024 * 1024;

    private readonly Lock _gate = new();
    private readonly LinkedList<StoreBatch> _batches = new();
    private long _compactedRevision = revision;
    private long _revision = revision;
    private long _events;
    private long _bytes;
    private List<TaskCompletionSource> _waiting = [];
    private Exception? _end;

    /// <summary>Adds batches in order of revision and wakes the watchers once.</summary>
    public void Append(IReadOnlyList<StoreBatch> batches)
    {
        if (batches.Count == 0)
            return;
        List<TaskCompletionSource> woken;
        lock (_gate)
        {
            foreach (var batch in batches)
            {
                _batches.AddLast(batch);
                _revision = batch.Revision;
                _events += batch.Events.Count;
                _bytes += SizeOf(batch);
            }
            while (_batches.Count > 1 && (_events > maxEvents || _bytes > maxBytes))
                CompactOldest();
            (woken, _waiting) = (_waiting, []);
        }
        woken.ForEach(static waiter => waiter.TrySetResult());
    }

    /// <summary>Ends every watch, now and to come.</summary>
    public void End(Exception reason)
    {
        List<TaskCompletionSource> woken;
        lock (_gate)
        {
            _end ??= reason;
            (woken, _waiting) = (_waiting, []);
        }
        woken.ForEach(static waiter => waiter.TrySetResult());
    }

    /// <inheritdoc cref="IStore.WatchAsync"/>
    public async IAsyncEnumerable<StoreBatch> WatchAsync(long afterRevision, string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var pending = new List<StoreBatch>();
        var position = afterRevision;
        while (true)
        {
            pending.Clear();
            TaskCompletionSource? changed = null;
            lock (_gate)
            {
                if (_end is not null)
                    throw _end;
                if (position < _compactedRevision)
                    throw new RevisionCompactedException(position, _compactedRevision);
                for (var node = _batches.Last; node is not null && node.Value.Revision > position; node = node.Previous)
                    pending.Add(node.Value);
                if (pending.Count == 0)
                {
                    // Continues on its own: whoever appends must not run a watcher's code.
                    changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                    _waiting.Add(changed);
                }
            }
            for (var i = pending.Count - 1; i >= 0; i--)
            {
                position = pending[i].Revision;
                if (Filter(pending[i], prefix) is { } batch)
                    yield return batch;
            }
            if (changed is not null)
                await changed.WaitAsync(cancellationToken);
        }
    }

    private void CompactOldest()
    {
        var oldest = _batches.First!.Value;
        _batches.RemoveFirst();
        _compactedRevision = oldest.Revision;
        _events -= oldest.Events.Count;
        _bytes -= SizeOf(oldest);
    }

    private static StoreBatch? Filter(StoreBatch batch, string prefix)
    {
        var matching = batch.Events.Count(e => e.Key.StartsWith(prefix, StringComparison.Ordinal));
        if (matching == batch.Events.Count)
            return batch;
        return matching == 0 ? null : batch with { Events = [.. batch.Events.Where(e => e.Key.StartsWith(prefix, StringComparison.Ordinal))] };
    }

    private static long SizeOf(StoreBatch batch) => batch.Events.Sum(e => (long)(e.Value?.Length ?? 0) + e.Key.Length);
}
