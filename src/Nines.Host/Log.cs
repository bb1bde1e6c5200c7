using Microsoft.Extensions.Logging;

namespace Nines.Host;

/// <summary>
/// Every log message of the host. Event ids: 1000 processes, 1100 machines, 1150 kept guests, 1200 volumes, 1300 agent, 2000 networks,
/// 3000 images, 4000 metadata.
/// </summary>
internal static partial class Log
{
    [LoggerMessage(1000, LogLevel.Debug, "Ran {Command}: exit code {ExitCode} after {ElapsedMilliseconds} ms")]
    public static partial void CommandRan(this ILogger logger, string command, int exitCode, long elapsedMilliseconds);

    [LoggerMessage(1001, LogLevel.Warning, "Ended {Command}: still running after {TimeoutSeconds} s")]
    public static partial void CommandTimedOut(this ILogger logger, string command, double timeoutSeconds);

    [LoggerMessage(3000, LogLevel.Information, "Built image {Name} ({Digest}) in {ElapsedSeconds:0.0} s")]
    public static partial void ImageBuilt(this ILogger logger, string name, string digest, double elapsedSeconds);

    [LoggerMessage(3001, LogLevel.Information, "Imported image {Name} ({Digest}) from {Path}")]
    public static partial void ImageImported(this ILogger logger, string name, string digest, string path);

    [LoggerMessage(3002, LogLevel.Information, "Exported image {Name} to {Path}")]
    public static partial void ImageExported(this ILogger logger, string name, string path);

    [LoggerMessage(2000, LogLevel.Error, "The network {VpcId} cannot be made as it shall be; the next change tries again")]
    public static partial void NetworkFailed(this ILogger logger, Exception exception, string vpcId);

    [LoggerMessage(2001, LogLevel.Warning, "The name server of {Directory} had died; starting it again")]
    public static partial void NameServerRevived(this ILogger logger, string directory);

    [LoggerMessage(2002, LogLevel.Warning, "The flow logs of {VpcId} could not be written; what was counted stays counted until the next time")]
    public static partial void FlowsNotCollected(this ILogger logger, Exception exception, string vpcId);

    [LoggerMessage(2003, LogLevel.Warning, "Flow log {FlowLogId} could not be written for {InterfaceId}; its next lines say that some are missing")]
    public static partial void FlowLogNotWritten(this ILogger logger, Exception exception, string flowLogId, string interfaceId);

    [LoggerMessage(4000, LogLevel.Warning, "The metadata service no longer accepts connections in {VpcId}")]
    public static partial void MetadataListenerFailed(this ILogger logger, Exception exception, string vpcId);

    [LoggerMessage(1100, LogLevel.Warning, "Machine {VmId} runs without limits on processor time and memory")]
    public static partial void NoLimits(this ILogger logger, Exception exception, string vmId);

    [LoggerMessage(1101, LogLevel.Information, "Accelerator {Accelerator} boots a guest: {Boots} {Reason}")]
    public static partial void AcceleratorProbed(this ILogger logger, string accelerator, bool boots, string reason);

    [LoggerMessage(1102, LogLevel.Information, "Machine {VmId}: {Action}")]
    public static partial void VmStepTaken(this ILogger logger, string vmId, Vms.VmAction action);

    [LoggerMessage(1103, LogLevel.Warning, "Machine {VmId} could not be reconciled; trying again in {RetrySeconds} s")]
    public static partial void VmReconcileFailed(this ILogger logger, Exception exception, string vmId, double retrySeconds);

    [LoggerMessage(1104, LogLevel.Warning, "Machine {VmId} could not be started")]
    public static partial void VmStartFailed(this ILogger logger, Exception exception, string vmId);

    [LoggerMessage(1105, LogLevel.Information, "Machine {VmId} was found running as process {Pid}")]
    public static partial void VmAdopted(this ILogger logger, string vmId, int pid);

    [LoggerMessage(1106, LogLevel.Warning, "Machine {VmId} could not be launched from kept memory; it boots")]
    public static partial void FastLaunchFailed(this ILogger logger, Exception exception, string vmId);

    [LoggerMessage(1107, LogLevel.Warning, "The memory of machine {VmId} could not be saved; it is asked to shut down")]
    public static partial void HibernationFailed(this ILogger logger, Exception exception, string vmId);

    [LoggerMessage(1108, LogLevel.Warning, "Machine {VmId} could not be given, or relieved of, a disk; trying again")]
    public static partial void DisksNotPlugged(this ILogger logger, Exception exception, string vmId);

    [LoggerMessage(1109, LogLevel.Warning, "Machine {VmId} could not be given, or relieved of, an adapter; trying again")]
    public static partial void AdaptersNotPlugged(this ILogger logger, Exception exception, string vmId);

    [LoggerMessage(1110, LogLevel.Warning, "The hypervisor of machine {VmId} ended without being asked; the last that it said: {LastWords}")]
    public static partial void VmCrashed(this ILogger logger, string vmId, string lastWords);

    [LoggerMessage(1150, LogLevel.Information, "Kept guest {KeptId} of image {Image} for {InstanceType} in {ElapsedSeconds:0.0} s")]
    public static partial void GuestKept(this ILogger logger, string keptId, string image, string instanceType, double elapsedSeconds);

    [LoggerMessage(1151, LogLevel.Warning, "No guest could be kept for {InstanceType} of image {ImageDigest}; machines of it boot")]
    public static partial void GuestNotKept(this ILogger logger, Exception exception, string instanceType, string imageDigest);

    [LoggerMessage(1152, LogLevel.Warning, "Kept guest {KeptId} is damaged and was removed")]
    public static partial void KeptGuestDamaged(this ILogger logger, Exception exception, string keptId);

