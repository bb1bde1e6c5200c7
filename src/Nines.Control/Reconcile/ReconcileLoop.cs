using Microsoft.Extensions.Logging;
using Nines.Control.Store;

namespace Nines.Control.Reconcile;

/// <summary>
/// Calls a reconciler for every record that changed or whose time has come: never twice at once for one record, some records at
/// once, later and later after failures. A change during a call leads to another call. All records are looked at when it starts.
/// </summary>
internal sealed class ReconcileLoop : IAsyncDisposable
{
    private readonly IReconciler _reconciler;
    private readonly TimeProvider _time;
    private readonly Random _random;
    private readonly ILogger _logger;
    private readonly ReconcileOptions _options;
    private readonly KeyValuePair<string, object?> _tag;
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();
    private readonly Dictionary<ResourceKey, KeyState> _keys = [];
    private readonly Queue<ResourceKey> _ready = new();
    private readonly PriorityQueue<(ResourceKey Key, DateTimeOffset At), DateTimeOffset> _due = new();
    private readonly List<Func<IDisposable>> _subscribe = [];
    private readonly List<IDisposable> _subscriptions = [];
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ITimer? _timer;
    private int _running;
    private bool _started;
    private bool _stopping;

    /// <param name="reconciler">What to call.</param>
    /// <param name="time">The clock of waits and deadlines.</param>
    /// <param name="random">Spreads retries.</param>
    /// <param name="logger">Where failures are told.</param>
    /// <param name="options">Limits and waits.</param>
    public ReconcileLoop(IReconciler reconciler, TimeProvider time, Random random, ILogger<ReconcileLoop> logger, ReconcileOptions? options = null)
    {
        _reconciler = reconciler;
        _time = time;
        _random = random;
        _logger = logger;
        _options = options ?? new ReconcileOptions();
        _tag = new("reconciler", reconciler.Name);
    }

    /// <summary>Nothing is queued or running; records may still have a time to be looked at again.</summary>
    public bool IsIdle
    {
        get
        {
            lock (_gate)
                return _ready.Count == 0 && _running == 0;
        }
    }

    /// <summary>Records whose last call failed.</summary>
    public int Failing
    {
        get
        {
            lock (_gate)
                return _keys.Values.Count(state => state.Failures > 0);
        }
    }

    /// <summary>Looks at a record whenever it changes.</summary>
    public ReconcileLoop WakeOn<T>(Cloud cloud, TableDefinition<T> table) where T : class, IResource =>
        WakeOn(cloud, table, static value => [ResourceKey.Of(value)]);

    /// <summary>Looks at records whenever another that they depend on changes: at those it led to before and at those it leads to now.</summary>
    public ReconcileLoop WakeOn<T>(Cloud cloud, TableDefinition<T> table, Func<T, IEnumerable<ResourceKey>> keys) where T : class, IResource
    {
        if (_started)
            throw new InvalidOperationException("A loop is told what wakes it before it starts.");
        _subscribe.Add(() =>
        {
            // First the changes to come, then what is there: nothing falls between.
            var subscription = cloud.Subscribe(table, change => WakeFor(change, keys));
            foreach (var value in cloud.ListAll(table))
                Wake(keys(value));
            return subscription;
        });
        return this;
    }

    /// <summary>Begins to work.</summary>
    public void Start()
    {
        _started = true;
        _subscriptions.AddRange(_subscribe.Select(subscribe => subscribe()));
    }

    /// <summary>Looks at a record soon; at once when it waits for a time or a retry.</summary>
    public void Wake(ResourceKey key)
    {
        lock (_gate)
        {
            if (_stopping)
                return;
            var state = StateOf(key);
            if (state.Phase == Phase.Running)
                state.Changed = true;
            else
                Enqueue(key, state);
            Pump();
        }
    }

