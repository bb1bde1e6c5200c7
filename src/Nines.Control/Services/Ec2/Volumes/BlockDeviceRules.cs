using Nines.Api.Ec2;
using Nines.Wire;

namespace Nines.Control.Services.Ec2.Volumes;

/// <summary>What every request's block device mappings must keep: pure.</summary>
internal static class BlockDeviceRules
{
    /// <summary>A request's mappings by their devices.</summary>
    /// <exception cref="AwsException">A device that is none or is named twice, or what no disk of this cloud can be.</exception>
    public static Dictionary<string, BlockDeviceMapping> ByDevice(IReadOnlyList<BlockDeviceMapping>? mappings)
    {
        var devices = new Dictionary<string, BlockDeviceMapping>(StringComparer.Ordinal);
        foreach (var mapping in mappings ?? [])
        {
            var device = string.IsNullOrEmpty(mapping.DeviceName) ? throw Ec2Errors.MissingParameter("deviceName") : mapping.DeviceName;
            if (!DeviceNames.IsValid(device))
            {
                throw Ec2Errors.InvalidValue("device name", device, $"{device} is not a valid EBS device name.");
            }

            CheckEbs(mapping.Ebs);
            if (!devices.TryAdd(device, mapping))
            {
                throw VolumeErrors.InvalidMapping($"The device '{device}' is used in more than one block-device mapping");
            }
        }

        return devices;
    }

    /// <summary>Whether a mapping gives a disk that keeps its data: not none, and not one of the host's own.</summary>
    public static bool GivesVolume(this BlockDeviceMapping mapping) => mapping is { NoDevice: null, VirtualName: null };

    private static void CheckEbs(EbsBlockDevice? ebs)
    {
        if (ebs?.OutpostArn is not null)
        {
            throw Ec2Errors.NoOutposts();
        }
    }
}
