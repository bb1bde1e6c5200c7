using Nines.Api.Ec2;
using Nines.Control.Ids;
using Nines.Control.Services.Ec2.Images;
using Nines.Control.Services.Ec2.Query;
using Nines.Control.Store;
using Nines.Host.Api;
using Nines.Wire;
using Image = Nines.Control.Services.Ec2.Images.Image;
using Snapshot = Nines.Control.Services.Ec2.Snapshots.Snapshot;
using SnapshotState = Nines.Control.Services.Ec2.Snapshots.SnapshotState;

namespace Nines.Control.Services.Ec2.ImportTasks;

/// <summary>Writes the records of what came of an import.</summary>
internal static class ImportedRecords
{
    /// <summary>What AWS's own import says of a snapshot's origin.</summary>
    private const string Origin = "Created by AWS-VMImport service for";

    private const string DefaultUser = "ec2-user";
    private const string VolumeType = "gp2";

    /// <summary>Makes the snapshots, which the task's host has, and of an import of an image the image too.</summary>
    /// <returns>The task as it ends, or as it comes to nothing.</returns>
    public static ImportTask Complete(CloudTransaction transaction, IIdSource ids, ImportTask task, DateTimeOffset now)
    {
        var done = task with { State = ImportTaskState.Completed, HostId = null, EndTime = now };
        if (task.IsImage)
        {
            var image = ImageOf(task, ids.Next(ResourceKind.Image.Prefix), now);
            try
            {
                ImageName.Take(transaction, image);
            }
            catch (AwsException taken)
            {
                // The task's id is its name, and its owner knows that while it is under way.
                return ImportTaskPlan.Fail(task, $"ClientError: {taken.Message}");
            }

            transaction.Insert(Image.Table, image);
            done = done with { ImageId = image.Id, BootMode = image.BootMode };
        }

        foreach (var disk in task.Disks)
        {
            transaction.Insert(Snapshot.Table, Of(task, disk, now));
        }

        return done;
    }

    private static Snapshot Of(ImportTask task, ImportDisk disk, DateTimeOffset now) => new()
    {
        AccountId = task.AccountId,
        Id = disk.SnapshotId,
        VolumeId = Snapshot.NoVolume,
        SizeGiB = disk.Disk!.SizeGiB,
        HostId = task.HostId,
        BootDigest = disk.Disk switch
        {
            { HasBootSector: true } => BootOf(task, isUefi: false).Digest,
            { HasEfiSystemPartition: true } => BootOf(task, isUefi: true).Digest,
            _ => null,
        },
        Key = disk.EncryptionKey,
        State = SnapshotState.Completed,
        StartTime = now,
        Description = task.IsImage ? $"{Origin} {task.Id}" : disk.Description ?? $"{Origin} {task.Id}",
    };

    private static FirmwareBoot BootOf(ImportTask task, bool isUefi) => new(isUefi, task.Platform, DeviceModels.OfPlatform(task.Platform));

    private static Image ImageOf(ImportTask task, string id, DateTimeOffset now)
    {
        var mode = ImportTaskPlan.BootModeOf(task)!;
        var boot = BootOf(task, mode == BootModeValues.Uefi);
        var root = task.Disks[0];
        return new Image
        {
            AccountId = task.AccountId,
            Id = id,
            Name = task.Id,
            Description = task.Description ?? "",
            Digest = boot.Digest,
            Architecture = ArchitectureValues.X8664,
            Platform = boot.Platform,
            Devices = boot.Devices,
            EnaSupport = boot.Devices is DeviceModel.Virtio,
            BootMode = mode,
            RootDeviceName = root.DeviceName!,
            RootVolumeSizeGiB = root.Disk!.SizeGiB,
            DefaultUser = DefaultUser,
            CreationDate = now,
            Mappings =
            [
                .. task.Disks.Select(disk => new ImageMapping
                {
                    DeviceName = disk.DeviceName!,
                    SnapshotId = disk.SnapshotId,
                    SizeGiB = disk.Disk!.SizeGiB,
                    VolumeType = VolumeType,
                    Encrypted = disk.EncryptionKey is not null,
                }),
            ],
        };
    }
}