    /// <summary>Cancels what runs, and returns when it has ended.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            if (_stopping)
                return;
            _stopping = true;
            ReconcileMeters.Queued.Add(-_ready.Count, _tag);
            ReconcileMeters.Failing.Add(-_keys.Values.Count(state => state.Failures > 0), _tag);
            _ready.Clear();
            _timer?.Dispose();
            if (_running == 0)
                _drained.TrySetResult();
        }
        _subscriptions.ForEach(subscription => subscription.Dispose());
        // Not CancelAsync, which takes the way over the thread pool.
        _stop.Cancel();
        await _drained.Task;
        _stop.Dispose();
    }

    private void WakeFor<T>(Change<T> change, Func<T, IEnumerable<ResourceKey>> keys) where T : class, IResource
    {
        if (change.Before is not null)
            Wake(keys(change.Before));
        if (change.After is not null)
            Wake(keys(change.After));
    }

    private void Wake(IEnumerable<ResourceKey> keys)
    {
        foreach (var key in keys)
            Wake(key);
    }

    private async Task RunAsync(ResourceKey key)
    {
        // Whoever woke the record goes on: it may be the one who applies changes.
        await Task.Yield();
        var started = _time.GetTimestamp();
        var (outcome, result) = await CallAsync(key);
        ReconcileMeters.Duration.Record(_time.GetElapsedTime(started).TotalSeconds, _tag, new("result", result));
        lock (_gate)
        {
            _running--;
            ReconcileMeters.Running.Add(-1, _tag);
            if (_stopping)
            {
                if (_running == 0)
                    _drained.TrySetResult();
                return;
            }
            Conclude(key, _keys[key], outcome, result);
            Pump();
        }
    }

    private async ValueTask<(Outcome Outcome, string Result)> CallAsync(ResourceKey key)
    {
        using var deadline = new CancellationTokenSource(_options.Deadline, _time);
        using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token, deadline.Token);
        try
        {
            try
            {
                var outcome = await _reconciler.ReconcileAsync(key, cancellation.Token);
                return (outcome, outcome.Delay is null ? Result.Settled : Result.Later);
            }
            catch (TerminalException e)
            {
                _logger.ReconcileGaveUp(e, _reconciler.Name, key, e.Code);
                await _reconciler.GiveUpAsync(key, e, cancellation.Token);
                return (Outcome.Settled, Result.GaveUp);
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            return (Outcome.Settled, Result.Stopped);
        }
        catch (OperationCanceledException e) when (deadline.IsCancellationRequested)
        {
            _logger.ReconcileOverdue(e, _reconciler.Name, key, _options.Deadline.TotalSeconds);
            return (Outcome.Settled, Result.Overdue);
        }
        catch (Exception e)
        {
            _logger.ReconcileFailed(e, _reconciler.Name, key);
            return (Outcome.Settled, Result.Failed);
        }
    }

    private void Conclude(ResourceKey key, KeyState state, Outcome outcome, string result)
    {
        var changed = state.Changed;
        state.Changed = false;
        state.Phase = Phase.Waiting;
        if (result is Result.Failed or Result.Overdue)
        {
            ReconcileMeters.Failures.Add(1, _tag);
            if (state.Failures++ == 0)
                ReconcileMeters.Failing.Add(1, _tag);
            // A quarter more or less, so that records that failed together do not come back together.
            var delay = _options.RetryAfter(state.Failures) * (0.75 + (_random.NextDouble() / 2));
            Schedule(key, state, changed && delay > _options.ChangedRetry ? _options.ChangedRetry : delay);
            return;
        }
        if (state.Failures > 0)
            ReconcileMeters.Failing.Add(-1, _tag);
        state.Failures = 0;
        if (result == Result.GaveUp)
        {
            // Writing the reason down is a change as well.
            if (changed)
                Schedule(key, state, _options.ChangedRetry);
        }
        else if (changed)
        {
            Enqueue(key, state);
        }
        else if (outcome.Delay is { } delay)
        {
            Schedule(key, state, delay);
        }
        if (state is { Phase: Phase.Waiting, Due: null })
            _keys.Remove(key);
    }

    private void Enqueue(ResourceKey key, KeyState state)
    {
        if (state.Phase == Phase.Queued)
            return;
        state.Phase = Phase.Queued;
        state.Due = null;
        _ready.Enqueue(key);
        ReconcileMeters.Queued.Add(1, _tag);
    }

    private void Schedule(ResourceKey key, KeyState state, TimeSpan delay)
    {
        var at = _time.GetUtcNow() + delay;
        state.Due = at;
        _due.Enqueue((key, at), at);
        Arm();
    }

    private void Pump()
    {
        while (_running < _options.MaxConcurrency && _ready.TryDequeue(out var key))
        {
            ReconcileMeters.Queued.Add(-1, _tag);
            ReconcileMeters.Running.Add(1, _tag);
            _keys[key].Phase = Phase.Running;
            _running++;
            _ = RunAsync(key);
        }
    }

    private void Tick()
    {
        lock (_gate)
        {
            if (_stopping)
                return;
            var now = _time.GetUtcNow();
            while (_due.TryPeek(out var due, out var at) && at <= now)
            {
                _due.Dequeue();
                // Only the newest time of a record counts; older ones stay in the queue until they come up.
                if (_keys.TryGetValue(due.Key, out var state) && state.Phase == Phase.Waiting && state.Due == due.At)
                    Enqueue(due.Key, state);
            }
            Arm();
            Pump();
        }
    }

    private void Arm()
    {
        if (!_due.TryPeek(out _, out var at))
            return;
        var wait = at - _time.GetUtcNow();
        if (wait < TimeSpan.Zero)
            wait = TimeSpan.Zero;
        if (_timer is null)
            _timer = _time.CreateTimer(_ => Tick(), null, wait, Timeout.InfiniteTimeSpan);
        else
            _timer.Change(wait, Timeout.InfiniteTimeSpan);
    }

    private KeyState StateOf(ResourceKey key)
    {
        if (!_keys.TryGetValue(key, out var state))
            _keys.Add(key, state = new KeyState());
        return state;
    }

    private enum Phase
    {
        Waiting,
        Queued,
        Running,
    }

    private static class Result
    {
        public const string Settled = "settled";
        public const string Later = "later";
        public const string GaveUp = "gave-up";
        public const string Failed = "failed";
        public const string Overdue = "overdue";
        public const string Stopped = "stopped";
    }

    private sealed class KeyState
    {
        public Phase Phase { get; set; }

        /// <summary>Woken during the call.</summary>
        public bool Changed { get; set; }

        public int Failures { get; set; }

        /// <summary>When it is looked at again; null: when it changes.</summary>
        public DateTimeOffset? Due { get; set; }
    }
}
