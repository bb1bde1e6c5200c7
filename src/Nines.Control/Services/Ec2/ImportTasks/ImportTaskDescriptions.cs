using System.Globalization;
using Nines.Api.Ec2;
using Nines.Control.Services.Ec2.Images;
using Nines.Control.Services.Ec2.Tags;
using Nines.Host.Api;

namespace Nines.Control.Services.Ec2.ImportTasks;

/// <summary>Imports as EC2 answers them.</summary>
internal static class ImportTaskDescriptions
{
    /// <summary>How much of an import's work is done when its disks are: the rest makes the image of them.</summary>
    private const int DisksPercent = 95;

    /// <summary>A state by EC2's name for it.</summary>
    public static string Name(ImportTaskState state) => state.ToString().ToLowerInvariant();

    /// <summary>The import of an image.</summary>
    public static ImportImageTask Image(ImportTask task) => new()
    {
        ImportTaskId = task.Id,
        Architecture = ArchitectureValues.X8664,
        BootMode = task.BootMode,
        Description = task.Description,
        Encrypted = task.Encrypted,
        ImageId = task.ImageId,
        KmsKeyId = task.Disks[0].EncryptionKey?.KmsKeyArn,
        LicenseType = task.LicenseType ?? ImportRequests.OwnLicense,
        Platform = ImportRequests.NameOf(task.Platform),
        Progress = task.State is ImportTaskState.Active ? Percent(task) : null,
        SnapshotDetails = [.. task.Disks.Select(disk => Detail(task, disk))],
        Status = Name(task.State),
        StatusMessage = Message(task),
        Tags = task.Tags.ToApiOrNull(),
        UsageOperation = task.Platform.UsageOperation(),
    };

    /// <summary>The import of a snapshot.</summary>
    public static ImportSnapshotTask Snapshot(ImportTask task) => new()
    {
        ImportTaskId = task.Id,
        Description = task.Description,
        SnapshotTaskDetail = SnapshotDetail(task),
        Tags = task.Tags.ToApiOrNull(),
    };

    /// <summary>What is told of the import of a snapshot beside its name.</summary>
    public static SnapshotTaskDetail SnapshotDetail(ImportTask task)
    {
        var disk = task.Disks[0];
        return new SnapshotTaskDetail
        {
            Description = disk.Description,
            DiskImageSize = disk.FileBytes,
            Encrypted = disk.EncryptionKey is not null,
            Format = Name(disk.Disk?.Format ?? disk.Format),
            KmsKeyId = disk.EncryptionKey?.KmsKeyArn,
            Progress = task.State is ImportTaskState.Active or ImportTaskState.Completed ? Percent(task) : null,
            SnapshotId = task.State is ImportTaskState.Completed ? disk.SnapshotId : null,
            Status = Name(task.State),
            StatusMessage = Message(task),
            Url = disk.Url,
            UserBucket = new UserBucketDetails { S3Bucket = disk.Bucket, S3Key = disk.Key },
        };
    }

    private static SnapshotDetail Detail(ImportTask task, ImportDisk disk) => new()
    {
        Description = disk.Description,
        DeviceName = disk.DeviceName,
        DiskImageSize = disk.FileBytes,
        Format = Name(disk.Disk?.Format ?? disk.Format),
        Progress = task.State is ImportTaskState.Active ? disk.Percent.ToString(CultureInfo.InvariantCulture) : null,
        SnapshotId = task.State is ImportTaskState.Completed ? disk.SnapshotId : null,
        Status = task.State is ImportTaskState.Active && disk.State is TransferState.Ready ? Name(ImportTaskState.Completed) : Name(task.State),
        StatusMessage = disk.Message,
        Url = disk.Url,
        UserBucket = new UserBucketDetails { S3Bucket = disk.Bucket, S3Key = disk.Key },
    };

    /// <summary>What it is at, by the first disk that is not there yet; or how it ended, where it did not end well.</summary>
    private static string? Message(ImportTask task) => task.State is not ImportTaskState.Active ? task.StatusMessage
        : Phase(task.Disks.Select(disk => disk.State).Where(state => state is not TransferState.Ready).DefaultIfEmpty(TransferState.Ready).Max(), task.IsImage);

    private static string Phase(TransferState state, bool isImage) => state switch
    {
        TransferState.Waiting => "pending",
        TransferState.Validating => "validating",
        TransferState.Converting => "converting",
        _ => isImage ? "preparing ami" : "updating",
    };

    private static string Percent(ImportTask task) =>
        (task.State is ImportTaskState.Completed ? 100 : task.Disks.Sum(disk => disk.Percent) * DisksPercent / 100 / task.Disks.Length).ToString(CultureInfo.InvariantCulture);

    private static string? Name(DiskFormat? format) => format?.ToString().ToUpperInvariant();
}
