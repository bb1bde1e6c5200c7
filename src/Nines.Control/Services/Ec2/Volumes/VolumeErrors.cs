using Nines.Wire;

namespace Nines.Control.Services.Ec2.Volumes;

/// <summary>The errors that only volumes have, in EC2's codes and words.</summary>
internal static class VolumeErrors
{
    public static AwsException InUse(string id, string instanceId) => new("VolumeInUse", $"Volume {id} is currently attached to {instanceId}");

    public static AwsException AlreadyAttached(string id) => new("VolumeInUse", $"{id} is already attached to an instance");

    public static AwsException NotAvailable(string id, string state) => Ec2Errors.IncorrectState($"Volume '{id}' is in the '{state}' state.");

    public static AwsException NotAttachedThere(string id, string instanceId) =>
        new("InvalidAttachment.NotFound", $"The volume '{id}' is not attached to instance '{instanceId}'.");

    public static AwsException OtherZone(string id, string instanceId) =>
        new("InvalidVolume.ZoneMismatch", $"The volume '{id}' is not in the same availability zone as instance '{instanceId}'");

    /// <summary>Volumes lie on one host of their zone and do not move.</summary>
    public static AwsException OtherHost(string id, string instanceId) =>
        Ec2Errors.Unsupported($"The volume '{id}' lies on another host than instance '{instanceId}'. Launch the instance again, or make a new volume.");

    public static AwsException DeviceTaken(string device) =>
        Ec2Errors.InvalidParameterValue($"Invalid value '{device}' for unixDevice. Attachment point {device} is already in use");

    public static AwsException DeviceWrong(string device) => Ec2Errors.InvalidValue("device", device, $"{device} is not a valid EBS device name.");

    public static AwsException RootOfRunning(string id, string instanceId) =>
        new("OperationNotPermitted", $"Unable to detach root volume '{id}' from instance '{instanceId}'");

    public static AwsException TooMany(int most) => new("AttachmentLimitExceeded", $"The maximum number of volumes that can be attached to an instance that runs is {most}.");

    public static AwsException CannotShrink(int sizeGiB) =>
        Ec2Errors.InvalidParameterValue($"New size cannot be smaller than existing size {sizeGiB}GiB");

    public static AwsException BeingModified(string id) =>
        new("IncorrectModificationState", $"The volume '{id}' is being modified. Wait until its modification is completed.");

    public static AwsException NeverModified(IEnumerable<string> ids) =>
        new("InvalidVolumeModification.NotFound", $"Modification for volume '{string.Join(", ", ids)}' does not exist.");

    public static AwsException InvalidMapping(string message) => new("InvalidBlockDeviceMapping", message);

    public static AwsException UnknownZone(string zone) => new("InvalidZone.NotFound", $"The zone '{zone}' does not exist.");

    /// <summary>A disk with two copies must be able to make its guest wait, which no disk can that is plugged into a machine without virtio.</summary>
    public static AwsException NotWhileRunning(string id, string instanceId) => Ec2Errors.IncorrectState(
        $"The volume '{id}' has two copies, and the devices of the instance '{instanceId}' (ENA support: false) take and leave such a volume only while it is stopped.");

    public static AwsException NotShared() => Ec2Errors.Unsupported("A volume of this cloud has one instance at a time; leave out MultiAttachEnabled.");
}
