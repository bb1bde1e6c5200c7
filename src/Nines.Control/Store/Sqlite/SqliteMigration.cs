using Microsoft.Data.Sqlite;

namespace Nines.Control.Store.Sqlite;

/// <summary>
/// One step of the store's format. Runs in a transaction of its own, which also records the version, and never changes once
/// it was released: a later correction is a later step.
/// </summary>
/// <param name="Version">The format that results; steps are numbered from 1 without gaps.</param>
/// <param name="Name">What it does, for the log.</param>
/// <param name="Apply">Changes tables or records; throws to leave the store as it was.</param>
internal sealed record SqliteMigration(int Version, string Name, Action<SqliteConnection> Apply)
{
    /// <summary>The way from an empty file to the format of this program.</summary>
    public static readonly IReadOnlyList<SqliteMigration> All =
    [
        new(1, "records, leases and the revision", static connection => connection.Execute("""
            CREATE TABLE records (key TEXT NOT NULL PRIMARY KEY, value BLOB NOT NULL, revision INTEGER NOT NULL, lease INTEGER NOT NULL);
            CREATE INDEX records_by_lease ON records (lease) WHERE lease <> 0;
            CREATE TABLE leases (id INTEGER PRIMARY KEY AUTOINCREMENT, ttl_ms INTEGER NOT NULL);
            CREATE TABLE head (id INTEGER PRIMARY KEY CHECK (id = 1), revision INTEGER NOT NULL);
            INSERT INTO head (id, revision) VALUES (1, 0);
            """)),
    ];
}
