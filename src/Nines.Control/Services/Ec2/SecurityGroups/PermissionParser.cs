using System.Collections.Immutable;
using System.Globalization;
using Nines.Api.Ec2;
using Nines.Control.Services.Ec2.Addresses;
using Nines.Wire;

namespace Nines.Control.Services.Ec2.SecurityGroups;

/// <summary>Turns a request's permissions into rules, one for each other side; the rules have no id yet.</summary>
internal static class PermissionParser
{
    private const string NoId = "";
    private const int MaxPort = 65535;
    private const int MaxIcmp = 255;
    private const int MaxProtocol = 255;

    /// <summary>The rules that <paramref name="permissions"/> mean.</summary>
    /// <param name="permissions">The request's permissions.</param>
    /// <param name="isEgress">Whether they are about what goes out.</param>
    /// <param name="findGroup">Finds a group that a permission names, by id or name.</param>
    /// <exception cref="AwsException"><c>InvalidParameterValue</c>, <c>InvalidPermission.Malformed</c>, <c>MissingParameter</c>.</exception>
    public static ImmutableArray<SecurityGroupRule> Parse(IReadOnlyList<IpPermission> permissions, bool isEgress, Func<UserIdGroupPair, ReferencedGroup> findGroup)
    {
        var rules = permissions.SelectMany(permission => Parse(permission, isEgress, findGroup)).ToImmutableArray();
        return rules.Select(SecurityGroupRuleKey.Of).Distinct().Count() == rules.Length ? rules : throw SecurityGroupErrors.RuleRepeated();
    }

    private static List<SecurityGroupRule> Parse(IpPermission permission, bool isEgress, Func<UserIdGroupPair, ReferencedGroup> findGroup)
    {
        var protocol = ParseProtocol(permission.IpProtocol);
        var (from, to) = ParsePorts(protocol, permission.FromPort, permission.ToPort);
        var rule = new SecurityGroupRule { Id = NoId, IsEgress = isEgress, Protocol = protocol, FromPort = from, ToPort = to };
        List<SecurityGroupRule> rules =
        [
            .. (permission.IpRanges ?? []).Select(range => rule with { CidrIpv4 = ParseBlock(range.CidrIp), Description = range.Description }),
            .. (permission.Ipv6Ranges ?? []).Select(range => rule with { CidrIpv6 = ParseIpv6Block(range.CidrIpv6), Description = range.Description }),
            .. (permission.PrefixListIds ?? []).Select(list => rule with { PrefixListId = Required(list.PrefixListIdValue, "PrefixListId"), Description = list.Description }),
            .. (permission.UserIdGroupPairs ?? []).Select(pair => Refer(rule, findGroup(pair)) with { Description = pair.Description }),
        ];
        return rules.Count > 0
            ? rules
            : throw Ec2Errors.InvalidParameterValue("The request must contain exactly one source: an address range, a prefix list or a security group");
    }

    private static SecurityGroupRule Refer(SecurityGroupRule rule, ReferencedGroup group) => rule with { ReferencedGroupId = group.Id, Peer = group.Peer };

    /// <summary>The protocol as rules keep it: AWS's names for those that have ports or types, the number for the others.</summary>
    private static string ParseProtocol(string? protocol) => Required(protocol, "ipProtocol").ToLowerInvariant() switch
    {
        "-1" or "all" => SecurityGroupRule.AllProtocols,
        "tcp" or "6" => "tcp",
        "udp" or "17" => "udp",
        "icmp" or "1" => "icmp",
        "icmpv6" or "58" => "icmpv6",
        var number when int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value <= MaxProtocol =>
            value.ToString(CultureInfo.InvariantCulture),
        _ => throw Ec2Errors.InvalidParameterValue($"Invalid value '{protocol}' for IP protocol. Unknown protocol."),
    };

    private static (int From, int To) ParsePorts(string protocol, int? from, int? to)
    {
        switch (protocol)
        {
            case "tcp" or "udp":
                if (from is null || to is null)
                {
                    throw Ec2Errors.InvalidParameterValue("Invalid value 'Must specify both from and to ports with TCP/UDP.' for portRange.");
                }

                // Older clients write all ports as -1 to -1.
                if ((from, to) is (-1, -1))
                {
                    return (0, MaxPort);
                }

                return from is >= 0 and <= MaxPort && to is >= 0 and <= MaxPort && from <= to
                    ? (from.Value, to.Value)
                    : throw Ec2Errors.InvalidParameterValue($"Invalid TCP/UDP port range ({from}:{to})");
            case "icmp" or "icmpv6":
                var (type, code) = (from ?? -1, to ?? -1);
                return type is >= -1 and <= MaxIcmp && code is >= -1 and <= MaxIcmp && (type != -1 || code == -1)
                    ? (type, code)
                    : throw Ec2Errors.InvalidParameterValue($"ICMP code ({to}) or type ({from}) out of range");
            default:
                return (-1, -1);
        }
    }

    private static string ParseBlock(string? cidr) => Ipv4Block.TryParseLoose(Required(cidr, "cidrIp"), out var block)
        ? block.ToString()
        : throw Ec2Errors.InvalidParameterValue($"CIDR block {cidr} is malformed");

    private static string ParseIpv6Block(string? cidr) =>
        System.Net.IPNetwork.TryParse(Required(cidr, "cidrIpv6"), out var network) && network.BaseAddress.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6
            ? network.ToString()
            : throw Ec2Errors.InvalidParameterValue($"CIDR block {cidr} is malformed");

    private static string Required(string? value, string parameter) =>
        string.IsNullOrEmpty(value) ? throw Ec2Errors.MissingParameter(parameter) : value;
}
