using System.Globalization;
using Nines.Api.Ec2;
using Nines.Control.Services.Ec2.Vpcs;
using Nines.Wire;

namespace Nines.Control.Services.Ec2.NetworkAcls;

/// <summary>Turns a request's rule of an access list into an entry.</summary>
internal static class NetworkAclEntryParser
{
    private const int MaxPort = 65535;
    private const int MaxIcmp = 255;
    private const string Tcp = "6";
    private const string Udp = "17";

    /// <exception cref="AwsException"><c>InvalidParameterValue</c>, <c>MissingParameter</c>, <c>UnsupportedOperation</c>.</exception>
    public static NetworkAclEntry Parse(CreateNetworkAclEntryRequest input) => Parse(
        input.RuleNumber, input.Egress, input.Protocol, input.RuleAction, input.CidrBlock, input.Ipv6CidrBlock, input.PortRange, input.IcmpTypeCode);

    /// <inheritdoc cref="Parse(CreateNetworkAclEntryRequest)"/>
    public static NetworkAclEntry Parse(ReplaceNetworkAclEntryRequest input) => Parse(
        input.RuleNumber, input.Egress, input.Protocol, input.RuleAction, input.CidrBlock, input.Ipv6CidrBlock, input.PortRange, input.IcmpTypeCode);

    /// <summary>A rule's number that a client may give.</summary>
    /// <exception cref="AwsException"><c>InvalidParameterValue</c>, <c>MissingParameter</c>.</exception>
    public static int ParseNumber(int? number) => number switch
    {
        null => throw Ec2Errors.MissingParameter("ruleNumber"),
        >= 1 and < NetworkAclEntry.LastRuleNumber => number.Value,
        _ => throw Ec2Errors.InvalidValue("ruleNumber", number.Value.ToString(CultureInfo.InvariantCulture), "The rule number must be between 1 and 32766."),
    };

    private static NetworkAclEntry Parse(
        int? number, bool? egress, string? protocol, string? action, string? cidrBlock, string? ipv6CidrBlock, PortRange? ports, IcmpTypeCode? icmp)
    {
        if (ipv6CidrBlock is not null)
        {
            throw Ec2Errors.NoIpv6();
        }

        var entry = new NetworkAclEntry(
            ParseNumber(number), egress ?? false, ParseProtocol(protocol), VpcCidrRules.ParseBlock(cidrBlock).ToString(), ParseAction(action));
        return entry switch
        {
            { IsIcmp: true } => WithType(entry, icmp ?? throw Ec2Errors.MissingParameter("icmpTypeCode")),
            { Protocol: Tcp or Udp } => WithPorts(entry, ports ?? throw Ec2Errors.MissingParameter("portRange")),
            _ => entry,
        };
    }

    private static NetworkAclEntry WithPorts(NetworkAclEntry entry, PortRange ports) =>
        ports is { From: >= 0 and <= MaxPort, To: >= 0 and <= MaxPort } && ports.From <= ports.To
            ? entry with { FromPort = ports.From, ToPort = ports.To }
            : throw Ec2Errors.InvalidParameterValue($"Invalid TCP/UDP port range ({ports.From}:{ports.To})");

    private static NetworkAclEntry WithType(NetworkAclEntry entry, IcmpTypeCode icmp)
    {
        var (type, code) = (icmp.Type ?? -1, icmp.Code ?? -1);
        return type is >= -1 and <= MaxIcmp && code is >= -1 and <= MaxIcmp && (type != -1 || code == -1)
            ? entry with { FromPort = type, ToPort = code }
            : throw Ec2Errors.InvalidParameterValue($"ICMP code ({icmp.Code}) or type ({icmp.Type}) out of range");
    }

    private static bool ParseAction(string? action) => action switch
    {
        "allow" => true,
        "deny" => false,
        null => throw Ec2Errors.MissingParameter("ruleAction"),
        _ => throw Ec2Errors.InvalidValue("ruleAction", action, "Valid values are allow and deny."),
    };

    /// <summary>The protocol's number; clients write those that have a name either way.</summary>
    private static string ParseProtocol(string? protocol) => protocol?.ToLowerInvariant() switch
    {
        null or "" => throw Ec2Errors.MissingParameter("protocol"),
        "-1" or "all" => NetworkAclEntry.AllProtocols,
        "icmp" => "1",
        "tcp" => Tcp,
        "udp" => Udp,
        var number when int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value <= MaxIcmp =>
            value.ToString(CultureInfo.InvariantCulture),
        _ => throw Ec2Errors.InvalidValue("protocol", protocol, "Unknown protocol."),
    };
}
