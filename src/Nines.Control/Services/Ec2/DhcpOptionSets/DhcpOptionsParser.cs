using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Nines.Api.Ec2;
using Nines.Control.Services.Ec2.Addresses;
using Nines.Wire;

namespace Nines.Control.Services.Ec2.DhcpOptionSets;

/// <summary>Turns a request's DHCP configurations into options (source: CreateDhcpOptions in the EC2 API reference).</summary>
internal static partial class DhcpOptionsParser
{
    private const int MaxServers = 4;

    /// <exception cref="AwsException"><c>MissingParameter</c>, <c>InvalidParameterValue</c>, <c>UnsupportedOperation</c>.</exception>
    public static ImmutableSortedDictionary<string, ImmutableArray<string>> Parse(IReadOnlyList<NewDhcpConfiguration>? configurations)
    {
        if (configurations is null or [])
        {
            throw Ec2Errors.MissingParameter("dhcpConfiguration");
        }

        var options = ImmutableSortedDictionary.CreateBuilder<string, ImmutableArray<string>>(StringComparer.Ordinal);
        foreach (var configuration in configurations)
        {
            var key = configuration.Key ?? throw Ec2Errors.MissingParameter("key");
            ImmutableArray<string> values = [.. configuration.Values ?? []];
            Check(key, values);
            if (!options.TryAdd(key, values))
            {
                throw Ec2Errors.InvalidParameterValue($"The DHCP option {key} is specified more than once.");
            }
        }

        return options.ToImmutable();
    }

    private static void Check(string key, ImmutableArray<string> values)
    {
        if (values.IsEmpty)
        {
            throw Ec2Errors.InvalidParameterValue($"The DHCP option {key} must have a value.");
        }

        switch (key)
        {
            case DhcpOptions.DomainName:
                Require(values.Length == 1 && values[0].Length <= 255 && Domain().IsMatch(values[0]), key, values, "It must be one domain name.");
                break;
            case DhcpOptions.NameServers:
                Require(values.Length <= MaxServers && values.All(value => value == DhcpOptions.AmazonProvidedDns || IsAddress(value)), key, values, "It must be up to four IPv4 addresses, or AmazonProvidedDNS.");
                break;
            case DhcpOptions.TimeServers or DhcpOptions.NetbiosNameServers:
                Require(values.Length <= MaxServers && values.All(IsAddress), key, values, "It must be up to four IPv4 addresses.");
                break;
            case DhcpOptions.NetbiosNodeType:
                Require(values is ["1" or "2" or "4" or "8"], key, values, "Valid values are 1, 2, 4 and 8.");
                break;
            case "ipv6-address-preferred-lease-time":
                throw Ec2Errors.NoIpv6();
            default:
                throw Ec2Errors.InvalidValue("key", key, "Unknown DHCP option.");
        }
    }

    private static void Require(bool holds, string key, ImmutableArray<string> values, string rule)
    {
        if (!holds)
        {
            throw Ec2Errors.InvalidValue(key, string.Join(", ", values), rule);
        }
    }

    private static bool IsAddress(string value) => Ipv4Block.TryParseAddress(value, out _);

    [GeneratedRegex(@"^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*\z")]
    private static partial Regex Domain();
}
