using Nines.Control.Services.Ec2.Zones;
using Nines.Wire;

namespace Nines.Control.Services.Ec2.Subnets;

/// <summary>The errors that only subnets have, in EC2's codes and words.</summary>
internal static class SubnetErrors
{
    /// <summary>The block is larger than /16, smaller than /28, or not in the VPC.</summary>
    public static AwsException Range(string cidrBlock) => new("InvalidSubnet.Range", $"The CIDR '{cidrBlock}' is invalid.");

    public static AwsException Conflict(string cidrBlock) => new("InvalidSubnet.Conflict", $"The CIDR '{cidrBlock}' conflicts with another subnet");

    public static AwsException TooMany() => new("SubnetLimitExceeded", "The maximum number of subnets for this VPC has been reached.");

    public static AwsException HasDependencies(string id) => Ec2Errors.DependencyViolation($"The subnet '{id}' has dependencies and cannot be deleted.");

    public static AwsException UnknownZone(string parameter, string zone, ZoneCatalog zones) => Ec2Errors.InvalidValue(
        parameter, zone, $"Subnets can currently only be created in the following availability zones: {string.Join(", ", zones.Zones.Select(known => known.Name))}.");

    public static AwsException DefaultExists(Subnet subnet) => new(
        "DefaultSubnetAlreadyExistsInAvailabilityZone", $"'{subnet.Id}' is already the default subnet in {subnet.AvailabilityZone}.");

    public static AwsException NoDefaultVpc() => new("DefaultVpcDoesNotExist", "No default VPC exists for this account in this region.");
}
