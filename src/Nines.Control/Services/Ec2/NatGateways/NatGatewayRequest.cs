using System.Collections.Immutable;
using Nines.Api.Ec2;
using Nines.Control.Services.Ec2.Addresses;
using Nines.Control.Services.Ec2.NetworkInterfaces;
using Nines.Control.Services.Ec2.Query;
using Nines.Control.Services.Ec2.Tags;
using Nines.Wire;

namespace Nines.Control.Services.Ec2.NatGateways;

/// <summary>What CreateNatGateway says, by itself: pure.</summary>
internal sealed record NatGatewayRequest
{
    /// <summary>Where it shall be.</summary>
    public required string SubnetId { get; init; }

    /// <summary>The elastic address that it shall have; <see langword="null"/>: it is private.</summary>
    public string? AllocationId { get; init; }

    /// <summary>Its private address, or <see langword="null"/> for any.</summary>
    public string? PrivateAddress { get; init; }

    /// <summary>Further elastic addresses, and the private ones that are to have them.</summary>
    public IReadOnlyList<(string AllocationId, string? PrivateAddress)> Secondary { get; init; } = [];

    /// <summary>Further addresses of a private gateway by name.</summary>
    public IReadOnlyList<string> SecondaryAddresses { get; init; } = [];

    /// <summary>How many further ones of any it shall have.</summary>
    public int SecondaryCount { get; init; }

    /// <summary>What its maker calls the request.</summary>
    public string? ClientToken { get; init; }

    /// <summary>Its tags.</summary>
    public required ImmutableSortedDictionary<string, string> Tags { get; init; }

    /// <exception cref="AwsException"><c>MissingParameter</c>, <c>InvalidParameterCombination</c>, <c>InvalidParameterValue</c>, or a malformed id.</exception>
    public static NatGatewayRequest Parse(CreateNatGatewayRequest input)
    {
        var request = new NatGatewayRequest
        {
            SubnetId = ResourceId.Parse<SubnetId>(input.SubnetId).Value,
            PrivateAddress = input.PrivateIpAddress,
            ClientToken = ClientTokens.ClientToken.Parse(input.ClientToken),
            Tags = TagRules.Parse(input.TagSpecifications, NatGatewayOperations.ResourceType).For(NatGatewayOperations.ResourceType),
        };
        return input.ConnectivityType switch
        {
            null or ConnectivityType.Public => ParsePublic(input, request),
            ConnectivityType.Private => ParsePrivate(input, request),
            _ => throw Ec2Errors.InvalidValue("connectivityType", input.ConnectivityType, "Valid values are public and private."),
        };
    }

    private static NatGatewayRequest ParsePublic(CreateNatGatewayRequest input, NatGatewayRequest request)
    {
        if (input.SecondaryPrivateIpAddressCount is > 0)
        {
            throw Ec2Errors.InvalidParameterCombination("SecondaryPrivateIpAddressCount is for private NAT gateways only.");
        }

        var secondary = NatGatewayAddresses.Parse(input.SecondaryAllocationIds, input.SecondaryPrivateIpAddresses);
        var allocationId = ResourceId.Parse<AllocationId>(input.AllocationId ?? throw Ec2Errors.MissingParameter("allocationId")).Value;
        return secondary.Any(address => address.AllocationId == allocationId)
            ? throw AddressErrors.NamedTwice(allocationId)
            : request with { AllocationId = allocationId, Secondary = secondary };
    }

    private static NatGatewayRequest ParsePrivate(CreateNatGatewayRequest input, NatGatewayRequest request)
    {
        if (input.AllocationId is not null || input.SecondaryAllocationIds is { Count: > 0 })
        {
            throw Ec2Errors.InvalidParameterCombination("A private NAT gateway has no elastic IP addresses: an allocation ID cannot be specified.");
        }

        IReadOnlyList<string> named = [.. (input.SecondaryPrivateIpAddresses ?? []).Distinct()];
        var count = InterfaceAddressing.CheckCount(input.SecondaryPrivateIpAddressCount);
        return named.Count > 0 && count > 0
            ? throw Ec2Errors.InvalidParameterCombination("SecondaryPrivateIpAddresses and SecondaryPrivateIpAddressCount cannot be specified together.")
            : request with { SecondaryAddresses = named, SecondaryCount = count };
    }
}
