using Nines.Control.Services.Ec2.ImportTasks;
using Nines.Host.Api;

namespace Nines.Control.Services.Ec2.ExportTasks;

/// <summary>What a host's observations make of an export: pure.</summary>
internal static class ExportTaskPlan
{
    /// <summary>The task as it becomes; the same object when nothing changes.</summary>
    public static ExportTask Observe(ExportTask task, TransferStatus observed, DateTimeOffset now) => (task.State, observed.State) switch
    {
        (ImportTaskState.Active, TransferState.Ready) => task with { State = ImportTaskState.Completed, Progress = TransferState.Ready, Percent = 100, HostId = null, EndTime = now },
        (ImportTaskState.Active, TransferState.Failed) => Fail(task, ImportTaskPlan.ReasonOf(observed.Message ?? "")),
        (ImportTaskState.Active, TransferState.Gone) => task,
        (ImportTaskState.Active, _) when (observed.State, observed.Percent) != (task.Progress, task.Percent) => task with { Progress = observed.State, Percent = observed.Percent },
        (ImportTaskState.Deleting, TransferState.Gone) => task with { State = ImportTaskState.Deleted, HostId = null, EndTime = now },
        _ => task,
    };

    /// <summary>Has a task come to nothing; what there is of it goes.</summary>
    public static ExportTask Fail(ExportTask task, string reason) => task with { State = ImportTaskState.Deleting, StatusMessage = reason };

    /// <summary>The key of the file ("Exporting a VM directly from an AMI" of the VM Import/Export user guide).</summary>
    public static string KeyOf(ExportTask task) => $"{task.Prefix}{task.Id}.{task.Format.ToString().ToLowerInvariant()}";

    /// <summary>The disk that a host is to bring into its bucket, or to take away.</summary>
    public static TransferSpec Wanted(ExportTask task) => new()
    {
        Id = task.Id,
        AccountId = task.AccountId,
        Bucket = task.Bucket,
        Key = KeyOf(task),
        Format = task.Format,
        IsExport = true,
        ImageDigest = task.ImageDigest,
        SnapshotId = task.SnapshotId,
        Presence = task.State is ImportTaskState.Deleting ? Presence.Absent : Presence.Present,
    };
}
