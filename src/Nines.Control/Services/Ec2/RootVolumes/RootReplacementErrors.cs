using Nines.Wire;

namespace Nines.Control.Services.Ec2.RootVolumes;

/// <summary>The errors that only replacements of root volumes have, in EC2's codes.</summary>
internal static class RootReplacementErrors
{
    public static AwsException UnderWay(string instanceId, string taskId) =>
        Ec2Errors.IncorrectState($"The root volume of the instance '{instanceId}' is being replaced by the task '{taskId}'.");

    /// <summary>The guest would find another disk than its own (EC2 User Guide: Replace a root volume).</summary>
    public static AwsException OtherLineage(string snapshotId, string instanceId) => Ec2Errors.InvalidValue(
        "snapshotId", snapshotId, $"The snapshot must be one of a root volume of the instance '{instanceId}', and not a copy.");

    /// <summary>An image replaces a root volume only where it starts the same kind of machine.</summary>
    public static AwsException OtherKind(string imageId, string instanceId, string what) => Ec2Errors.InvalidValue(
        "imageId", imageId, $"The image and the instance '{instanceId}' must have the same {what}.");

    /// <summary>All disks of a machine lie on its host.</summary>
    public static AwsException OtherHost(string snapshotId, string instanceId) => Ec2Errors.Unsupported(
        $"The snapshot '{snapshotId}' lies on another host than the instance '{instanceId}'.");
}
