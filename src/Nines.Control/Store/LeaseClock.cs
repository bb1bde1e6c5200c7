namespace Nines.Control.Store;

/// <summary>
/// When leases end. A lease ends once and for all the moment its time is up: keeping it alive fails from then on, even while
/// its records are still being removed.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="onEnded">Removes an ended lease; called again later until it was forgotten. Must not block.</param>
internal sealed class LeaseClock(TimeProvider time, Action<long> onEnded) : IDisposable
{
    /// <summary>How long after a removal that failed the next one is tried.</summary>
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private readonly Dictionary<long, Lease> _leases = [];
    private ITimer? _timer;
    private bool _disposed;

    /// <summary>Begins to count.</summary>
    public void Start(long leaseId, TimeSpan timeToLive)
    {
        lock (_gate)
        {
            if (_disposed)
                return;
            _leases[leaseId] = new Lease(timeToLive, time.GetUtcNow() + timeToLive);
            Arm();
        }
    }

    /// <exception cref="LeaseNotFoundException">It has ended.</exception>
    public void KeepAlive(long leaseId)
    {
        lock (_gate)
        {
            var lease = Alive(leaseId);
            lease.Deadline = time.GetUtcNow() + lease.TimeToLive;
        }
    }

    /// <exception cref="LeaseNotFoundException">It has ended.</exception>
    public void RequireAlive(long leaseId)
    {
        lock (_gate)
            Alive(leaseId);
    }

    /// <summary>Ends it now, if it has not ended already.</summary>
    public bool TryEnd(long leaseId)
    {
        lock (_gate)
        {
            if (!_leases.TryGetValue(leaseId, out var lease) || lease.Ended)
                return false;
            lease.End(time.GetUtcNow() + RetryAfter);
            Arm();
            return true;
        }
    }

    /// <summary>Its records are gone.</summary>
    public void Forget(long leaseId)
    {
        lock (_gate)
            _leases.Remove(leaseId);
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            _timer?.Dispose();
            _leases.Clear();
        }
    }

    private Lease Alive(long leaseId) =>
        _leases.TryGetValue(leaseId, out var lease) && !lease.Ended && lease.Deadline > time.GetUtcNow() ? lease : throw new LeaseNotFoundException(leaseId);

    private void Tick()
    {
        var ended = new List<long>();
        lock (_gate)
        {
            var now = time.GetUtcNow();
            foreach (var (id, lease) in _leases)
            {
                if (lease.Deadline > now)
                    continue;
                lease.End(now + RetryAfter);
                ended.Add(id);
            }
            Arm();
        }
        foreach (var id in ended.Order())
            onEnded(id);
    }

    private void Arm()
    {
        if (_disposed || _leases.Count == 0)
            return;
        // Keeping alive moves deadlines but not the timer: it may come early, finds nothing ended, and is set again.
        var due = _leases.Values.Min(lease => lease.Deadline) - time.GetUtcNow();
        var wait = due > TimeSpan.Zero ? due : TimeSpan.Zero;
        if (_timer is null)
            _timer = time.CreateTimer(_ => Tick(), null, wait, Timeout.InfiniteTimeSpan);
        else
            _timer.Change(wait, Timeout.InfiniteTimeSpan);
    }

    private sealed class Lease(TimeSpan timeToLive, DateTimeOffset deadline)
    {
        public TimeSpan TimeToLive { get; } = timeToLive;

        public DateTimeOffset Deadline { get; set; } = deadline;

        public bool Ended { get; private set; }

        public void End(DateTimeOffset retryAt)
        {
            Ended = true;
            Deadline = retryAt;
        }
    }
}
