using Nines.Control.Services.Ec2.Addresses;
using Nines.Control.Services.Ec2.Subnets;
using Nines.Control.Store;
using Nines.Wire;

namespace Nines.Control.Services.Ec2.NetworkInterfaces;

/// <summary>Which private addresses a request asks for: one that is the primary, others by name, and a number of any.</summary>
/// <param name="Primary">The primary address, or <see langword="null"/> for any.</param>
/// <param name="Secondary">Further addresses by name.</param>
/// <param name="Count">How many further ones of any.</param>
internal sealed record InterfaceAddressing(string? Primary, IReadOnlyList<string> Secondary, int Count)
{
    /// <summary>The most private addresses of an interface: what AWS gives the largest types.</summary>
    public const int MaxAddresses = 50;

    /// <summary>Reads the three ways in which a request names addresses.</summary>
    /// <exception cref="AwsException"><c>InvalidParameterCombination</c>, <c>InvalidParameterValue</c>.</exception>
    public static InterfaceAddressing Parse(string? primary, IReadOnlyList<Api.Ec2.PrivateIpAddressSpecification>? addresses, int? count)
    {
        var named = addresses ?? [];
        if (named.Count > 0 && count is > 0)
        {
            throw Ec2Errors.InvalidParameterCombination("The parameter secondaryPrivateIpAddressCount cannot be used with the parameter privateIpAddresses");
        }

        if (named.Count(address => address.Primary == true) + (primary is null ? 0 : 1) > 1)
        {
            throw Ec2Errors.InvalidParameterCombination("Only one primary private IP address can be specified.");
        }

        return new(
            primary ?? named.FirstOrDefault(address => address.Primary == true)?.PrivateIpAddress,
            [.. named.Where(address => address.Primary != true).Select(address => address.PrivateIpAddress ?? throw Ec2Errors.MissingParameter("privateIpAddress"))],
            CheckCount(count));
    }

    /// <summary>A number of addresses that a request may ask for.</summary>
    /// <exception cref="AwsException"><c>InvalidParameterValue</c>.</exception>
    public static int CheckCount(int? count) => count is null or >= 0
        ? count ?? 0
        : throw Ec2Errors.InvalidValue("secondaryPrivateIpAddressCount", $"{count}", "It must not be negative.");

    /// <summary>Gives an interface further addresses of its subnet.</summary>
    /// <exception cref="AwsException">As <see cref="AddressAllocator.AllocatePrivate"/>, and <c>PrivateIpAddressLimitExceeded</c>.</exception>
    public static NetworkInterface Add(CloudTransaction transaction, Subnet subnet, NetworkInterface adapter, IReadOnlyList<string> addresses, int count)
    {
        if (adapter.SecondaryAddresses.Length + 1 + addresses.Count + count > MaxAddresses)
        {
            throw InterfaceErrors.TooManyAddresses(adapter.Id);
        }

        IEnumerable<string?> wanted = [.. addresses, .. Enumerable.Repeat<string?>(null, count)];
        var added = wanted.Select(address => new InterfaceAddress(AddressAllocator.AllocatePrivate(transaction, subnet, adapter.Id, address))).ToArray();
        return adapter with { SecondaryAddresses = adapter.SecondaryAddresses.AddRange(added) };
    }
}
