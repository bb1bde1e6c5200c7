using System.Net;
using Nines.Host.Api;

namespace Nines.Host.Networks;

/// <summary>A rule of a security group, accepted: the other side is a block or a group.</summary>
internal sealed record RuleModel(int Protocol, int From, int To, IPNetwork? Block, string? GroupId)
{
    private const int Icmp = 1;
    private const int Tcp = 6;
    private const int Udp = 17;

    /// <summary>Accepts a rule.</summary>
    /// <exception cref="NetworkSpecException">It says something that cannot be.</exception>
    public static RuleModel Parse(SecurityGroupRuleSpec spec, string groupId)
    {
        if (spec is { CidrBlock: null, GroupId: null })
        {
            throw new NetworkSpecException($"A rule of {groupId} names neither an address block nor a group.");
        }

        if (spec.Protocol is < -1 or > 255)
        {
            throw new NetworkSpecException($"A rule of {groupId} names protocol {spec.Protocol}, which is not between -1 and 255.");
        }

        var highest = spec.Protocol == Icmp ? 255 : 65535;
        var ordered = spec.Protocol == Icmp || spec.FromPort <= spec.ToPort;
        if (spec.FromPort < -1 || spec.FromPort > highest || spec.ToPort < -1 || spec.ToPort > highest || !ordered)
        {
            throw new NetworkSpecException($"A rule of {groupId} names the range {spec.FromPort} to {spec.ToPort}, which is none.");
        }

        return new(
            spec.Protocol,
            spec.FromPort,
            spec.ToPort,
            spec.CidrBlock is null ? null : Ipv4.Block(spec.CidrBlock, groupId),
            spec.GroupId is null ? null : VpcModel.SafeId(spec.GroupId));
    }

    /// <summary>The kind of packet as a match of nft(8); empty for all.</summary>
    public string Match() => Protocol switch
    {
        -1 => "",
        Icmp when From == -1 => "meta l4proto icmp",
        Icmp when To == -1 => $"icmp type {From}",
        Icmp => $"icmp type {From} icmp code {To}",
        Tcp or Udp when From <= 0 && To is -1 or 65535 => $"meta l4proto {Name}",
        Tcp or Udp => From == To ? $"{Name} dport {From}" : $"{Name} dport {From}-{To}",
        _ => $"meta l4proto {Protocol}",
    };

    private string Name => Protocol == Tcp ? "tcp" : "udp";
}
