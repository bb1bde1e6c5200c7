using Microsoft.Data.Sqlite;

namespace Nines.Control.Store.Sqlite;

/// <summary>The statements of the one connection that writes. A group of transactions becomes durable together.</summary>
internal sealed class SqliteWriter : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly List<SqliteCommand> _commands = [];
    private readonly Statement _begin;
    private readonly Statement _commit;
    private readonly Statement _revisionOf;
    private readonly Statement _put;
    private readonly Statement _delete;
    private readonly Statement _setHead;
    private readonly Statement _grant;
    private readonly Statement _revoke;
    private readonly Statement _keysOfLease;
    private List<StoreBatch> _batches = [];
    private long _durableRevision;

    public SqliteWriter(SqliteConnection connection)
    {
        _connection = connection;
        _begin = Prepare("BEGIN IMMEDIATE");
        _commit = Prepare("COMMIT");
        _revisionOf = Prepare("SELECT revision FROM records WHERE key = $0", 1);
        _put = Prepare("""
            INSERT INTO records (key, value, revision, lease) VALUES ($0, $1, $2, $3)
            ON CONFLICT (key) DO UPDATE SET value = excluded.value, revision = excluded.revision, lease = excluded.lease
            """, 4);
        _delete = Prepare("DELETE FROM records WHERE key = $0", 1);
        _setHead = Prepare("UPDATE head SET revision = $0", 1);
        _grant = Prepare("INSERT INTO leases (ttl_ms) VALUES ($0) RETURNING id", 1);
        _revoke = Prepare("DELETE FROM leases WHERE id = $0", 1);
        _keysOfLease = Prepare("SELECT key FROM records WHERE lease = $0 ORDER BY key", 1);
        Revision = _durableRevision = StoredRevision;
    }

    /// <summary>The revision of the newest transaction applied, durable or not.</summary>
    public long Revision { get; private set; }

    private long StoredRevision => _connection.QueryNumber("SELECT revision FROM head");

    /// <summary>Leases by id with their time to live.</summary>
    public IReadOnlyList<(long Id, TimeSpan TimeToLive)> ReadLeases()
    {
        using var command = _connection.CreateCommand();
        command.CommandText = "SELECT id, ttl_ms FROM leases";
        using var reader = command.ExecuteReader();
        var leases = new List<(long, TimeSpan)>();
        while (reader.Read())
            leases.Add((reader.GetInt64(0), TimeSpan.FromMilliseconds(reader.GetInt64(1))));
        return leases;
    }

    public void Begin() => _begin.Run();

    /// <summary>Makes the group durable and returns what it changed.</summary>
    public List<StoreBatch> Commit()
    {
        if (Revision != _durableRevision)
            _setHead.Run(Revision);
        _commit.Run();
        _durableRevision = Revision;
        (var batches, _batches) = (_batches, []);
        return batches;
    }

    /// <summary>Forgets the group.</summary>
    /// <returns>False: it cannot be told what is on the disk, and nothing more may be written.</returns>
    public bool Rollback()
    {
        _batches = [];
        Revision = _durableRevision;
        try
        {
            _connection.RollbackIfOpen();
            return StoredRevision == _durableRevision;
        }
        catch (SqliteException)
        {
            return false;
        }
    }

    public CommitResult Apply(StoreTransaction transaction)
    {
        foreach (var condition in transaction.Conditions)
        {
            if ((_revisionOf.Query(condition.Key) as long? ?? 0) != condition.Revision)
                return new CommitResult(false, Revision, condition.Key);
        }
        var revision = Revision + 1;
        var events = new List<StoreEvent>(transaction.Mutations.Count);
        foreach (var mutation in transaction.Mutations)
        {
            if (mutation.Value is null && _delete.Run(mutation.Key) == 0)
                continue;
            if (mutation.Value is not null)
                _put.Run(mutation.Key, mutation.Value, revision, mutation.LeaseId);
            events.Add(new StoreEvent(mutation.Key, mutation.Value, mutation.Decoded));
        }
        if (events.Count > 0)
        {
            Revision = revision;
            _batches.Add(new StoreBatch(revision, events));
        }
        return new CommitResult(true, Revision);
    }

    public long Grant(TimeSpan timeToLive) => (long)_grant.Query((long)timeToLive.TotalMilliseconds)!;

    public void Revoke(long leaseId)
    {
        Apply(new StoreTransaction([], [.. _keysOfLease.QueryTexts(leaseId).Select(key => new StoreMutation(key, null))]));
        _revoke.Run(leaseId);
    }

    public void Dispose()
    {
        foreach (var command in _commands)
            command.Dispose();
    }

    private Statement Prepare(string sql, int parameters = 0)
    {
        var command = _connection.CreateCommand();
        command.CommandText = sql;
        for (var i = 0; i < parameters; i++)
            command.Parameters.Add(new SqliteParameter { ParameterName = "$" + i });
        command.Prepare();
        _commands.Add(command);
        return new Statement(command);
    }

    private readonly struct Statement(SqliteCommand command)
    {
        public int Run(params ReadOnlySpan<object> arguments)
        {
            Bind(arguments);
            return command.ExecuteNonQuery();
        }

        public object? Query(params ReadOnlySpan<object> arguments)
        {
            Bind(arguments);
            return command.ExecuteScalar();
        }

        public List<string> QueryTexts(params ReadOnlySpan<object> arguments)
        {
            Bind(arguments);
            using var reader = command.ExecuteReader();
            var texts = new List<string>();
            while (reader.Read())
                texts.Add(reader.GetString(0));
            return texts;
        }

        private void Bind(ReadOnlySpan<object> arguments)
        {
            for (var i = 0; i < arguments.Length; i++)
                command.Parameters[i].Value = arguments[i];
        }
    }
}
