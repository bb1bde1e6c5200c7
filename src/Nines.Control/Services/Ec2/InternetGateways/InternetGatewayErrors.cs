using Nines.Wire;

namespace Nines.Control.Services.Ec2.InternetGateways;

/// <summary>The errors that only internet gateways have, in EC2's codes and words.</summary>
internal static class InternetGatewayErrors
{
    public static AwsException AlreadyAttached(string id, string vpcId) =>
        new("Resource.AlreadyAssociated", $"resource {id} is already attached to network {vpcId}");

    public static AwsException VpcHasOne(string vpcId) => Ec2Errors.InvalidParameterValue($"Network {vpcId} already has an internet gateway attached");

    public static AwsException NotAttached(string id, string vpcId) => new("Gateway.NotAttached", $"resource {id} is not attached to network {vpcId}");

    public static AwsException HasPublicAddresses(string vpcId) => Ec2Errors.DependencyViolation(
        $"Network {vpcId} has some mapped public address(es). Please unmap those public address(es) before detaching the gateway.");

    public static AwsException HasDependencies(string id) => Ec2Errors.DependencyViolation($"The internetGateway '{id}' has dependencies and cannot be deleted.");

    public static AwsException TooMany() => new("InternetGatewayLimitExceeded", "The maximum number of internet gateways has been reached.");
}
