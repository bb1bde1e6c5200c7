using Nines.Wire;

namespace Nines.Control.Services.Ec2.NetworkInterfaces;

/// <summary>The errors that only network interfaces have, in EC2's codes and words.</summary>
internal static class InterfaceErrors
{
    public static AwsException InUse(string id) => new("InvalidNetworkInterface.InUse", $"Interface: [{id}] in use.");

    public static AwsException CannotDelete(string id) => Ec2Errors.InvalidParameterValue($"Network interface '{id}' is currently in use.");

    public static AwsException IsManaged(string id) => new("OperationNotPermitted", $"You are not allowed to manage the network interface {id}, which belongs to a service.");

    public static AwsException TooMany() => new("NetworkInterfaceLimitExceeded", "The maximum number of network interfaces has been reached.");

    public static AwsException TooManyAddresses(string id) => new(
        "PrivateIpAddressLimitExceeded", $"Number of private addresses will exceed limit for the network interface {id}.");

    public static AwsException AttachmentNotFound(string id) => new("InvalidAttachmentID.NotFound", $"The attachment '{id}' does not exist.");

    public static AwsException PrimaryStays() => Ec2Errors.InvalidParameterValue("The primary IP address of the interface cannot be unassigned.");

    public static AwsException NotAssigned(string address, string id) =>
        Ec2Errors.InvalidParameterValue($"Some of [{address}] are not assigned to interface {id}");
}
