using Nines.Control.Services.Ec2.Addresses;
using Nines.Control.Services.Ec2.NetworkAcls;
using Nines.Control.Services.Ec2.NetworkInterfaces;
using Nines.Control.Services.Ec2.PrefixLists;
using Nines.Control.Services.Ec2.RouteTables;
using Nines.Control.Services.Ec2.SecurityGroups;
using Nines.Control.Services.Ec2.Subnets;
using Nines.Control.Services.Ec2.Vpcs;
using Nines.Control.Store;

namespace Nines.Control.Services.Ec2.Reachability;

/// <summary>Finds the rule, the entry or the route that means a packet.</summary>
internal sealed class ReachRules(Cloud cloud)
{
    /// <summary>The rule of an interface's groups that lets a packet through, or <see langword="null"/>.</summary>
    /// <param name="adapter">The interface.</param>
    /// <param name="isEgress">Whether the packet leaves it.</param>
    /// <param name="address">The address at the other end, as the interface's side sees it.</param>
    /// <param name="other">The interface at the other end, where that is seen by its private address.</param>
    /// <param name="traffic">The packet.</param>
    public (SecurityGroup Group, SecurityGroupRule Rule)? FindRule(NetworkInterface adapter, bool isEgress, string address, NetworkInterface? other, ReachTraffic traffic)
    {
        foreach (var group in adapter.SecurityGroupIds.Select(id => cloud.Find(SecurityGroup.Table, adapter.AccountId, id)).OfType<SecurityGroup>())
        {
            foreach (var rule in group.Rules.Where(rule => rule.IsEgress == isEgress))
            {
                if ((rule.Protocol == SecurityGroupRule.AllProtocols || (rule.Protocol == traffic.Protocol && traffic.IsIn(rule.FromPort, rule.ToPort)))
                    && Means(adapter.VpcId, group, rule, address, other))
                {
                    return (group, rule);
                }
            }
        }

        return null;
    }

    /// <summary>The list of a subnet.</summary>
    public NetworkAcl? FindList(Subnet subnet) =>
        cloud.By(NetworkAcl.ByVpc, subnet.VpcId).FirstOrDefault(acl => acl.Associations.Any(association => association.SubnetId == subnet.Id));

    /// <summary>The first entry of a list that means a packet; the last means every one.</summary>
    public static NetworkAclEntry FindEntry(NetworkAcl acl, bool isEgress, string address, ReachTraffic traffic) => acl.Entries.First(entry =>
        entry.IsEgress == isEgress
        && (entry.Protocol == NetworkAclEntry.AllProtocols || (entry.Protocol == traffic.Number && traffic.IsIn(entry.FromPort ?? -1, entry.ToPort ?? -1)))
        && Contains(entry.CidrBlock, address));

    /// <summary>The table of a subnet.</summary>
    public RouteTable? FindTable(Subnet subnet)
    {
        var tables = cloud.By(RouteTable.ByVpc, subnet.VpcId);
        return tables.FirstOrDefault(table => table.Associations.Any(association => association.SubnetId == subnet.Id))
            ?? tables.FirstOrDefault(table => table.Id == cloud.Find(Vpc.Table, subnet.AccountId, subnet.VpcId)?.MainRouteTableId);
    }

    /// <summary>The most specific route to an address; the network's own addresses come before all.</summary>
    public static Route? FindRoute(RouteTable table, string address) => table.Routes
        .Where(route => Contains(route.DestinationCidrBlock, address))
        .OrderByDescending(route => route.IsLocal)
        .ThenByDescending(route => Ipv4Block.Parse(route.DestinationCidrBlock).PrefixLength)
        .FirstOrDefault();

    /// <summary>Whether an address is in a block.</summary>
    public static bool Contains(string block, string address) =>
        Ipv4Block.TryParseLoose(block, out var parsed) && Ipv4Block.TryParseAddress(address, out var number) && parsed.Contains(number);

    private bool Means(string vpcId, SecurityGroup group, SecurityGroupRule rule, string address, NetworkInterface? other) => rule switch
    {
        { CidrIpv4: { } block } => Contains(block, address),
        { PrefixListId: { } list } => cloud.Find(PrefixList.Table, group.AccountId, list)?.Entries.Any(entry => Contains(entry.CidrBlock, address)) ?? false,
        { ReferencedGroupId: { } id } => other is { Attachment: not null } && other.SecurityGroupIds.Contains(id) && !StaleRules.IsStale(cloud, vpcId, rule),
        _ => false,
    };
}
