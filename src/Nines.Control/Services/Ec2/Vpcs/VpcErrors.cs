using Nines.Wire;

namespace Nines.Control.Services.Ec2.Vpcs;

/// <summary>The errors that only VPCs have, in EC2's codes and words.</summary>
internal static class VpcErrors
{
    /// <summary>The block is larger than /16, smaller than /28, not private enough, or taken.</summary>
    public static AwsException Range(string cidrBlock) => new("InvalidVpc.Range", $"The CIDR '{cidrBlock}' is invalid.");

    public static AwsException TooMany() => new("VpcLimitExceeded", "The maximum number of VPCs has been reached.");

    public static AwsException HasDependencies(string id) => Ec2Errors.DependencyViolation($"The vpc '{id}' has dependencies and cannot be deleted.");

    public static AwsException TooManyBlocks(string id) =>
        new("CidrLimitExceeded", $"This network '{id}' has met its maximum number of allowed CIDRs: {NetworkLimits.MaxCidrBlocksPerVpc}");

    public static AwsException AssociationNotFound(string id) =>
        new("InvalidVpcCidrBlockAssociationID.NotFound", $"The vpc CIDR block association ID '{id}' does not exist");

    public static AwsException PrimaryBlockStays(string id) => new(
        "OperationNotPermitted",
        $"The vpc CIDR block with association ID {id} may not be disassociated. It is the primary IPv4 CIDR block of the VPC");

    public static AwsException BlockInUse(string id) => new(
        "InvalidCidr.InUse",
        $"The vpc CIDR block with association ID {id} may not be disassociated. It has subnets.");

    public static AwsException DefaultExists() => new("DefaultVpcAlreadyExists", "A Default VPC already exists for this account in this region.");
}
