using System.Collections.Immutable;
using Nines.Control.Services.Ec2.Instances;
using Nines.Control.Services.Ec2.RouteTables;
using Nines.Control.Services.Ec2.Subnets;
using Nines.Control.Services.Ec2.Vpcs;
using Nines.Control.Store;
using Nines.Host.Api;

namespace Nines.Control.Hosts;

/// <summary>Says a host about a network: its blocks, subnets with their way to the internet, and the groups that matter there.</summary>
internal static class VpcRenderer
{
    /// <summary>The network as a host with these adapters must know it; <see langword="null"/> when there is no such network any more.</summary>
    /// <param name="cloud">The records.</param>
    /// <param name="vpcId">The network.</param>
    /// <param name="interfaces">The adapters on the host.</param>
    /// <param name="groupIds">The groups that they are in.</param>
    /// <param name="groups">Rendered groups.</param>
    /// <param name="region">The region's name.</param>
    public static VpcSpec? Render(
        Cloud cloud, string vpcId, ImmutableDictionary<string, InterfaceSpec> interfaces, IEnumerable<string> groupIds, SecurityGroupSpecs groups, string region)
    {
        // Hosts know networks by their id alone.
        if (cloud.By(Vpc.ById, vpcId).FirstOrDefault() is not { } vpc)
        {
            return null;
        }

        return new VpcSpec
        {
            Id = vpcId,
            CidrBlocks = [.. vpc.CidrBlocks.Select(block => block.CidrBlock)],
            Subnets = cloud.By(Subnet.ByVpc, vpcId).ToImmutableDictionary(
                subnet => subnet.Id, subnet => new SubnetSpec(subnet.Id, subnet.CidrBlock, HasInternetRoute(cloud, vpc, subnet))),
            Interfaces = interfaces,
            SecurityGroups = groups.For(vpc.AccountId, groupIds),
            DomainName = InstanceNames.PrivateDomain(region),
        };
    }

    /// <summary>Whether a host would see no difference.</summary>
    public static bool AreSame(VpcSpec left, VpcSpec right) =>
        ReferenceEquals(left.Interfaces, right.Interfaces)
        && left.Presence == right.Presence
        && left.DomainName == right.DomainName
        && left.CidrBlocks.SequenceEqual(right.CidrBlocks)
        && left.Subnets.Count == right.Subnets.Count
        && left.Subnets.All(subnet => right.Subnets.TryGetValue(subnet.Key, out var other) && other == subnet.Value)
        && left.SecurityGroups.Count == right.SecurityGroups.Count
        && left.SecurityGroups.All(group => right.SecurityGroups.TryGetValue(group.Key, out var other) && ReferenceEquals(other, group.Value));

    private static bool HasInternetRoute(Cloud cloud, Vpc vpc, Subnet subnet)
    {
        var table = cloud.By(RouteTable.BySubnet, subnet.Id).FirstOrDefault() ?? cloud.Find(RouteTable.Table, vpc.AccountId, vpc.MainRouteTableId);
        return table?.Routes.Any(route => route.IsInternet) ?? false;
    }
}
