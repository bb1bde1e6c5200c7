using Nines.Wire;

namespace Nines.Control.Services.Ec2.Addresses;

/// <summary>The errors that only addresses have, in EC2's codes and words.</summary>
internal static class AddressErrors
{
    /// <summary>The text is no IPv4 address.</summary>
    public static AwsException NotAnAddress(string address) =>
        Ec2Errors.InvalidValue("privateIpAddress", address, "The specified value is not a valid IP address.");

    /// <summary>The address lies outside the subnet.</summary>
    public static AwsException OutsideSubnet(string address) =>
        Ec2Errors.InvalidParameterValue($"Address {address} does not fall within the subnet's address range");

    /// <summary>The address is one of the five that a subnet keeps.</summary>
    public static AwsException Reserved(string address) =>
        Ec2Errors.InvalidParameterValue($"Address {address} is in subnet's reserved address range");

    /// <summary>The address is one that the subnet's owner keeps for prefixes.</summary>
    public static AwsException ReservedForPrefixes(string address) =>
        Ec2Errors.InvalidParameterValue($"Address {address} is in a subnet CIDR reservation of type prefix");

    /// <summary>Somebody has the address.</summary>
    public static AwsException InUse(string address) => new("InvalidIPAddress.InUse", $"Address {address} is in use.");

    /// <summary>The subnet is full.</summary>
    public static AwsException SubnetFull(string subnetId) => new(
        "InsufficientFreeAddressesInSubnet", $"The specified subnet {subnetId} does not have enough free addresses to satisfy the request.");

    /// <summary>The account has as many elastic addresses as it may.</summary>
    public static AwsException TooMany() => new("AddressLimitExceeded", "The maximum number of addresses has been reached.");

    /// <summary>The account has no such elastic addresses.</summary>
    public static AwsException NotFound(params IReadOnlyCollection<string> addresses) => new(
        "InvalidAddress.NotFound", addresses.Count == 1 ? $"Address '{addresses.First()}' not found." : $"Addresses '{string.Join(", ", addresses)}' not found.");

    /// <summary>Nothing has the association.</summary>
    public static AwsException AssociationNotFound(string id) => new("InvalidAssociationID.NotFound", $"The association ID '{id}' does not exist");

    /// <summary>The address is elsewhere, and the client wants it only if it is not.</summary>
    public static AwsException AlreadyAssociated(ElasticAddress address) => new(
        "Resource.AlreadyAssociated", $"resource {address.Id} is already associated with associate-id {address.AssociationId}");

    /// <summary>One request names an address twice.</summary>
    public static AwsException NamedTwice(string allocationId) => Ec2Errors.InvalidParameterValue($"The allocation ID '{allocationId}' must not appear multiple times.");

    /// <summary>The address is offered already.</summary>
    public static AwsException TransferOpen(string allocationId) => new("InvalidTransfer.AddressAlreadyTransferring", $"The address {allocationId} has a transfer that waits to be accepted.");

    /// <summary>The address is not offered.</summary>
    public static AwsException TransferNotFound(string allocationId) => new("InvalidAddressTransfer.NotFound", $"The address {allocationId} has no transfer that waits to be accepted.");

    /// <summary>What somebody uses cannot change hands.</summary>
    public static AwsException TransferAssociated(string address) => new("InvalidTransfer.AddressAssociated", $"The address {address} is associated with a resource and cannot be transferred.");

    /// <summary>The network has no way to the internet.</summary>
    public static AwsException NoGateway(string vpcId) => new("Gateway.NotAttached", $"Network {vpcId} is not attached to any internet gateway");

    /// <summary>The instance ends.</summary>
    public static AwsException InstanceEnds(string instanceId) => new(
        "InvalidInstanceID", $"The instance '{instanceId}' is not in a valid state for this operation.");

    /// <summary>The interface has no such private address.</summary>
    public static AwsException NotOfInterface(string address, string networkInterfaceId) => Ec2Errors.InvalidParameterValue(
        $"The private IP address {address} is not assigned to the network interface {networkInterfaceId}.");

    /// <summary>The public pool is empty.</summary>
    public static AwsException PoolEmpty() => new("InsufficientAddressCapacity", "Not enough available public addresses to satisfy the request.");
}
