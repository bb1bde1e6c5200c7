using Nines.Control.Services.Ec2.Query;

namespace Nines.Control.Services.Ec2.Images;

/// <summary>The filters of DescribeImages.</summary>
internal static class ImageFilters
{
    /// <summary>All of them.</summary>
    public static readonly FilterSet<Image> All = new FilterSet<Image>()
        .Add("architecture", image => image.Architecture)
        .Add("block-device-mapping.delete-on-termination", _ => true)
        .Add("block-device-mapping.device-name", image => image.RootDeviceName)
        .Add("block-device-mapping.snapshot-id", image => image.RootSnapshotId)
        .Add("block-device-mapping.volume-size", image => image.RootVolumeSizeGiB)
        .Add("block-device-mapping.volume-type", _ => ImageDescriptions.RootVolumeType)
        .Add("block-device-mapping.encrypted", _ => false)
        .Add("boot-mode", image => image.BootMode)
        .Add("creation-date", image => ImageDescriptions.Time(image.CreationDate))
        .Add("description", image => image.Description)
        .Add("ena-support", _ => true)
        .Add("hypervisor", _ => ImageDescriptions.Hypervisor)
        .Add("image-id", image => image.Id)
        .Add("image-type", _ => ImageDescriptions.ImageType)
        .Add("is-public", image => image.IsPublic)
        .AddNeverMatching(
            "image-allowed",
            "kernel-id",
            "platform",
            "product-code",
            "product-code.type",
            "ramdisk-id",
            "source-image-id",
            "source-image-region",
            "source-instance-id",
            "state-reason-code",
            "state-reason-message",
            "tpm-support",
            "free-tier-eligible")
        .Add("manifest-location", image => ImageDescriptions.Location(image))
        .Add("name", image => image.Name)
        .Add("owner-alias", image => image.OwnerAlias)
        .Add("owner-id", image => image.AccountId)
        .Add("root-device-name", image => image.RootDeviceName)
        .Add("root-device-type", _ => ImageDescriptions.RootDeviceType)
        .Add("sriov-net-support", _ => ImageDescriptions.SriovNetSupport)
        .Add("state", _ => ImageDescriptions.State)
        .Add("virtualization-type", _ => ImageDescriptions.VirtualizationType)
        .AddTags(image => image.Tags);
}
