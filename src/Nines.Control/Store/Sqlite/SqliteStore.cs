using System.Globalization;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace Nines.Control.Store.Sqlite;

/// <summary>
/// The store of a cloud on one machine: a SQLite file with a write-ahead log, synced at every commit. One thread writes; all
/// transactions that queued up while it synced become durable with the next sync.
/// </summary>
internal sealed class SqliteStore : IStore
{
    /// <summary>At most so many transactions share a sync, so that the first does not wait for ever.</summary>
    public const int MaxGroup = 256;

    private readonly string _path;
    private readonly SqliteConnection _connection;
    private readonly SqliteConnection? _readConnection;
    private readonly SqliteWriter _writer;
    private readonly WatchHistory _history;
    private readonly LeaseClock _leases;
    private readonly ILogger _logger;
    private readonly Lock _writing = new();
    private readonly Lock _reading = new();
    private readonly object _queueGate = new();
    private readonly Thread? _thread;
    private List<SqliteWork> _queue = [];
    private long _revision;
    private bool _closed;
    private StoreException? _fault;

    private SqliteStore(string path, SqliteConnection connection, SqliteConnection? readConnection, SqliteStoreOptions options)
    {
        _path = path;
        _connection = connection;
        _readConnection = readConnection;
        _logger = options.Logger;
        if (options.MaxPages > 0)
            connection.Execute(string.Create(CultureInfo.InvariantCulture, $"PRAGMA max_page_count={options.MaxPages}"));
        _writer = new SqliteWriter(connection);
        _revision = _writer.Revision;
        _history = new WatchHistory(_revision, options.HistoryEvents);
        _leases = new LeaseClock(options.Time, leaseId => _ = ExpireAsync(leaseId));
        foreach (var (id, timeToLive) in _writer.ReadLeases())
            _leases.Start(id, timeToLive);
        if (readConnection is null)
            return;
        _thread = new Thread(WriteQueue) { IsBackground = true, Name = "store writer" };
        _thread.Start();
    }

    public long Revision => Volatile.Read(ref _revision);

    /// <summary>Opens the store in a file, or makes it. Leases that were alive when it was closed start their time anew.</summary>
    /// <exception cref="StoreException">It cannot be opened; the message says why and what to do.</exception>
    public static SqliteStore Open(string path, SqliteStoreOptions? options = null)
    {
        options ??= new SqliteStoreOptions();
        var connection = SqliteFile.Open(path, options.Migrations, options.Logger);
        return new SqliteStore(path, connection, SqliteFile.Connect(path, SqliteOpenMode.ReadOnly), options);
    }

    /// <summary>
    /// A store that vanishes when it is disposed of. Each transaction is done when its call returns, on the caller's thread:
    /// a simulation stays deterministic.
    /// </summary>
    public static SqliteStore OpenInMemory(SqliteStoreOptions? options = null)
    {
        options ??= new SqliteStoreOptions();
        return new SqliteStore(":memory:", SqliteFile.OpenInMemory(options.Migrations, options.Logger), null, options);
    }

    public ValueTask<CommitResult> CommitAsync(StoreTransaction transaction, CancellationToken cancellationToken)
    {
        StoreLimits.Check(transaction);
        return EnqueueAsync(new SqliteWork<CommitResult>(writer =>
        {
            foreach (var mutation in transaction.Mutations)
            {
                if (mutation.LeaseId != 0)
                    _leases.RequireAlive(mutation.LeaseId);
            }
            return writer.Apply(transaction);
        }, static result => StoreMeters.Commits.Add(1, new KeyValuePair<string, object?>("result", result.Succeeded ? "applied" : "conflict"))), cancellationToken);
    }

