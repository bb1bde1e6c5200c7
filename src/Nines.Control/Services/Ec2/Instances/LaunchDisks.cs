using System.Collections.Immutable;
using Nines.Api.Ec2;
using Nines.Control.Services.Ec2.Query;
using Nines.Control.Services.Ec2.Volumes;
using Nines.Wire;

namespace Nines.Control.Services.Ec2.Instances;

/// <summary>Lays a request's block device mappings over the image's: pure.</summary>
internal static class LaunchDisks
{
    /// <summary>The most volumes of one instance.</summary>
    public const int Maximum = 28;

    /// <summary>The disks of each instance, the root disk first.</summary>
    /// <param name="image">The image's root disk.</param>
    /// <param name="mappings">What the request says.</param>
    /// <exception cref="AwsException">What EC2 answers.</exception>
    public static ImmutableArray<LaunchDisk> Plan(ImageDisk image, IReadOnlyList<BlockDeviceMapping>? mappings)
    {
        var disks = ImmutableArray.CreateBuilder<LaunchDisk>();
        disks.Add(new LaunchDisk(image.DeviceName, VolumeRules.Check(image.VolumeType, image.SizeGiB, null, null), FromImage: true, image.DeleteOnTermination));
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var mapping in mappings ?? [])
        {
            var device = CheckDevice(mapping.DeviceName, seen);
            if (device == image.DeviceName)
            {
                disks[0] = Root(image, mapping);
            }
            else if (mapping.NoDevice is null && mapping.VirtualName is null)
            {
                disks.Add(Data(image, device, mapping));
            }
        }

        return disks.Count <= Maximum
            ? disks.ToImmutable()
            : throw new AwsException("AttachmentLimitExceeded", $"Maximum number of block devices {Maximum} exceeded.");
    }

    private static string CheckDevice(string? device, HashSet<string> seen)
    {
        if (string.IsNullOrEmpty(device))
        {
            throw Ec2Errors.MissingParameter("deviceName");
        }

        if (!DeviceNames.IsValid(device))
        {
            throw Ec2Errors.InvalidValue("device name", device, $"{device} is not a valid EBS device name.");
        }

        return seen.Add(device) ? device : throw Invalid($"The device '{device}' is used in more than one block-device mapping");
    }

    private static LaunchDisk Root(ImageDisk image, BlockDeviceMapping mapping)
    {
        if (mapping.NoDevice is not null || mapping.VirtualName is not null || mapping.Ebs is null)
        {
            throw Invalid($"The root device '{image.DeviceName}' must be an EBS volume and cannot be suppressed");
        }

        CheckEbs(mapping.Ebs);
        CheckSnapshot(image, mapping.Ebs);
        return new LaunchDisk(image.DeviceName, ShapeOf(image, mapping.Ebs, fromImage: true), FromImage: true, mapping.Ebs.DeleteOnTermination ?? image.DeleteOnTermination);
    }

    private static LaunchDisk Data(ImageDisk image, string device, BlockDeviceMapping mapping)
    {
        var ebs = mapping.Ebs ?? throw Ec2Errors.MissingParameter("ebs");
        CheckEbs(ebs);
        CheckSnapshot(image, ebs);
        if (ebs.VolumeSize is null && ebs.SnapshotId is null)
        {
            throw Ec2Errors.MissingParameter("size or snapshotId");
        }

        // EC2 deletes data volumes made by a launch unless told to keep them (user guide: Preserve data when an instance is terminated).
        var fromImage = ebs.SnapshotId is not null;
        return new LaunchDisk(device, ShapeOf(image, ebs, fromImage), fromImage, ebs.DeleteOnTermination ?? true);
    }

    private static VolumeShape ShapeOf(ImageDisk image, EbsBlockDevice ebs, bool fromImage)
    {
        var size = ebs.VolumeSize ?? image.SizeGiB;
        if (fromImage && size < image.SizeGiB)
        {
            throw Invalid($"Volume of size {size}GB is smaller than snapshot '{image.SnapshotId}', expect size >= {image.SizeGiB}GB");
        }

        return VolumeRules.Check(ebs.VolumeType ?? (fromImage ? image.VolumeType : null), size, ebs.Iops, ebs.Throughput);
    }

    private static void CheckSnapshot(ImageDisk image, EbsBlockDevice ebs)
    {
        if (ebs.SnapshotId is { } id && id != image.SnapshotId)
        {
            throw Ec2Errors.NotFound(ResourceKind.Snapshot, ResourceId.Parse<SnapshotId>(id).Value);
        }
    }

    private static void CheckEbs(EbsBlockDevice ebs)
    {
        if (ebs.Encrypted == true || ebs.KmsKeyId is not null)
        {
            throw VolumeErrors.NotEncrypted();
        }

        if (ebs.OutpostArn is not null)
        {
            throw Ec2Errors.NoOutposts();
        }
    }

    private static AwsException Invalid(string message) => new("InvalidBlockDeviceMapping", message);
}
