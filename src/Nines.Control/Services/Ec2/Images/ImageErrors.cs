using Nines.Wire;

namespace Nines.Control.Services.Ec2.Images;

/// <summary>The errors that only images have, in EC2's codes and words.</summary>
internal static class ImageErrors
{
    public static AwsException MalformedName() => new(
        "InvalidAMIName.Malformed", "AMI names must be between 3 and 128 characters long, and may contain letters, numbers, '(', ')', '[', ']', ' ', '.', '/', '-', ''', '@' and '_'");

    public static AwsException NameTaken(string name, string id) => new("InvalidAMIName.Duplicate", $"AMI name {name} is already in use by AMI {id}");

    public static AwsException NotOwner(string id) => new("AuthFailure", $"Not authorized for image:{id}");

    /// <summary>It is pending, failed or disabled.</summary>
    public static AwsException NotAvailable(string id) => new("InvalidAMIID.Unavailable", $"The image ID '{id}' is not available");

    public static AwsException Protected(string id) => new(
        "OperationNotPermitted", $"The image '{id}' is protected from deregistration. Disable its deregistration protection, and wait for the end of its cooldown if it has one.");

    /// <summary>What lies in the image stores is not the API's to remove.</summary>
    public static AwsException Stored(string id) => Ec2Errors.Unsupported($"The image '{id}' was imported into the image store of this machine; the API cannot deregister it. It can be disabled.");

    public static AwsException NoRootSnapshot(string device) => VolumeMapping($"No root snapshot specified in device mapping: the root device '{device}' must start as a snapshot.");

    /// <summary>Nothing starts a disk but the kernel or firmware that it was made for.</summary>
    public static AwsException NoBoot(string snapshotId) =>
        Ec2Errors.Unsupported($"The snapshot '{snapshotId}' is not of a disk that was once an image's; this cloud does not know how to start it.");

    public static AwsException InvalidItem(string value, string type) => new("InvalidAMIAttributeItemValue", $"Invalid attribute item value \"{value}\" for {type} item type.");

    private static AwsException VolumeMapping(string message) => Volumes.VolumeErrors.InvalidMapping(message);
}
