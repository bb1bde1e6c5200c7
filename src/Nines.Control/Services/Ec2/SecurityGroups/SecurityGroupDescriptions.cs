using Nines.Api.Ec2;
using Nines.Control.Services.Ec2.Tags;

namespace Nines.Control.Services.Ec2.SecurityGroups;

/// <summary>Security groups and rules as EC2 answers them.</summary>
internal static class SecurityGroupDescriptions
{
    /// <summary>A group with its rules folded by protocol and ports.</summary>
    public static Api.Ec2.SecurityGroup Describe(SecurityGroup group) => new()
    {
        GroupId = group.Id,
        GroupName = group.Name,
        Description = group.Description,
        OwnerId = group.AccountId,
        VpcId = group.VpcId,
        IpPermissions = Fold(group, egress: false),
        IpPermissionsEgress = Fold(group, egress: true),
        Tags = group.Tags.ToApiOrNull(),
    };

    /// <summary>One rule.</summary>
    public static Api.Ec2.SecurityGroupRule Describe(SecurityGroup group, SecurityGroupRule rule) => new()
    {
        SecurityGroupRuleId = rule.Id,
        GroupId = group.Id,
        GroupOwnerId = group.AccountId,
        IsEgress = rule.IsEgress,
        IpProtocol = rule.Protocol,
        FromPort = rule.FromPort,
        ToPort = rule.ToPort,
        CidrIpv4 = rule.CidrIpv4,
        CidrIpv6 = rule.CidrIpv6,
        PrefixListId = rule.PrefixListId,
        ReferencedGroupInfo = rule.ReferencedGroupId is null ? null : new ReferencedSecurityGroup
        {
            GroupId = rule.ReferencedGroupId,
            UserId = rule.Peer?.AccountId ?? group.AccountId,
            VpcId = rule.Peer?.VpcId,
            VpcPeeringConnectionId = rule.Peer?.VpcPeeringConnectionId,
        },
        Description = rule.Description,
        Tags = rule.Tags.ToApi(),
    };

    private static IReadOnlyList<IpPermission> Fold(SecurityGroup group, bool egress) =>
    [
        .. group.Rules.Where(rule => rule.IsEgress == egress).GroupBy(rule => (rule.Protocol, rule.FromPort, rule.ToPort)).Select(rules => new IpPermission
        {
            IpProtocol = rules.Key.Protocol,
            FromPort = rules.Key.Protocol == SecurityGroupRule.AllProtocols ? null : rules.Key.FromPort,
            ToPort = rules.Key.Protocol == SecurityGroupRule.AllProtocols ? null : rules.Key.ToPort,
            IpRanges = [.. rules.Where(rule => rule.CidrIpv4 is not null).Select(rule => new IpRange { CidrIp = rule.CidrIpv4, Description = rule.Description })],
            Ipv6Ranges = [.. rules.Where(rule => rule.CidrIpv6 is not null).Select(rule => new Ipv6Range { CidrIpv6 = rule.CidrIpv6, Description = rule.Description })],
            PrefixListIds = [.. rules.Where(rule => rule.PrefixListId is not null).Select(rule => new PrefixListId { PrefixListIdValue = rule.PrefixListId, Description = rule.Description })],
            UserIdGroupPairs =
            [
                .. rules.Where(rule => rule.ReferencedGroupId is not null).Select(rule => Pair(group, rule)),
            ],
        }),
    ];

    /// <summary>The group that a rule names.</summary>
    internal static UserIdGroupPair Pair(SecurityGroup group, SecurityGroupRule rule) => new()
    {
        GroupId = rule.ReferencedGroupId,
        UserId = rule.Peer?.AccountId ?? group.AccountId,
        VpcId = rule.Peer?.VpcId,
        VpcPeeringConnectionId = rule.Peer?.VpcPeeringConnectionId,
        PeeringStatus = rule.Peer is null ? null : "active",
        Description = rule.Description,
    };
}