    [LoggerMessage(1153, LogLevel.Information, "Removed kept guest {KeptId} ({MiB} MiB): its image is gone, or others needed its room")]
    public static partial void KeptGuestRemoved(this ILogger logger, string keptId, long miB);

    [LoggerMessage(1155, LogLevel.Information, "Machines of kept guest {KeptId} (image {Image}, {InstanceType}) are forked from now on: its zygote took {ElapsedSeconds:0.0} s")]
    public static partial void ZygoteMade(this ILogger logger, string keptId, string image, string instanceType, double elapsedSeconds);

    [LoggerMessage(1156, LogLevel.Warning, "Machines of kept guest {KeptId} cannot be forked; they are restored, each by a hypervisor of its own")]
    public static partial void ZygoteNotMade(this ILogger logger, Exception exception, string keptId);

    [LoggerMessage(1157, LogLevel.Information, "The zygote of kept guest {KeptId} was ended")]
    public static partial void ZygoteEnded(this ILogger logger, string keptId);

    [LoggerMessage(1158, LogLevel.Warning, "The zygote of kept guest {KeptId} could not be forked for {VmId}, which is restored")]
    public static partial void ZygoteFailed(this ILogger logger, Exception exception, string keptId, string vmId);

    [LoggerMessage(1159, LogLevel.Warning, "The guest of kept guest {KeptId} did not rehearse (attempt {Attempt} of {Attempts}); without, its forks translate their code when they first run it")]
    public static partial void RehearsalFailed(this ILogger logger, Exception exception, string keptId, int attempt, int attempts);

    [LoggerMessage(1154, LogLevel.Error, "Guests could not be kept; trying again in {RetrySeconds} s, machines boot meanwhile")]
    public static partial void KeepingFailed(this ILogger logger, Exception exception, double retrySeconds);

    [LoggerMessage(1200, LogLevel.Warning, "Volume {VolumeId} could not be reconciled")]
    public static partial void VolumeFailed(this ILogger logger, Exception exception, string volumeId);

    [LoggerMessage(1201, LogLevel.Warning, "Snapshot {SnapshotId} could not be reconciled")]
    public static partial void SnapshotFailed(this ILogger logger, Exception exception, string snapshotId);

    [LoggerMessage(1202, LogLevel.Information, "Transfer {TransferId} is done: s3://{Bucket}/{Key}")]
    public static partial void Transferred(this ILogger logger, string transferId, string bucket, string key);

    [LoggerMessage(1203, LogLevel.Warning, "Transfer {TransferId} failed")]
    public static partial void TransferFailed(this ILogger logger, Exception exception, string transferId);

    [LoggerMessage(1204, LogLevel.Warning, "Volumes could not be reconciled; trying again in {RetrySeconds} s")]
    public static partial void VolumesFailed(this ILogger logger, Exception exception, double retrySeconds);

    [LoggerMessage(1300, LogLevel.Warning, "Networks could not be reconciled; trying again in {RetrySeconds} s")]
    public static partial void NetworksFailed(this ILogger logger, Exception exception, double retrySeconds);

    [LoggerMessage(1301, LogLevel.Information, "Accepted generation {Generation}")]
    public static partial void GenerationAccepted(this ILogger logger, long generation);

    [LoggerMessage(1302, LogLevel.Warning, "The machine's networks could not be set up (attempt {Attempt}); once more")]
    public static partial void GatewayNotSetUp(this ILogger logger, Exception exception, int attempt);

    [LoggerMessage(1210, LogLevel.Warning, "The {Copy} copy of {VolumeId} is lost: {Error}; its machine goes on with the other")]
    public static partial void MirrorCopyLost(this ILogger logger, string volumeId, Mirrors.MirrorCopy copy, string error);

    [LoggerMessage(1211, LogLevel.Information, "The {Copy} copy of {VolumeId} is there again")]
    public static partial void MirrorCopyRebuilt(this ILogger logger, string volumeId, Mirrors.MirrorCopy copy);

    [LoggerMessage(1212, LogLevel.Warning, "The {Copy} copy of {VolumeId} could not be made: {Error}; tried again later")]
    public static partial void MirrorCopyNotRebuilt(this ILogger logger, string volumeId, Mirrors.MirrorCopy copy, string error);

    [LoggerMessage(1213, LogLevel.Information, "Compared the copies of {VolumeId}: {Mebibytes} MiB of each, {Places} places differ")]
    public static partial void Scrubbed(this ILogger logger, string volumeId, long mebibytes, int places);

    [LoggerMessage(1214, LogLevel.Warning, "The copies of {VolumeId} could not be compared: {Error}; tried again later")]
    public static partial void NotScrubbed(this ILogger logger, string volumeId, string error);

    [LoggerMessage(1220, LogLevel.Debug, "The copy of {VolumeId} is that of {Moment:u}, after {Seconds:0.0} s")]
    public static partial void ReplicaMade(this ILogger logger, string volumeId, DateTimeOffset moment, double seconds);

    [LoggerMessage(1221, LogLevel.Warning, "{VolumeId} could not be copied: {Error}; tried again later, and nobody waits for it")]
    public static partial void ReplicaNotMade(this ILogger logger, string volumeId, string error);

    [LoggerMessage(1222, LogLevel.Warning, "{VolumeId}, whose disk was lost, goes on as it was at {Moment:u}: that was accepted")]
    public static partial void ReplicaAccepted(this ILogger logger, string volumeId, DateTimeOffset moment);

    [LoggerMessage(1215, LogLevel.Warning, "What a machine waits for is not mended yet")]
    public static partial void MirrorsNotReconciled(this ILogger logger, Exception exception);
}
