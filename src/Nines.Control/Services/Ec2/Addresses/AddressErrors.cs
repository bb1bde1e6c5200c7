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

    /// <summary>Somebody has the address.</summary>
    public static AwsException InUse(string address) => new("InvalidIPAddress.InUse", $"Address {address} is in use.");

    /// <summary>The subnet is full.</summary>
    public static AwsException SubnetFull(string subnetId) => new(
        "InsufficientFreeAddressesInSubnet", $"The specified subnet {subnetId} does not have enough free addresses to satisfy the request.");

    /// <summary>The public pool is empty.</summary>
    public static AwsException PoolEmpty() => new("InsufficientAddressCapacity", "Not enough available public addresses to satisfy the request.");
}
