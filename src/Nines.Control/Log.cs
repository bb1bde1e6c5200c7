using Microsoft.Extensions.Logging;
using Nines.Control.Store;

namespace Nines.Control;

/// <summary>Every log message of the control plane. Event ids: 5000 store, 5100 reconcile, 5200 gateway, 5300 hosts, 6000 services.</summary>
internal static partial class Log
{
    [LoggerMessage(5000, LogLevel.Information, "Brought {Path} to format {Version}: {Name}")]
    public static partial void StoreMigrated(this ILogger logger, string path, int version, string name);

    [LoggerMessage(5001, LogLevel.Information, "Kept a copy of the store as {Backup}")]
    public static partial void StoreBackedUp(this ILogger logger, string backup);

    [LoggerMessage(5002, LogLevel.Error, "Failed to write {Path}; {Count} transactions were not applied together")]
    public static partial void StoreWriteFailed(this ILogger logger, Exception exception, string path, int count);

    [LoggerMessage(5003, LogLevel.Warning, "Lease {LeaseId} has ended but its records are not removed yet")]
    public static partial void LeaseNotRemoved(this ILogger logger, Exception exception, long leaseId);

    [LoggerMessage(5010, LogLevel.Warning, "The view fell behind: changes after {AfterRevision} are gone, the oldest are after {OldestRevision}; reading everything again")]
    public static partial void ViewFellBehind(this ILogger logger, long afterRevision, long oldestRevision);

    [LoggerMessage(5011, LogLevel.Critical, "The view no longer follows the store")]
    public static partial void ViewEnded(this ILogger logger, Exception exception);

    [LoggerMessage(5012, LogLevel.Error, "A subscriber of {Table} failed on {Key}")]
    public static partial void SubscriberFailed(this ILogger logger, Exception exception, string table, ResourceKey key);

    [LoggerMessage(5100, LogLevel.Warning, "Reconciling {Reconciler} {Key} failed; it is tried again")]
    public static partial void ReconcileFailed(this ILogger logger, Exception exception, string reconciler, ResourceKey key);

    [LoggerMessage(5101, LogLevel.Error, "Reconciling {Reconciler} {Key} took longer than {DeadlineSeconds} s; it is tried again")]
    public static partial void ReconcileOverdue(this ILogger logger, Exception exception, string reconciler, ResourceKey key, double deadlineSeconds);

    [LoggerMessage(5102, LogLevel.Warning, "Reconciling {Reconciler} {Key} cannot succeed: {Code}")]
    public static partial void ReconcileGaveUp(this ILogger logger, Exception exception, string reconciler, ResourceKey key, string code);
}
