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

    [LoggerMessage(5200, LogLevel.Information, "The API listens on {Endpoint}")]
    public static partial void GatewayListens(this ILogger logger, string endpoint);

    [LoggerMessage(5201, LogLevel.Information, "{Action} {Status} {ErrorCode} in {Milliseconds} ms, {Bytes} bytes to {AccessKeyId} at {Client} ({RequestId})")]
    public static partial void RequestAnswered(
        this ILogger logger, string action, int status, string errorCode, double milliseconds, int bytes, string accessKeyId, string client, string requestId);

    [LoggerMessage(5202, LogLevel.Debug, "The client of {RequestId} hung up: {Reason}")]
    public static partial void ClientHungUp(this ILogger logger, string requestId, string reason);

    [LoggerMessage(5203, LogLevel.Error, "{Action} failed ({RequestId})")]
    public static partial void RequestFaulted(this ILogger logger, Exception exception, string action, string requestId);

    [LoggerMessage(5204, LogLevel.Error, "{Action} was not recorded ({RequestId})")]
    public static partial void RequestRefusedByStore(this ILogger logger, Exception exception, string action, string requestId);

    [LoggerMessage(5205, LogLevel.Warning, "{Count} requests were still under way when the gateway stopped")]
    public static partial void GatewayDrainTimedOut(this ILogger logger, int count);

    [LoggerMessage(5206, LogLevel.Information, "Emptied {Part} of {AccountId}")]
    public static partial void PartReset(this ILogger logger, string part, string accountId);

    [LoggerMessage(5207, LogLevel.Information, "The console of {InstanceId} is open ({RequestId})")]
    public static partial void ConsoleOpened(this ILogger logger, string instanceId, string requestId);

    [LoggerMessage(5208, LogLevel.Information, "The console of {InstanceId} is closed ({RequestId})")]
    public static partial void ConsoleClosed(this ILogger logger, string instanceId, string requestId);

    [LoggerMessage(5020, LogLevel.Error, "The oldest lines of the audit could not be removed; it is tried again")]
    public static partial void AuditNotTrimmed(this ILogger logger, Exception exception);

    [LoggerMessage(5300, LogLevel.Information, "Host {HostId} joined: {Cpus} processors, {MemoryMiB} MiB, zones {Zones}")]
    public static partial void HostAdded(this ILogger logger, string hostId, int cpus, long memoryMiB, string zones);

    [LoggerMessage(5301, LogLevel.Warning, "Host {HostId} was not heard; listening again in {RetrySeconds} s")]
    public static partial void HostNotHeard(this ILogger logger, Exception exception, string hostId, double retrySeconds);

    [LoggerMessage(5303, LogLevel.Warning, "Instance {InstanceId} on host {HostId} is {State} for {Minutes:0} minutes")]
    public static partial void InstanceStuck(this ILogger logger, string instanceId, string state, string hostId, double minutes);

    [LoggerMessage(5302, LogLevel.Warning, "Host {HostId} has forgotten what it shall be; telling it again")]
    public static partial void HostForgot(this ILogger logger, string hostId);
}
