using System.Globalization;
using Nines.Api.Ec2;
using Nines.Control.Services.Ec2.Tags;

namespace Nines.Control.Services.Ec2.Images;

/// <summary>Images as EC2 answers them.</summary>
internal static class ImageDescriptions
{
    // Whatever runs it is a fully virtualised machine.
    internal const string ImageType = "machine";
    internal const string Hypervisor = "xen";
    internal const string VirtualizationType = "hvm";
    internal const string RootDeviceType = "ebs";
    internal const string SriovNetSupport = "simple";
    internal const string ImdsSupport = "v2.0";
    internal const string TpmSupport = "v2.0";

    /// <summary>The code of what a host could not do.</summary>
    internal const string FailureCode = "Server.InternalError";

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
        State = Name(image.State),
        StateReason = image.StateMessage is { } message ? new StateReason { Code = FailureCode, Message = message } : null,
        ImageType = ImageType,
        Architecture = image.Architecture,
        Platform = image.Platform.Value(),
        PlatformDetails = image.Platform.Details(),
        UsageOperation = image.Platform.UsageOperation(),
        CreationDate = Time(image.CreationDate),
        Hypervisor = Hypervisor,
        VirtualizationType = VirtualizationType,
        BootMode = image.BootMode,
        TpmSupport = image.TpmSupport,
        EnaSupport = image.EnaSupport,
        SriovNetSupport = SriovNetSupport,
        ImdsSupport = ImdsSupport,
        RootDeviceName = image.RootDeviceName,
        RootDeviceType = RootDeviceType,
        BlockDeviceMappings = Describe(image.Disks),
        SourceInstanceId = image.SourceInstanceId,
        SourceImageId = image.SourceImageId,
        SourceImageRegion = image.SourceImageRegion,
        DeprecationTime = image.DeprecationTime is { } deprecation ? Time(deprecation) : null,
        DeregistrationProtection = Name(image.Protection),
        Tags = image.Tags.ToApiOrNull(),
    };

    /// <summary>An image's disks.</summary>
    internal static IReadOnlyList<BlockDeviceMapping> Describe(IReadOnlyList<ImageMapping> disks) =>
    [
        .. disks.Select(disk => new BlockDeviceMapping
        {
            DeviceName = disk.DeviceName,
            Ebs = new EbsBlockDevice
            {
                SnapshotId = disk.SnapshotId,
                VolumeSize = disk.SizeGiB,
                VolumeType = disk.VolumeType,
                Iops = disk.Iops,
                Throughput = disk.ThroughputMiBps,
                DeleteOnTermination = disk.DeleteOnTermination,
                Encrypted = disk.Encrypted,
            },
        }),
    ];

    /// <summary>An image's state.</summary>
    internal static string Name(ImageState state) => state switch
    {
        ImageState.Available => Api.Ec2.ImageState.Available,
        ImageState.Pending => Api.Ec2.ImageState.Pending,
        ImageState.Failed => Api.Ec2.ImageState.Failed,
        _ => Api.Ec2.ImageState.Disabled,
    };

    /// <summary>Whether an image can be deregistered, as EC2 says it.</summary>
    internal static string Name(DeregistrationProtection protection) => protection switch
    {
        DeregistrationProtection.Disabled => "disabled",
        DeregistrationProtection.Enabled => "enabled-without-cooldown",
        _ => "enabled-with-cooldown",
    };

    /// <summary>Owner and name, as EC2 gives images that were not made from a manifest.</summary>
    internal static string Location(Image image) => $"{image.OwnerAlias ?? image.AccountId}/{image.Name}";

    /// <summary>A time as EC2 writes those that its model has as texts.</summary>
    internal static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
