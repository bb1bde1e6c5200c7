using System.Globalization;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace Nines.Control.Store.Sqlite;

/// <summary>
/// Opens a store's file: makes a new one whole or not at all, refuses a damaged or newer one, and brings an older one up to date
/// after putting a copy aside.
/// </summary>
internal static class SqliteFile
{
    /// <summary>"Nine": marks the file as a store of Nines (SQLite's application_id).</summary>
    private const int ApplicationId = 0x4E696E65;

    private const string InMemory = ":memory:";

    private static ReadOnlySpan<byte> Magic => "SQLite format 3\0"u8;

    /// <exception cref="StoreException">It cannot be opened; the message says why and what to do.</exception>
    public static SqliteConnection Open(string path, IReadOnlyList<SqliteMigration> migrations, ILogger logger)
    {
        try
        {
            if (!File.Exists(path))
                Create(path, migrations, logger);
            CheckHeader(path);
            var connection = Connect(path, SqliteOpenMode.ReadWrite);
            try
            {
                Check(connection, path);
                Migrate(connection, path, migrations, logger);
                connection.Execute("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-8192; PRAGMA journal_size_limit=67108864;");
                return connection;
            }
            catch
            {
                connection.Dispose();
                throw;
            }
        }
        catch (SqliteException e)
        {
            throw SqliteErrors.Translate(e, path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreException($"The store {path} cannot be opened: {e.Message}", e);
        }
    }

    /// <summary>A store that lives as long as its connection.</summary>
    public static SqliteConnection OpenInMemory(IReadOnlyList<SqliteMigration> migrations, ILogger logger)
    {
        var connection = Connect(InMemory, SqliteOpenMode.Memory);
        connection.Execute($"PRAGMA application_id={ApplicationId}");
        Migrate(connection, InMemory, migrations, logger);
        return connection;
    }

    public static SqliteConnection Connect(string path, SqliteOpenMode mode)
    {
        // Not pooled: a closed store leaves no open file behind.
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Mode = mode, Pooling = false }.ConnectionString);
        connection.Open();
        return connection;
    }

    private static void Create(string path, IReadOnlyList<SqliteMigration> migrations, ILogger logger)
    {
        if (File.Exists(MarkerOf(path)) || new FileInfo(path + "-wal") is { Exists: true, Length: > 0 })
            throw SqliteErrors.Damaged(path, "the file is missing, and it was here once");
        // Built beside its place and renamed, so that whatever is found under the name was once complete.
        var draft = path + ".new";
        foreach (var leftover in new[] { draft, draft + "-journal", draft + "-wal", draft + "-shm" })
            File.Delete(leftover);
        using (var handle = File.OpenHandle(draft, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.ReadWrite))
            File.SetUnixFileMode(handle, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        using (var connection = Connect(draft, SqliteOpenMode.ReadWrite))
        {
            connection.Execute($"PRAGMA synchronous=FULL; PRAGMA application_id={ApplicationId}");
            Migrate(connection, draft, migrations, logger);
        }
        File.Move(draft, path);
        File.WriteAllText(MarkerOf(path), $"""
            Nines made {Path.GetFileName(path)} here. If that file is missing it was lost: put a backup in its place.
            To begin with an empty cloud instead, delete this file.

            """);
        FileSystem.SyncDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
    }

    /// <summary>Tells a store that was lost from one that never was.</summary>
    private static string MarkerOf(string path) => path + ".made";

    private static void CheckHeader(string path)
    {
        using var file = File.Open(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var header = new byte[Magic.Length];
        var length = file.ReadAtLeast(header, header.Length, throwOnEndOfStream: false);
        if (length == 0)
            throw SqliteErrors.Damaged(path, "it is empty");
        if (length < header.Length || !Magic.SequenceEqual(header))
            throw SqliteErrors.Damaged(path, "it does not begin as a store does");
    }

    private static void Check(SqliteConnection connection, string path)
    {
        if (connection.QueryNumber("PRAGMA application_id") != ApplicationId)
            throw SqliteErrors.Damaged(path, "it is a database of another program");
        if (connection.QueryText("PRAGMA quick_check(1)") is var verdict && verdict != "ok")
            throw SqliteErrors.Damaged(path, verdict.ReplaceLineEndings(" "));
    }

    private static void Migrate(SqliteConnection connection, string path, IReadOnlyList<SqliteMigration> migrations, ILogger logger)
    {
        var version = (int)connection.QueryNumber("PRAGMA user_version");
        var newest = migrations[^1].Version;
        if (version > newest)
            throw new StoreException($"The store {path} has format {version}, and this Nines knows formats up to {newest}. Start the newer Nines that wrote it.");
        if (version > 0 && version < newest)
            BackUp(connection, path, version, logger);
        foreach (var migration in migrations.Where(migration => migration.Version > version))
        {
            connection.InTransaction(() =>
            {
                migration.Apply(connection);
                connection.Execute(string.Create(CultureInfo.InvariantCulture, $"PRAGMA user_version={migration.Version}"));
            });
            logger.StoreMigrated(path, migration.Version, migration.Name);
        }
    }

    private static void BackUp(SqliteConnection connection, string path, int version, ILogger logger)
    {
        var backup = string.Create(CultureInfo.InvariantCulture, $"{path}.format{version}.backup");
        // A backup of an attempt that did not finish may be incomplete; the store is still as it was, so it is made again.
        File.Delete(backup);
        using (var command = connection.CreateCommand())
        {
            command.CommandText = "VACUUM INTO $backup";
            command.Parameters.AddWithValue("$backup", backup);
            command.ExecuteNonQuery();
        }
        using (var handle = File.OpenHandle(backup, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite))
        {
            File.SetUnixFileMode(handle, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            RandomAccess.FlushToDisk(handle);
        }
        FileSystem.SyncDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        logger.StoreBackedUp(backup);
    }
}
