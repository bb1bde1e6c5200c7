using System.Collections.Immutable;
using Nines.Api.Ec2;
using Nines.Host.Api;

namespace Nines.Control.Services.Ec2.ImportTasks;

/// <summary>What a host's observations make of an import: pure.</summary>
internal static class ImportTaskPlan
{
    /// <summary>How long a task is told of after its end.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromDays(7);

    private const string DiskFull = "No space left on device";

    /// <summary>The task as it becomes; the same object when nothing changes.</summary>
    public static ImportTask Observe(ImportTask task, TransferStatus observed)
    {
        var index = task.Disks.Select(disk => disk.SnapshotId).ToList().IndexOf(observed.Id);
        if (index < 0 || task.State is not (ImportTaskState.Active or ImportTaskState.Deleting) || (task.State is ImportTaskState.Active && observed.State is TransferState.Gone))
        {
            return task;
        }

        var disk = task.Disks[index];
        var next = disk with { State = observed.State, Percent = observed.Percent, Message = observed.Message, Disk = observed.Disk };
        return next == disk ? task : task with { Disks = task.Disks.SetItem(index, next) };
    }

    /// <summary>The task as what its disks are makes it; the same object: there is nothing to do, or it is to be completed (<see cref="IsWhole"/>).</summary>
    public static ImportTask Next(ImportTask task, DateTimeOffset now) => task.State switch
    {
        ImportTaskState.Active when task.Disks.FirstOrDefault(disk => disk.State is TransferState.Failed) is { } failed => Fail(task, ReasonOf(failed.Message ?? "")),
        ImportTaskState.Active when IsWhole(task) && task.IsImage && BootModeOf(task) is null => Fail(task, WhyNoBoot(task)),
        ImportTaskState.Deleting when task.Disks.All(disk => disk.State is TransferState.Gone) => task with { State = ImportTaskState.Deleted, HostId = null, EndTime = now },
        _ => task,
    };

    /// <summary>Whether all disks are there.</summary>
    public static bool IsWhole(ImportTask task) => task.State is ImportTaskState.Active && task.Disks.All(disk => disk.State is TransferState.Ready);

    /// <summary>Has a task come to nothing; what there is of it goes.</summary>
    public static ImportTask Fail(ImportTask task, string reason) => task with { State = ImportTaskState.Deleting, StatusMessage = reason };

    /// <summary>What a user reads of a host's reason.</summary>
    public static string ReasonOf(string reason) => reason.Contains(DiskFull, StringComparison.Ordinal)
        ? $"ServerError: an internal error has occurred during conversion. [{reason}]"
        : $"ClientError: Disk validation failed [{reason}]";

    /// <summary>How the image is started; <see langword="null"/>: it cannot be so. A disk that can do both starts faster by BIOS.</summary>
    public static string? BootModeOf(ImportTask task) => (task.BootMode, task.Disks[0].Disk) switch
    {
        (null or BootModeValues.LegacyBios, { HasBootSector: true }) => BootModeValues.LegacyBios,
        (null or BootModeValues.Uefi, { HasEfiSystemPartition: true }) => BootModeValues.Uefi,
        _ => null,
    };

    private static string WhyNoBoot(ImportTask task) => task.BootMode switch
    {
        BootModeValues.LegacyBios => "ClientError: BootMode is legacy-bios, and the root disk has no boot sector",
        BootModeValues.Uefi => "ClientError: BootMode is uefi, and the root disk has no EFI system partition",
        _ => "ClientError: No valid partitions. Not a valid volume.",
    };

    /// <summary>The disks that a host is to bring out of their buckets, or to forget.</summary>
    public static IEnumerable<TransferSpec> Wanted(ImportTask task, Func<Encryption.VolumeKey?, DiskKey?> tell) => task.Disks.Select(disk => new TransferSpec
    {
        Id = disk.SnapshotId,
        AccountId = task.AccountId,
        Bucket = disk.Bucket,
        Key = disk.Key,
        Format = disk.Format,
        DiskKey = task.State is ImportTaskState.Active ? tell(disk.EncryptionKey) : null,
        Presence = task.State is ImportTaskState.Deleting ? Presence.Absent : Presence.Present,
    });
}
