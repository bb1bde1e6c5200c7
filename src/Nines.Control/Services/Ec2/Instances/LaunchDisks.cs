using System.Collections.Immutable;
using Nines.Api.Ec2;
using Nines.Control.Services.Ec2.Encryption;
using Nines.Control.Services.Ec2.Images;
using Nines.Control.Services.Ec2.Snapshots;
using Nines.Control.Services.Ec2.Volumes;
using Nines.Wire;
using Snapshot = Nines.Control.Services.Ec2.Snapshots.Snapshot;
using SnapshotState = Nines.Control.Services.Ec2.Snapshots.SnapshotState;

namespace Nines.Control.Services.Ec2.Instances;

/// <summary>Lays a request's block device mappings over the image's.</summary>
/// <param name="rootDeviceName">Which of the image's disks is the root disk.</param>
/// <param name="imageSnapshot">Finds a snapshot that the image names: who may launch an image may start as its snapshots.</param>
/// <param name="ownSnapshot">Finds a snapshot that the request names, among those that the account may make volumes of.</param>
internal sealed class LaunchDisks(string rootDeviceName, Func<string, Snapshot> imageSnapshot, Func<string, Snapshot> ownSnapshot)
{
    /// <summary>The most volumes of one instance.</summary>
    public const int Maximum = 28;

    /// <summary>The disks of each instance, the root disk first.</summary>
    /// <param name="image">The image's disks, the root disk among them.</param>
    /// <param name="mappings">What the request says.</param>
    /// <exception cref="AwsException">What EC2 answers.</exception>
    public ImmutableArray<LaunchDisk> Plan(IReadOnlyList<ImageMapping> image, IReadOnlyList<BlockDeviceMapping>? mappings)
    {
        var asked = BlockDeviceRules.ByDevice(mappings);
        var disks = ImmutableArray.CreateBuilder<LaunchDisk>();
        foreach (var disk in image.OrderBy(disk => disk.DeviceName != rootDeviceName))
        {
            if (!asked.Remove(disk.DeviceName, out var mapping))
            {
                disks.Add(OfImage(disk, null));
            }
            else if (disk.DeviceName == rootDeviceName)
            {
                disks.Add(Root(disk, mapping));
            }
            else if (mapping.GivesVolume())
            {
                disks.Add(Data(disk, disk.DeviceName, mapping));
            }
        }

        disks.AddRange((mappings ?? []).Where(mapping => asked.ContainsKey(mapping.DeviceName!) && mapping.GivesVolume())
            .Select(mapping => Data(null, mapping.DeviceName!, mapping)));
        return disks.Count <= Maximum
            ? disks.ToImmutable()
            : throw new AwsException("AttachmentLimitExceeded", $"Maximum number of block devices {Maximum} exceeded.");
    }

    private LaunchDisk Root(ImageMapping disk, BlockDeviceMapping mapping)
    {
        if (mapping.NoDevice is not null || mapping.VirtualName is not null || mapping.Ebs is null)
        {
            throw VolumeErrors.InvalidMapping($"The root device '{disk.DeviceName}' must be an EBS volume and cannot be suppressed");
        }

        if (mapping.Ebs.SnapshotId is { } id && id != disk.SnapshotId)
        {
            throw VolumeErrors.InvalidMapping($"The root device starts as the snapshot '{disk.SnapshotId}' of its image, not as '{ownSnapshot(id).Id}'");
        }

        return OfImage(disk, mapping.Ebs);
    }

    private LaunchDisk Data(ImageMapping? disk, string device, BlockDeviceMapping mapping)
    {
        var ebs = mapping.Ebs ?? throw Ec2Errors.MissingParameter("ebs");
        if (disk is not null && (ebs.SnapshotId is null || ebs.SnapshotId == disk.SnapshotId))
        {
            return OfImage(disk, ebs);
        }

        var source = ebs.SnapshotId is { } id ? Usable(ownSnapshot(id)) : null;
        var size = ebs.VolumeSize ?? source?.SizeGiB ?? throw Ec2Errors.MissingParameter("size or snapshotId");

        // EC2 deletes data volumes made by a launch unless told to keep them (user guide: Preserve data when an instance is terminated).
        return new LaunchDisk(device, VolumeRules.Check(ebs.VolumeType, Large(size, source), ebs.Iops, ebs.Throughput), source, ebs.DeleteOnTermination ?? true, EncryptionRequest.Of(ebs));
    }

    /// <summary>A disk of the image, with what the request says otherwise.</summary>
    private LaunchDisk OfImage(ImageMapping disk, EbsBlockDevice? ebs)
    {
        var source = disk.SnapshotId is { } id ? Usable(imageSnapshot(id)) : null;
        var isSameType = ebs?.VolumeType is null || ebs.VolumeType == disk.VolumeType;
        var shape = VolumeRules.Check(
            ebs?.VolumeType ?? disk.VolumeType,
            Large(ebs?.VolumeSize ?? disk.SizeGiB, source),
            ebs?.Iops ?? (isSameType ? disk.Iops : null),
            ebs?.Throughput ?? (isSameType ? disk.ThroughputMiBps : null));
        var encryption = EncryptionRequest.Of(ebs);
        return new LaunchDisk(
            disk.DeviceName,
            shape,
            source,
            ebs?.DeleteOnTermination ?? disk.DeleteOnTermination,
            disk.Encrypted ? encryption with { Encrypted = encryption.Encrypted ?? true } : encryption);
    }

    private static Snapshot Usable(Snapshot snapshot) => snapshot.State == SnapshotState.Completed
        ? snapshot
        : throw SnapshotErrors.NotCompleted(snapshot.Id, SnapshotDescriptions.Name(snapshot.State));

    private static int Large(int sizeGiB, Snapshot? source) => source is null || sizeGiB >= source.SizeGiB
        ? sizeGiB
        : throw VolumeErrors.InvalidMapping($"Volume of size {sizeGiB}GB is smaller than snapshot '{source.Id}', expect size >= {source.SizeGiB}GB");
}
