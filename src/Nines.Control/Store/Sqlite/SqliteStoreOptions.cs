using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Nines.Control.Store.Sqlite;

/// <summary>How a store is opened.</summary>
internal sealed record SqliteStoreOptions
{
    /// <summary>The clock of leases.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    public ILogger Logger { get; init; } = NullLogger.Instance;

    /// <summary>The format's steps.</summary>
    public IReadOnlyList<SqliteMigration> Migrations { get; init; } = SqliteMigration.All;

    /// <summary>The file grows no larger than this many pages of 4 KiB; 0: as large as the disk allows.</summary>
    public long MaxPages { get; init; }

    /// <summary>Changes kept for watchers that come late.</summary>
    public int HistoryEvents { get; init; } = WatchHistory.DefaultMaxEvents;
}
