using System.Collections.Immutable;
using Nines.Api.Ec2;
using Nines.Control.Services.Ec2.Images;
using Nines.Host.Api;

namespace Nines.Control.Services.Ec2.ImportTasks;

/// <summary>What imports are asked for, checked as far as that needs no look at any file: pure.</summary>
internal static class ImportRequests
{
    /// <summary>The most disks of one image ("VM Import/Export User Guide": limitations).</summary>
    private const int MaxDisks = 21;

    private const string RootDevice = "/dev/sda1";
    private const string UrlScheme = "s3://";

    private const string Linux = "Linux";
    private const string Windows = "Windows";

    /// <summary>A licence that the importing account has itself.</summary>
    public const string OwnLicense = "BYOL";

    /// <summary>The disks of an image.</summary>
    /// <exception cref="Nines.Wire.AwsException">What EC2 answers, or what this cloud lacks.</exception>
    public static ImmutableArray<ImportDisk> Parse(ImportImageRequest input)
    {
        Check(input);
        if (input.DiskContainers is not { Count: > 0 } containers)
        {
            throw Ec2Errors.MissingParameter("DiskContainer");
        }

        if (containers.Count > MaxDisks)
        {
            throw ImportTaskErrors.Invalid($"An image has at most {MaxDisks} disks.");
        }

        var disks = containers.Select((container, index) => container.SnapshotId is null
            ? Parse(container.UserBucket, container.Url, container.Format) with { Description = container.Description, DeviceName = container.DeviceName ?? DeviceOf(index) }
            : throw Ec2Errors.Unsupported("An image of a snapshot is made with RegisterImage in this cloud.")).ToImmutableArray();
        if (disks.FirstOrDefault(disk => !disk.DeviceName!.StartsWith("/dev/", StringComparison.Ordinal)) is { } wrong)
        {
            throw Ec2Errors.InvalidValue("DeviceName", wrong.DeviceName, "Expected: '/dev/...'.");
        }

        return disks.DistinctBy(disk => disk.DeviceName).Count() == disks.Length ? disks : throw ImportTaskErrors.Invalid("Two disk containers have the same device name.");
    }

    /// <summary>The disk of a snapshot.</summary>
    /// <exception cref="Nines.Wire.AwsException">What EC2 answers, or what this cloud lacks.</exception>
    public static ImportDisk Parse(ImportSnapshotRequest input) => input.DiskContainer is { } container
        ? Parse(container.UserBucket, container.Url, container.Format) with { Description = container.Description ?? input.Description }
        : throw Ec2Errors.MissingParameter("DiskContainer");

    /// <summary>What is on the disks.</summary>
    /// <exception cref="Nines.Wire.AwsException"><c>InvalidParameterValue</c>.</exception>
    public static GuestPlatform PlatformOf(ImportImageRequest input) => input.Platform switch
    {
        null or Linux => GuestPlatform.Linux,
        Windows => GuestPlatform.Windows,
        _ => throw Ec2Errors.InvalidValue("platform", input.Platform, "Valid values: Windows, Linux."),
    };

    /// <summary>What imports call a platform.</summary>
    public static string NameOf(GuestPlatform platform) => platform is GuestPlatform.Windows ? Windows : Linux;

    private static string DeviceOf(int index) => index == 0 ? RootDevice : $"/dev/sd{(char)('a' + index)}";

    private static void Check(ImportImageRequest input)
    {
        if (input.Architecture is not (null or ArchitectureValues.X8664))
        {
            throw input.Architecture is ArchitectureValues.I386 or ArchitectureValues.Arm64
                ? Ec2Errors.Unsupported($"The hosts of this cloud run {ArchitectureValues.X8664}, not {input.Architecture}.")
                : Ec2Errors.InvalidValue("architecture", input.Architecture, "Valid values: i386, x86_64.");
        }

        var platform = PlatformOf(input);

        if (input.Hypervisor is not (null or "xen"))
        {
            throw Ec2Errors.InvalidValue("hypervisor", input.Hypervisor, "The only value is xen.");
        }

        if (input.BootMode is not (null or BootModeValues.LegacyBios or BootModeValues.Uefi))
        {
            throw Ec2Errors.InvalidValue("bootMode", input.BootMode, "Valid values: legacy-bios, uefi.");
        }

        if (input.LicenseType is not (null or OwnLicense))
        {
            throw input.LicenseType == "AWS"
                ? Ec2Errors.Unsupported("This cloud has no licenses to give; the license type is BYOL.")
                : Ec2Errors.InvalidValue("licenseType", input.LicenseType, "Valid values: AWS, BYOL.");
        }

        if (input.LicenseSpecifications is { Count: > 0 } || (input.UsageOperation is { } operation && operation != platform.UsageOperation()))
        {
            throw Ec2Errors.Unsupported($"This cloud has no licenses to give: license specifications are not available, and the usage operation is {platform.UsageOperation()}.");
        }
    }

    private static ImportDisk Parse(UserBucket? file, string? url, string? format)
    {
        if (file is not null && url is not null)
        {
            throw Ec2Errors.InvalidParameterCombination("The parameter Url cannot be used with the parameter UserBucket");
        }

        var (bucket, key) = (file, url) switch
        {
            ({ } named, _) => (named.S3Bucket ?? throw Ec2Errors.MissingParameter("UserBucket.S3Bucket"), named.S3Key ?? throw Ec2Errors.MissingParameter("UserBucket.S3Key")),
            (_, { } address) => Split(address),
            _ => throw Ec2Errors.MissingParameter("UserBucket or Url"),
        };
        return new ImportDisk { SnapshotId = "", Bucket = bucket, Key = key, Url = url, Format = FormatOf(format) };
    }

    private static (string Bucket, string Key) Split(string url) =>
        url.StartsWith(UrlScheme, StringComparison.OrdinalIgnoreCase) && url[UrlScheme.Length..].Split('/', 2) is [{ Length: > 0 } bucket, { Length: > 0 } key]
            ? (bucket, key)
            : throw ImportTaskErrors.NotAUrl(url);

    private static DiskFormat? FormatOf(string? format) =>
        format is null ? null
        : Enum.TryParse<DiskFormat>(format, ignoreCase: true, out var known) && !char.IsAsciiDigit(format[0]) ? known
        : throw Ec2Errors.InvalidValue("Format", format, "Valid values: OVA, VHD, VHDX, VMDK, RAW.");
}
