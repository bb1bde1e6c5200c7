using System.Globalization;
using Nines.Control.Services.Ec2.Query;

namespace Nines.Control.Services.Ec2.Images;

/// <summary>The filters of DescribeImages.</summary>
internal static class ImageFilters
{
    /// <summary>All of them.</summary>
    public static readonly FilterSet<Image> All = new FilterSet<Image>()
        .Add("architecture", image => image.Architecture)
        .AddMany("block-device-mapping.delete-on-termination", image => image.Disks.Select(disk => disk.DeleteOnTermination ? "true" : "false"))
        .AddMany("block-device-mapping.device-name", image => image.Disks.Select(disk => disk.DeviceName))
        .AddMany("block-device-mapping.snapshot-id", image => image.Disks.Select(disk => disk.SnapshotId))
        .AddMany("block-device-mapping.volume-size", image => image.Disks.Select(disk => disk.SizeGiB.ToString(CultureInfo.InvariantCulture)))
        .AddMany("block-device-mapping.volume-type", image => image.Disks.Select(disk => disk.VolumeType))
        .AddMany("block-device-mapping.encrypted", image => image.Disks.Select(disk => disk.Encrypted ? "true" : "false"))
        .Add("boot-mode", image => image.BootMode)
        .Add("creation-date", image => ImageDescriptions.Time(image.CreationDate))
        .Add("description", image => image.Description)
        .Add("ena-support", image => image.EnaSupport)
        .Add("hypervisor", _ => ImageDescriptions.Hypervisor)
        .Add("image-id", image => image.Id)
        .Add("image-type", _ => ImageDescriptions.ImageType)
        .Add("is-public", image => image.IsPublic)
        .AddNeverMatching(
            "image-allowed",
            "kernel-id",
            "product-code",
            "product-code.type",
            "ramdisk-id",
            "free-tier-eligible")
        .Add("manifest-location", image => ImageDescriptions.Location(image))
        .Add("name", image => image.Name)
        .Add("owner-alias", image => image.OwnerAlias)
        .Add("owner-id", image => image.AccountId)
        .Add("platform", image => image.Platform.Value())
        .Add("root-device-name", image => image.RootDeviceName)
        .Add("root-device-type", _ => ImageDescriptions.RootDeviceType)
        .Add("sriov-net-support", _ => ImageDescriptions.SriovNetSupport)
        .Add("source-image-id", image => image.SourceImageId)
        .Add("source-image-region", image => image.SourceImageRegion)
        .Add("source-instance-id", image => image.SourceInstanceId)
        .Add("state", image => ImageDescriptions.Name(image.State))
        .Add("state-reason-code", image => image.StateMessage is null ? null : ImageDescriptions.FailureCode)
        .Add("state-reason-message", image => image.StateMessage)
        .Add("tpm-support", image => image.TpmSupport)
        .Add("virtualization-type", _ => ImageDescriptions.VirtualizationType)
        .AddTags(image => image.Tags);
}
