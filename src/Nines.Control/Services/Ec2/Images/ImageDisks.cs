using System.Collections.Immutable;
using Nines.Api.Ec2;
using Nines.Control.Services.Ec2.Encryption;
using Nines.Control.Services.Ec2.Volumes;
using Snapshot = Nines.Control.Services.Ec2.Snapshots.Snapshot;
using Volume = Nines.Control.Services.Ec2.Volumes.Volume;

namespace Nines.Control.Services.Ec2.Images;

/// <summary>The disks that a request gives to an image.</summary>
internal static class ImageDisks
{
    /// <summary>An instance's disks with what the request says otherwise, and what it adds.</summary>
    /// <param name="volumes">The instance's disks, the root disk first.</param>
    /// <param name="rootDeviceName">Which of them is the root disk.</param>
    /// <param name="asked">The request's mappings by their devices.</param>
    /// <param name="take">Takes a snapshot of a disk.</param>
    /// <param name="find">Finds a snapshot that the request names.</param>
    /// <exception cref="Nines.Wire.AwsException">What EC2 answers.</exception>
    public static ImmutableArray<ImageMapping> OfInstance(
        IReadOnlyList<Volume> volumes, string rootDeviceName, Dictionary<string, BlockDeviceMapping> asked, Func<Volume, Snapshot> take, Func<string, Snapshot> find)
    {
        var disks = ImmutableArray.CreateBuilder<ImageMapping>();
        var left = new Dictionary<string, BlockDeviceMapping>(asked, StringComparer.Ordinal);
        foreach (var volume in volumes)
        {
            var device = volume.Attachment!.DeviceName;
            left.Remove(device, out var mapping);
            if (device == rootDeviceName && mapping is not null && (!mapping.GivesVolume() || mapping.Ebs?.SnapshotId is not null))
            {
                throw VolumeErrors.InvalidMapping($"The root device '{device}' is the instance's own disk and cannot be suppressed or replaced");
            }

            if (mapping?.GivesVolume() is not false)
            {
                disks.Add(mapping?.Ebs is { SnapshotId: not null } other ? New(device, other, find) : OfVolume(volume, take(volume), mapping?.Ebs));
            }
        }

        disks.AddRange(left.Values.Where(mapping => mapping.GivesVolume()).Select(mapping => New(mapping.DeviceName!, mapping.Ebs, find)));
        return disks.ToImmutable();
    }

    /// <summary>The disks of an image that is made of snapshots.</summary>
    /// <exception cref="Nines.Wire.AwsException">What EC2 answers.</exception>
    public static ImmutableArray<ImageMapping> OfSnapshots(Dictionary<string, BlockDeviceMapping> asked, Func<string, Snapshot> find) =>
        [.. asked.Values.Where(mapping => mapping.GivesVolume()).Select(mapping => New(mapping.DeviceName!, mapping.Ebs, find))];

    private static ImageMapping OfVolume(Volume volume, Snapshot snapshot, EbsBlockDevice? ebs)
    {
        var isSameType = ebs?.VolumeType is null || ebs.VolumeType == volume.VolumeType;
        var own = volume.VolumeType == "gp2" ? null : volume.Iops; // what gp2 has follows from its size and is not asked for
        var shape = VolumeRules.Check(
            ebs?.VolumeType ?? volume.VolumeType,
            Large(ebs?.VolumeSize ?? volume.SizeGiB, snapshot),
            ebs?.Iops ?? (isSameType ? own : null),
            ebs?.Throughput ?? (isSameType ? volume.ThroughputMiBps : null));
        CheckEncryption(volume.Attachment!.DeviceName, ebs, hasSnapshot: true);
        return Of(volume.Attachment!.DeviceName, snapshot, shape, ebs, ebs?.DeleteOnTermination ?? volume.Attachment.DeleteOnTermination);
    }

    private static ImageMapping New(string device, EbsBlockDevice? ebs, Func<string, Snapshot> find)
    {
        if (ebs is null)
        {
            throw Ec2Errors.MissingParameter("ebs");
        }

        CheckEncryption(device, ebs, ebs.SnapshotId is not null);
        var snapshot = ebs.SnapshotId is { } id ? find(id) : null;
        var size = Large(ebs.VolumeSize ?? snapshot?.SizeGiB ?? throw Ec2Errors.MissingParameter("size or snapshotId"), snapshot);
        return Of(device, snapshot, VolumeRules.Check(ebs.VolumeType, size, ebs.Iops, ebs.Throughput), ebs, ebs.DeleteOnTermination ?? true);
    }

    /// <summary>An image changes nothing about the encryption of what its disks start as.</summary>
    private static void CheckEncryption(string device, EbsBlockDevice? ebs, bool hasSnapshot)
    {
        if (ebs?.KmsKeyId is not null)
        {
            throw EncryptionErrors.KeyInImage();
        }

        if (hasSnapshot && ebs?.Encrypted is not null)
        {
            throw EncryptionErrors.HasSnapshot(device);
        }
    }

    private static ImageMapping Of(string device, Snapshot? snapshot, VolumeShape shape, EbsBlockDevice? ebs, bool deleteOnTermination) => new()
    {
        DeviceName = device,
        SnapshotId = snapshot?.Id,
        SizeGiB = shape.SizeGiB,
        VolumeType = shape.VolumeType,
        Iops = shape.VolumeType == "gp2" ? null : shape.Iops,
        ThroughputMiBps = shape.ThroughputMiBps,
        Encrypted = snapshot is null ? ebs?.Encrypted == true : snapshot.Key is not null,
        DeleteOnTermination = deleteOnTermination,
    };

    private static int Large(int sizeGiB, Snapshot? snapshot) => snapshot is null || sizeGiB >= snapshot.SizeGiB
        ? sizeGiB
        : throw VolumeErrors.InvalidMapping($"Volume of size {sizeGiB}GB is smaller than snapshot '{snapshot.Id}', expect size >= {snapshot.SizeGiB}GB");
}
