using Nines.Control.Services.Ec2.Addresses;
using Nines.Wire;

namespace Nines.Control.Services.Ec2.Vpcs;

/// <summary>Which blocks a VPC may have.</summary>
internal static class VpcCidrRules
{
    /// <summary>Reads the block of a request; bits behind the prefix are cleared.</summary>
    /// <exception cref="AwsException"><c>MissingParameter</c>, <c>InvalidParameterValue</c>, <c>InvalidVpc.Range</c>.</exception>
    public static Ipv4Block Parse(string? cidrBlock)
    {
        var block = ParseBlock(cidrBlock);
        return block.PrefixLength is >= AddressAllocator.LargestPrefix and <= AddressAllocator.SmallestPrefix && IsUnicast(block)
            ? block
            : throw VpcErrors.Range(block.ToString());
    }

    /// <summary>Reads any block.</summary>
    /// <exception cref="AwsException"><c>MissingParameter</c>, <c>InvalidParameterValue</c>.</exception>
    public static Ipv4Block ParseBlock(string? cidrBlock, string parameter = "cidrBlock")
    {
        if (string.IsNullOrEmpty(cidrBlock))
        {
            throw Ec2Errors.MissingParameter(parameter);
        }

        return Ipv4Block.TryParseLoose(cidrBlock, out var block)
            ? block
            : throw Ec2Errors.InvalidValue(parameter, cidrBlock, "This is not a valid CIDR block.");
    }

    /// <summary>Whether guests can have the block's addresses: not loopback, link-local, multicast, reserved or "this network".</summary>
    private static bool IsUnicast(Ipv4Block block) => (block.First >> 24) is > 0 and < 224 and not 127 && block.First >> 16 != 0xA9FE;
}
