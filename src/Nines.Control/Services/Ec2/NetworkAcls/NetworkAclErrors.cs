using Nines.Wire;

namespace Nines.Control.Services.Ec2.NetworkAcls;

/// <summary>The errors that only network access lists have, in EC2's codes and words.</summary>
internal static class NetworkAclErrors
{
    public static AwsException TooMany() => new("NetworkAclLimitExceeded", "The maximum number of network ACLs for this VPC has been reached.");

    public static AwsException TooManyEntries(string id) =>
        new("NetworkAclEntryLimitExceeded", $"The maximum number of network acl entries has been reached for the network acl {id}.");

    public static AwsException EntryExists(int number) =>
        new("NetworkAclEntryAlreadyExists", $"The network acl entry identified by {number} already exists.");

    public static AwsException EntryNotFound(int number, string id) =>
        new("InvalidNetworkAclEntry.NotFound", $"no network acl entry with rule number {number} in network acl {id}");

    public static AwsException DefaultStays(string id) => Ec2Errors.InvalidParameterValue($"cannot delete default network ACL {id}");

    public static AwsException HasDependencies(string id) => Ec2Errors.DependencyViolation($"The networkAcl '{id}' has dependencies and cannot be deleted.");

    public static AwsException AssociationNotFound(string id) => new("InvalidAssociationID.NotFound", $"The association ID '{id}' does not exist");

    public static AwsException OtherNetwork(string id, string subnetId) =>
        Ec2Errors.InvalidParameterValue($"network acl {id} and subnet {subnetId} belong to different networks");
}
