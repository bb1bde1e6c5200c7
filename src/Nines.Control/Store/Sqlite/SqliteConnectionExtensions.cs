using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Nines.Control.Store.Sqlite;

internal static class SqliteConnectionExtensions
{
    public static void Execute(this SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    public static long QueryNumber(this SqliteConnection connection, string sql) =>
        Convert.ToInt64(connection.Query(sql), CultureInfo.InvariantCulture);

    public static string QueryText(this SqliteConnection connection, string sql) =>
        Convert.ToString(connection.Query(sql), CultureInfo.InvariantCulture) ?? "";

    /// <summary>Runs the body in a transaction, which is rolled back when the body throws.</summary>
    public static void InTransaction(this SqliteConnection connection, Action body)
    {
        connection.Execute("BEGIN IMMEDIATE");
        try
        {
            body();
            connection.Execute("COMMIT");
        }
        catch
        {
            connection.RollbackIfOpen();
            throw;
        }
    }

    /// <summary>Some errors make SQLite roll back by itself; then there is nothing left to do.</summary>
    public static void RollbackIfOpen(this SqliteConnection connection)
    {
        if (SQLitePCL.raw.sqlite3_get_autocommit(connection.Handle!) == 0)
            connection.Execute("ROLLBACK");
    }

    private static object? Query(this SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }
}