    public ValueTask<StoreSnapshot> ReadAsync(string prefix, string? afterKey, int limit, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            using (EnterReading())
            {
                ObjectDisposedException.ThrowIf(_closed, this);
                return ValueTask.FromResult(SqliteReader.Read(_readConnection ?? _connection, prefix, afterKey, limit));
            }
        }
        catch (SqliteException e)
        {
            throw SqliteErrors.Translate(e, _path);
        }
    }

    public IAsyncEnumerable<StoreBatch> WatchAsync(long afterRevision, string prefix, CancellationToken cancellationToken) =>
        _history.WatchAsync(afterRevision, prefix, cancellationToken);

    public ValueTask<long> GrantLeaseAsync(TimeSpan timeToLive, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(timeToLive, TimeSpan.FromMilliseconds(1));
        return EnqueueAsync(new SqliteWork<long>(writer => writer.Grant(timeToLive), id => _leases.Start(id, timeToLive)), cancellationToken);
    }

    public ValueTask KeepLeaseAliveAsync(long leaseId, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _leases.KeepAlive(leaseId);
        return ValueTask.CompletedTask;
    }

    public async ValueTask RevokeLeaseAsync(long leaseId, CancellationToken cancellationToken)
    {
        if (_leases.TryEnd(leaseId))
            await RemoveLeaseAsync(leaseId, cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        lock (_queueGate)
        {
            if (_closed)
                return;
            _closed = true;
            Monitor.Pulse(_queueGate);
        }
        _leases.Dispose();
        if (_thread is not null)
            await Task.Run(_thread.Join);
        _history.End(new ObjectDisposedException(nameof(SqliteStore)));
        lock (_reading)
            _readConnection?.Dispose();
        lock (_writing)
        {
            _writer.Dispose();
            _connection.Dispose();
        }
    }

    private async ValueTask<TResult> EnqueueAsync<TResult>(SqliteWork<TResult> work, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (_thread is null)
        {
            ObjectDisposedException.ThrowIf(_closed, this);
            RunGroup([work]);
            return await work.WaitAsync(CancellationToken.None);
        }
        lock (_queueGate)
        {
            ObjectDisposedException.ThrowIf(_closed, this);
            _queue.Add(work);
            Monitor.Pulse(_queueGate);
        }
        return await work.WaitAsync(cancellationToken);
    }

    private void WriteQueue()
    {
        while (true)
        {
            List<SqliteWork> queue;
            lock (_queueGate)
            {
                while (_queue.Count == 0 && !_closed)
                    Monitor.Wait(_queueGate);
                if (_queue.Count == 0)
                    return;
                (queue, _queue) = (_queue, []);
            }
            foreach (var group in queue.Chunk(MaxGroup))
                RunGroup(group);
        }
    }

    private void RunGroup(SqliteWork[] group)
    {
        var started = TimeProvider.System.GetTimestamp();
        lock (_writing)
        {
            if (_fault is not null)
            {
                Array.ForEach(group, work => work.Fail(_fault));
                return;
            }
            List<StoreBatch> batches;
            try
            {
                _writer.Begin();
                Array.ForEach(group, work => work.Execute(_writer));
                batches = _writer.Commit();
            }
            catch (SqliteException e)
            {
                RecoverFrom(e, group);
                return;
            }
            Volatile.Write(ref _revision, _writer.Revision);
            _history.Append(batches);
        }
        StoreMeters.GroupSize.Record(group.Length);
        StoreMeters.GroupDuration.Record(TimeProvider.System.GetElapsedTime(started).TotalSeconds);
        Array.ForEach(group, work => work.Complete());
    }

    private void RecoverFrom(SqliteException e, SqliteWork[] group)
    {
        var error = SqliteErrors.Translate(e, _path);
        _logger.StoreWriteFailed(e, _path, group.Length);
        if (!_writer.Rollback())
        {
            // After a failed sync nobody knows what is on the disk: only a fresh start reads it again.
            _fault = new StoreException($"{_path} failed while writing, and is written no more. Check the disk, then start Nines again.", e);
            Array.ForEach(group, work => work.Fail(_fault));
        }
        else if (group.Length == 1)
        {
            group[0].Fail(error);
        }
        else
        {
            // One that is too large must not take the others with it.
            Array.ForEach(group, work => RunGroup([work]));
        }
    }

    private async Task ExpireAsync(long leaseId)
    {
        try
        {
            await RemoveLeaseAsync(leaseId, CancellationToken.None);
        }
        catch (Exception e) when (e is StoreException or ObjectDisposedException)
        {
            _logger.LeaseNotRemoved(e, leaseId);
        }
    }

    /// <summary>Removes a lease that has ended, and its records. When that fails the clock calls again.</summary>
    private async ValueTask RemoveLeaseAsync(long leaseId, CancellationToken cancellationToken) =>
        await EnqueueAsync(new SqliteWork<bool>(writer =>
        {
            writer.Revoke(leaseId);
            return true;
        }, _ => _leases.Forget(leaseId)), cancellationToken);

    // In memory there is one connection, so reading excludes writing too.
    private Lock.Scope EnterReading() => _readConnection is null ? _writing.EnterScope() : _reading.EnterScope();
}
