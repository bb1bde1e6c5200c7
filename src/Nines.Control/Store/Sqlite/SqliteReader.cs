using Microsoft.Data.Sqlite;

namespace Nines.Control.Store.Sqlite;

/// <summary>Reads a page of records and their revision as one.</summary>
internal static class SqliteReader
{
    public static StoreSnapshot Read(SqliteConnection connection, string prefix, string? afterKey, int limit)
    {
        connection.Execute("BEGIN");
        try
        {
            var revision = connection.QueryNumber("SELECT revision FROM head");
            var entries = ReadEntries(connection, prefix, afterKey, limit);
            var more = entries.Count > limit;
            if (more)
                entries.RemoveAt(limit);
            return new StoreSnapshot(revision, entries, more);
        }
        finally
        {
            connection.RollbackIfOpen();
        }
    }

    private static List<StoreEntry> ReadEntries(SqliteConnection connection, string prefix, string? afterKey, int limit)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT key, value, revision, lease FROM records WHERE key >= $prefix AND key < $end AND key > $after ORDER BY key LIMIT $limit";
        command.Parameters.AddWithValue("$prefix", prefix);
        // Keys are compared by their UTF-8 bytes; no character is greater than this one.
        command.Parameters.AddWithValue("$end", prefix + char.ConvertFromUtf32(0x10FFFF));
        command.Parameters.AddWithValue("$after", afterKey ?? "");
        // One more than asked for tells whether there is more.
        command.Parameters.AddWithValue("$limit", limit + 1L);
        using var reader = command.ExecuteReader();
        var entries = new List<StoreEntry>();
        while (reader.Read())
            entries.Add(new StoreEntry(reader.GetString(0), reader.GetFieldValue<byte[]>(1), reader.GetInt64(2), reader.GetInt64(3)));
        return entries;
    }
}
