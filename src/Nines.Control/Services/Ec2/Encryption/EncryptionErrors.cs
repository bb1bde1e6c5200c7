using Nines.Wire;

namespace Nines.Control.Services.Ec2.Encryption;

/// <summary>The errors of encrypted disks, in EC2's codes and words.</summary>
internal static class EncryptionErrors
{
    public static AwsException KeyWithoutEncryption() => new("InvalidParameterDependency", "The parameter KmsKeyId requires the parameter Encrypted to be set.");

    public static AwsException KeyNotFound(string keyId) => new("InvalidKmsKeyId.NotFound", $"The KMS key '{keyId}' does not exist");

    /// <summary>Keys are their account's alone: nobody else can open what lies under them.</summary>
    public static AwsException KeyOfAnother(string snapshotId) => new("AuthFailure", $"Not authorized for the KMS key of the snapshot '{snapshotId}'");

    public static AwsException KeyUnusable(string arn) => new("InvalidKMSKey.InvalidState", $"The KMS key {arn} is in an incorrect state");

    public static AwsException HasSnapshot(string device) =>
        new("InvalidBlockDeviceMapping", $"the encrypted flag cannot be specified since device {device} has a snapshot specified.");

    public static AwsException KeyInImage() => Ec2Errors.InvalidParameterCombination("The parameter KmsKeyId is not supported here: name the key when an instance is launched, or copy the image.");

    public static AwsException NotPublic(string what) => new("OperationNotPermitted", $"{what} is encrypted and cannot be shared publicly.");

    public static AwsException ManagedKeyNotShared() => new("OperationNotPermitted", "Encrypted snapshots with EBS default key cannot be shared.");
}
