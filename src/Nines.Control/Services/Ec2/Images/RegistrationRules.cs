using Nines.Api.Ec2;
using Nines.Control.Services.Ec2.Firmware;
using Nines.Host.Api;

namespace Nines.Control.Services.Ec2.Images;

/// <summary>What RegisterImage may say, and what of it this cloud can keep: pure.</summary>
internal static class RegistrationRules
{
    /// <summary>What the hosts run.</summary>
    public const string Architecture = ArchitectureValues.X8664;

    /// <summary>EC2 API Reference: RegisterImage.</summary>
    private const int MaxUefiDataCharacters = 64000;

    private const int ShownCharacters = 20;

    /// <exception cref="Nines.Wire.AwsException"><c>InvalidParameterValue</c>, <c>UnsupportedOperation</c>.</exception>
    public static void Check(RegisterImageRequest input)
    {
        if (input.Architecture is not (null or Architecture))
        {
            throw Ec2Errors.Unsupported($"The hosts of this cloud run {Architecture}, not {input.Architecture}.");
        }

        if (input.VirtualizationType is not (null or VirtualizationType.Hvm))
        {
            throw Ec2Errors.Unsupported("Machines of this cloud are fully virtualised: the virtualization type is hvm.");
        }

        if (input.BootMode is not (null or BootModeValues.LegacyBios or BootModeValues.Uefi or BootModeValues.UefiPreferred))
        {
            throw Ec2Errors.InvalidValue("bootMode", input.BootMode, "Valid values: legacy-bios, uefi, uefi-preferred.");
        }

        if (input.SriovNetSupport is not (null or ImageDescriptions.SriovNetSupport))
        {
            throw Ec2Errors.InvalidValue("sriovNetSupport", input.SriovNetSupport, "The only value is simple.");
        }

        if (input.ImdsSupport is not (null or ImageDescriptions.ImdsSupport))
        {
            throw Ec2Errors.InvalidValue("imdsSupport", input.ImdsSupport, "The only value is v2.0.");
        }

        if (input.TpmSupport is not (null or ImageDescriptions.TpmSupport))
        {
            throw Ec2Errors.InvalidValue("tpmSupport", input.TpmSupport, "The only value is v2.0.");
        }

        if (input.TpmSupport is not null && input.BootMode != BootModeValues.Uefi)
        {
            throw Ec2Errors.InvalidParameterCombination("TpmSupport requires the boot mode uefi.");
        }

        if (!string.IsNullOrEmpty(input.UefiData) && input.BootMode is not (BootModeValues.Uefi or BootModeValues.UefiPreferred))
        {
            throw Ec2Errors.InvalidParameterCombination("UefiData requires the boot mode uefi or uefi-preferred.");
        }

        CheckUefiData(input.UefiData);
        foreach (var (asked, what) in Features(input))
        {
            if (asked)
            {
                throw Ec2Errors.Unsupported($"{what} not available in this cloud.");
            }
        }
    }

    /// <summary>
    /// The firmware and the machine that start a disk; <see langword="null"/>: the image of the stores does that it was once. A disk that came from elsewhere was never
    /// one, and is started as its owner says, by default as it was found that it can be. Whoever says that it drives the cloud's own adapters gets them, and with Windows
    /// only they do, for else nothing says that it has their drivers.
    /// </summary>
    /// <param name="input">What its owner says.</param>
    /// <param name="known">What started the disk before.</param>
    /// <param name="origin">The image of the stores that this stands for, or <see langword="null"/>.</param>
    public static FirmwareBoot? BootOf(RegisterImageRequest input, string known, Image? origin)
    {
        if (FirmwareBoot.Find(known) is { } boot)
        {
            var isUefi = input.BootMode is null ? boot.IsUefi : input.BootMode != BootModeValues.LegacyBios;
            return boot with { IsUefi = isUefi, Devices = DevicesOf(input, boot.Platform, boot.Devices) };
        }

        return origin is { BootMode: { } mode } && DevicesOf(input, origin.Platform, origin.Devices) is var devices && devices != origin.Devices
            ? new FirmwareBoot(mode != BootModeValues.LegacyBios, origin.Platform, devices)
            : null;
    }

    private static void CheckUefiData(string? data)
    {
        if (string.IsNullOrEmpty(data))
        {
            return;
        }

        if (data.Length > MaxUefiDataCharacters)
        {
            throw Ec2Errors.InvalidValue("uefiData", $"{data.Length} characters", $"It has at most {MaxUefiDataCharacters}.");
        }

        try
        {
            var bytes = UefiVariableStore.Write(UefiData.Read(data)).Length;
            if (bytes > UefiVariableStore.MaxBytes)
            {
                throw new InvalidDataException($"The variables take {bytes} bytes; the firmware has {UefiVariableStore.MaxBytes}.");
            }
        }
        catch (InvalidDataException exception)
        {
            throw Ec2Errors.InvalidValue("uefiData", data.Length > ShownCharacters ? data[..ShownCharacters] + "..." : data, exception.Message);
        }
    }

    private static DeviceModel DevicesOf(RegisterImageRequest input, GuestPlatform platform, DeviceModel known) =>
        input.EnaSupport == true ? DeviceModel.Virtio
        : platform is GuestPlatform.Windows ? DeviceModel.Emulated
        : known;

    /// <summary>The boot mode of a disk that firmware alone starts.</summary>
    public static string FirmwareModeOf(RegisterImageRequest input, FirmwareBoot boot) =>
        !boot.IsUefi ? BootModeValues.LegacyBios : input.BootMode is BootModeValues.UefiPreferred ? BootModeValues.UefiPreferred : BootModeValues.Uefi;

    /// <summary>A disk is started as it always was: what starts it is the kernel or firmware of the image that it was once.</summary>
    /// <exception cref="Nines.Wire.AwsException"><c>UnsupportedOperation</c>.</exception>
    public static void CheckBoot(RegisterImageRequest input, string? known)
    {
        if (input.BootMode is { } mode && mode != known)
        {
            throw Ec2Errors.Unsupported($"The root disk is started by {known ?? "a kernel of its image"}; it cannot be registered as {mode}.");
        }
    }

    private static IEnumerable<(bool Asked, string What)> Features(RegisterImageRequest input) =>
    [
        (input.ImageLocation is not null, "Images of manifests in S3 are"),
        (!string.IsNullOrEmpty(input.KernelId), "Kernels of their own are"),
        (!string.IsNullOrEmpty(input.RamdiskId), "RAM disks are"),
        (input.BillingProducts is { Count: > 0 }, "Billing products are"),
    ];
}
