using System.Collections.Immutable;
using System.Globalization;
using Nines.Control.Services.Ec2.DhcpOptionSets;
using Nines.Control.Services.Ec2.FlowLogs;
using Nines.Control.Services.Ec2.Instances;
using Nines.Control.Services.Ec2.NatGateways;
using Nines.Control.Services.Ec2.NetworkAcls;
using Nines.Control.Services.Ec2.RouteTables;
using Nines.Control.Services.Ec2.Subnets;
using Nines.Control.Services.Ec2.VpcPeerings;
using Nines.Control.Services.Ec2.Vpcs;
using Nines.Control.Services.Ec2.Zones;
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
    /// <param name="zones">The region and its zones.</param>
    public static VpcSpec? Render(
        Cloud cloud, string vpcId, ImmutableDictionary<string, InterfaceSpec> interfaces, IEnumerable<string> groupIds, SecurityGroupSpecs groups, ZoneCatalog zones)
    {
        // Hosts know networks by their id alone.
        if (cloud.By(Vpc.ById, vpcId).FirstOrDefault() is not { } vpc)
        {
            return null;
        }

        // A subnet names only tables and lists that are told too, though records change between one look and the next.
        var tables = cloud.By(RouteTable.ByVpc, vpcId);
        var acls = cloud.By(NetworkAcl.ByVpc, vpcId);
        var main = tables.FirstOrDefault(table => table.Id == vpc.MainRouteTableId)?.Id;
        var tableOf = tables.SelectMany(table => table.Associations, (table, association) => (association.SubnetId, table.Id))
            .Where(pair => pair.SubnetId is not null).DistinctBy(pair => pair.SubnetId).ToDictionary(pair => pair.SubnetId!, pair => pair.Id);
        var aclOf = acls.SelectMany(acl => acl.Associations, (acl, association) => (association.SubnetId, acl.Id))
            .DistinctBy(pair => pair.SubnetId).ToDictionary(pair => pair.SubnetId, pair => pair.Id);
        var subnets = cloud.By(Subnet.ByVpc, vpcId).ToImmutableDictionary(
            subnet => subnet.Id,
            subnet => new SubnetSpec(subnet.Id, subnet.CidrBlock, tableOf.GetValueOrDefault(subnet.Id, main!), aclOf.GetValueOrDefault(subnet.Id)));
        return new VpcSpec
        {
            Id = vpcId,
            CidrBlocks = [.. vpc.CidrBlocks.Select(block => block.CidrBlock)],
            Subnets = subnets,
            RouteTables = tables.Where(table => subnets.Values.Any(subnet => subnet.RouteTableId == table.Id))
                .ToImmutableDictionary(table => table.Id, table => Render(cloud, table)),
            NetworkAcls = acls.Where(acl => subnets.Values.Any(subnet => subnet.NetworkAclId == acl.Id))
                .ToImmutableDictionary(acl => acl.Id, Render),
            NatGateways = cloud.By(NatGateway.ByVpc, vpcId).Where(gateway => subnets.ContainsKey(gateway.SubnetId))
                .ToImmutableDictionary(gateway => gateway.Id, Gateway),
            Peerings = cloud.By(VpcPeering.ByVpc, vpcId).Where(peering => peering.IsActive).Select(peering => Render(cloud, peering, vpcId)).OfType<PeeringSpec>()
                .ToImmutableDictionary(peering => peering.Id),
            Interfaces = interfaces,
            SecurityGroups = groups.For(vpc.AccountId, vpcId, groupIds),
            FlowLogs = FlowLogsOf(cloud, vpc, zones),
            DomainName = InstanceNames.PrivateDomain(zones.Region),
            DhcpOptions = Render(cloud.Find(DhcpOptions.Table, vpc.AccountId, vpc.DhcpOptionsId)),
            NameServerDisabled = !vpc.EnableDnsSupport,
        };
    }

    /// <summary>Whether a host would see no difference.</summary>
    public static bool AreSame(VpcSpec left, VpcSpec right) =>
        ReferenceEquals(left.Interfaces, right.Interfaces)
        && left.Presence == right.Presence
        && left.DomainName == right.DomainName
        && left.NameServerDisabled == right.NameServerDisabled
        && AreSame(left.DhcpOptions, right.DhcpOptions)
        && FlowLogsSpec.AreSame(left.FlowLogs, right.FlowLogs)
        && left.CidrBlocks.SequenceEqual(right.CidrBlocks)
        && left.Subnets.Count == right.Subnets.Count
        && left.Subnets.All(subnet => right.Subnets.TryGetValue(subnet.Key, out var other) && other == subnet.Value)
        && AreSame(left.RouteTables, right.RouteTables, (one, other) => one.Routes.SequenceEqual(other.Routes))
        && AreSame(left.NatGateways, right.NatGateways, (one, other) => one == other)
        && AreSame(left.Peerings, right.Peerings, (one, other) => one with { PeerCidrBlocks = other.PeerCidrBlocks } == other && one.PeerCidrBlocks.SequenceEqual(other.PeerCidrBlocks))
        && AreSame(left.NetworkAcls, right.NetworkAcls, (one, other) => one.Ingress.SequenceEqual(other.Ingress) && one.Egress.SequenceEqual(other.Egress))
        && AreSame(left.SecurityGroups, right.SecurityGroups, ReferenceEquals);

    private static bool AreSame<T>(ImmutableDictionary<string, T> left, ImmutableDictionary<string, T> right, Func<T, T, bool> areSame) =>
        left.Count == right.Count && left.All(pair => right.TryGetValue(pair.Key, out var other) && areSame(other, pair.Value));

    private static bool AreSame(DhcpOptionsSpec? left, DhcpOptionsSpec? right) => left is null || right is null
        ? left == right
        : left.DomainName == right.DomainName
            && left.NetbiosNodeType == right.NetbiosNodeType
            && left.NameServers.SequenceEqual(right.NameServers)
            && left.TimeServers.SequenceEqual(right.TimeServers)
            && left.NetbiosNameServers.SequenceEqual(right.NetbiosNameServers);

    private static FlowLogsSpec? FlowLogsOf(Cloud cloud, Vpc vpc, ZoneCatalog zones) => cloud.CountBy(FlowLog.ByVpc, vpc.Id) == 0 ? null : new()
    {
        AccountId = vpc.AccountId,
        Region = zones.Region,
        ZoneIds = cloud.By(Subnet.ByVpc, vpc.Id).ToImmutableDictionary(subnet => subnet.Id, subnet => zones.Find(subnet.AvailabilityZone)?.Id ?? subnet.AvailabilityZone),
        Logs =
        [
            .. cloud.By(FlowLog.ByVpc, vpc.Id).OrderBy(log => log.Id, StringComparer.Ordinal)
                .Select(log => new FlowLogSpec(log.Id, log.ResourceId, log.Traffic, log.LogGroupName, log.LogFormat)),
        ],
    };

    /// <summary>What guests are told; nothing where the VPC has no set.</summary>
    private static DhcpOptionsSpec Render(DhcpOptions? set) => set is null ? new() : new()
    {
        DomainName = set.ValuesOf(DhcpOptions.DomainName).FirstOrDefault()?.ToLowerInvariant(),
        NameServers = set.ValuesOf(DhcpOptions.NameServers),
        TimeServers = set.ValuesOf(DhcpOptions.TimeServers),
        NetbiosNameServers = set.ValuesOf(DhcpOptions.NetbiosNameServers),
        NetbiosNodeType = set.ValuesOf(DhcpOptions.NetbiosNodeType) is [var type] ? int.Parse(type, CultureInfo.InvariantCulture) : null,
    };

    private static RouteTableSpec Render(Cloud cloud, RouteTable table) => new()
    {
        Id = table.Id,
        Routes =
        [
            .. table.Routes.Where(route => !route.IsLocal).Select(route => new RouteSpec(
                route.DestinationCidrBlock,
                !RouteTableView.IsActive(cloud, table, route) ? Nines.Host.Api.RouteTarget.Blackhole
                    : route.NatGatewayId is not null ? Nines.Host.Api.RouteTarget.NatGateway
                    : route.VpcPeeringConnectionId is not null ? Nines.Host.Api.RouteTarget.Peering
                    : Nines.Host.Api.RouteTarget.Internet,
                route.NatGatewayId ?? route.VpcPeeringConnectionId)),
        ],
    };

    private static NatGatewaySpec Gateway(NatGateway gateway) => new(gateway.Id, gateway.SubnetId, gateway.PublicIp ?? gateway.PrivateIpAddress)
    {
        SecondaryIpAddresses = [.. gateway.Secondary.Select(address => address.PublicIp ?? address.PrivateIpAddress)],
        IsPrivate = gateway.IsPrivate,
    };

    private static PeeringSpec? Render(Cloud cloud, VpcPeering peering, string vpcId) => cloud.By(Vpc.ById, peering.PeerOf(vpcId)).FirstOrDefault() is { } peer
        ? new(peering.Id, peer.Id, [.. peer.CidrBlocks.Select(block => block.CidrBlock)])
        {
            ResolvesPeerNames = peering.TellsNamesOf(peer.Id) && peer is { EnableDnsSupport: true, EnableDnsHostnames: true },
        }
        : null;

    private static NetworkAclSpec Render(NetworkAcl acl) => new()
    {
        Id = acl.Id,
        Ingress = [.. acl.Entries.Where(entry => !entry.IsEgress).Select(Render)],
        Egress = [.. acl.Entries.Where(entry => entry.IsEgress).Select(Render)],
    };

    private static NetworkAclEntrySpec Render(NetworkAclEntry entry) => new(
        int.Parse(entry.Protocol, CultureInfo.InvariantCulture), entry.FromPort ?? -1, entry.ToPort ?? -1, entry.CidrBlock, entry.Allow);
}
