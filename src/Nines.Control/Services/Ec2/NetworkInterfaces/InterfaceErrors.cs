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

    public static AwsException AttachmentMalformed(string id) => new("InvalidAttachmentID.Malformed", $"Invalid id: \"{id}\" (expecting \"eni-attach-...\")");

    public static AwsException IndexTaken(string instanceId, int index) =>
        Ec2Errors.InvalidParameterValue($"Instance '{instanceId}' already has an interface attached at device index '{index}'.");

    public static AwsException PrimaryCannotGo() =>
        new("OperationNotPermitted", "The network interface at device index 0 and networkCard index 0 cannot be detached.");

    public static AwsException IsDetaching(string attachmentId) => new("IncorrectState", $"The attachment '{attachmentId}' is already being detached.");

    public static AwsException OtherZone() =>
        Ec2Errors.InvalidParameterCombination("You may not attach a network interface to an instance if they are not in the same availability zone");

    public static AwsException OtherVpc(string id, string instanceId) =>
        Ec2Errors.Unsupported($"The network interface {id} and the instance {instanceId} are in different VPCs; the machines of this cloud are in one.");

    public static AwsException TooManyOnInstance(int count, string type) =>
        new("AttachmentLimitExceeded", $"Interface count {count} exceeds the limit for {type}");

    public static AwsException PrimaryStays() => Ec2Errors.InvalidParameterValue("The primary IP address of the interface cannot be unassigned.");

    public static AwsException NotAssigned(string address, string id) =>
        Ec2Errors.InvalidParameterValue($"Some of [{address}] are not assigned to interface {id}");
}
