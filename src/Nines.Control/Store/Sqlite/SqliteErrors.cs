using Microsoft.Data.Sqlite;

namespace Nines.Control.Store.Sqlite;

/// <summary>Says what SQLite's result codes mean for the person who runs the cloud. Source: sqlite.org/rescode.html.</summary>
internal static class SqliteErrors
{
    private const int Full = 13;
    private const int Corrupt = 11;
    private const int NotADatabase = 26;
    private const int ReadOnly = 8;
    private const int CannotOpen = 14;

    public static StoreException Translate(SqliteException e, string path) => e.SqliteErrorCode switch
    {
        Full => new StoreFullException($"No room to write {path}. Make room on its disk; nothing that was acknowledged is lost.", e),
        Corrupt or NotADatabase => Damaged(path, e.Message, e),
        ReadOnly or CannotOpen => new StoreException($"{path} cannot be written. Check that its directory belongs to this user and is not read-only.", e),
        _ => new StoreException($"{path} cannot be read or written: {e.Message}. Check the disk, then start Nines again.", e),
    };

    public static StoreCorruptException Damaged(string path, string what, Exception? inner = null) => new(
        $"The store {path} is damaged ({what}) and was left as it is. Put a backup in its place, or move it away together with all "
        + $"{Path.GetFileName(path)}* files to begin with an empty cloud.", inner);
}
