using Nines.Wire;

namespace Nines.Control.Services.Ec2.Snapshots;

/// <summary>The errors that only snapshots have, in EC2's codes and words.</summary>
internal static class SnapshotErrors
{
    public static AwsException InUse(string id, string imageId) => new("InvalidSnapshot.InUse", $"The snapshot {id} is currently in use by {imageId}");

    public static AwsException Locked(string id, string why) => new("OperationNotPermitted", $"The snapshot '{id}' is locked. {why}");

    public static AwsException NotCompleted(string id, string state) => Ec2Errors.IncorrectState($"Snapshot is in invalid state - {state} ({id})");

    public static AwsException TooSmall(string id, int sizeGiB, int askedGiB) =>
        Ec2Errors.InvalidParameterValue($"Volume of size {askedGiB}GB is smaller than snapshot '{id}', expect size >= {sizeGiB}GB");

    /// <summary>This cloud is one region.</summary>
    public static AwsException OtherRegion(string parameter, string region, string here) =>
        Ec2Errors.InvalidValue(parameter, region, $"This cloud has one region, {here}.");

    public static AwsException NotOwner(string id) => new("AuthFailure", $"Not authorized for snapshot:{id}");

    /// <summary>Snapshots lie on one host and are not copied.</summary>
    public static AwsException OtherZone(string id, string zone) =>
        new("UnsupportedOperation", $"The snapshot '{id}' lies on a host that does not serve the zone '{zone}'. Name a zone of the volume's host.");

    /// <summary>All disks of a machine lie on its host.</summary>
    public static AwsException DifferentHosts(IEnumerable<string> ids) =>
        Ec2Errors.Unsupported($"The snapshots {string.Join(", ", ids)} lie on different hosts; an instance has all its disks on one.");

    public static AwsException NoHost(IEnumerable<string> ids) => Ec2Errors.Unsupported($"The host of the snapshots {string.Join(", ", ids)} is not part of this cloud any more.");
}
