using System.Globalization;
using Nines.Api.Ec2;
using Nines.Control.Services.Ec2.Tags;

namespace Nines.Control.Services.Ec2.Images;

/// <summary>Images as EC2 answers them.</summary>
internal static class ImageDescriptions
{
    // An image is recorded once it lies complete in a store, and whatever runs it is a fully virtualised machine.
    internal const string State = "available";
    internal const string ImageType = "machine";
    internal const string Hypervisor = "xen";
    internal const string VirtualizationType = "hvm";
    internal const string RootDeviceType = "ebs";
    internal const string RootVolumeType = "gp3";
    internal const string SriovNetSupport = "simple";

    /// <summary>An image.</summary>
    public static Api.Ec2.Image Describe(Image image) => new()
    {
        ImageId = image.Id,
        Name = image.Name,
        Description = image.Description.Length == 0 ? null : image.Description,
        ImageLocation = Location(image),
        ImageOwnerAlias = image.OwnerAlias,
        OwnerId = image.AccountId,
        Public = image.IsPublic,
        State = State,
        ImageType = ImageType,
        Architecture = image.Architecture,
        PlatformDetails = "Linux/UNIX",
        UsageOperation = "RunInstances",
        CreationDate = Time(image.CreationDate),
        Hypervisor = Hypervisor,
        VirtualizationType = VirtualizationType,
        BootMode = image.BootMode,
        EnaSupport = true,
        SriovNetSupport = SriovNetSupport,
        ImdsSupport = "v2.0",
        RootDeviceName = image.RootDeviceName,
        RootDeviceType = RootDeviceType,
        BlockDeviceMappings =
        [
            new BlockDeviceMapping
            {
                DeviceName = image.RootDeviceName,
                Ebs = new EbsBlockDevice
                {
                    SnapshotId = image.RootSnapshotId,
                    VolumeSize = image.RootVolumeSizeGiB,
                    VolumeType = RootVolumeType,
                    DeleteOnTermination = true,
                    Encrypted = false,
                },
            },
        ],
        DeregistrationProtection = "disabled",
        Tags = image.Tags.ToApiOrNull(),
    };

    /// <summary>Owner and name, as EC2 gives images that were not made from a manifest.</summary>
    internal static string Location(Image image) => $"{image.OwnerAlias ?? image.AccountId}/{image.Name}";

    /// <summary>A time as EC2 writes those that its model has as texts.</summary>
    internal static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
