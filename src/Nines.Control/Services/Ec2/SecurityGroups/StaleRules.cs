using Nines.Control.Services.Ec2.VpcPeerings;
using Nines.Control.Store;

namespace Nines.Control.Services.Ec2.SecurityGroups;

/// <summary>Rules that name a group which cannot be reached any more: the peering to its VPC is over, or it was deleted there.</summary>
internal static class StaleRules
{
    public static bool IsStale(Cloud cloud, SecurityGroup group, SecurityGroupRule rule) => IsStale(cloud, group.VpcId, rule);

    /// <summary>The same in a VPC that the rule's group is associated with: its peerings are others.</summary>
    public static bool IsStale(Cloud cloud, string vpcId, SecurityGroupRule rule) =>
        rule is { Peer: { } peer, ReferencedGroupId: { } id }
        && ((peer.VpcId != vpcId && VpcPeering.Between(cloud, vpcId, peer.VpcId) is null) || cloud.By(SecurityGroup.ById, id).Count == 0);
}
