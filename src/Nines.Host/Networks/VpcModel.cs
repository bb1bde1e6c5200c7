using System.Collections.Immutable;
using System.Net;
using System.Text.RegularExpressions;
using Nines.Host.Api;

namespace Nines.Host.Networks;

/// <summary>
/// A desired network, accepted: every address is an address, every name is safe to write into a configuration, every reference
/// has its target. In the order of ids, so that what is rendered from it is the same for the same network.
/// </summary>
internal sealed partial record VpcModel
{
    public required string Id { get; init; }

    public required ImmutableArray<IPNetwork> Blocks { get; init; }

    public required string DomainName { get; init; }

    public required DhcpOptionsModel DhcpOptions { get; init; }

    public required bool NameServerDisabled { get; init; }

    public required ImmutableArray<SubnetModel> Subnets { get; init; }

    public required ImmutableArray<NatGatewayModel> NatGateways { get; init; }

    public required ImmutableArray<PeeringModel> Peerings { get; init; }

    public required ImmutableArray<AdapterModel> Adapters { get; init; }

    public required ImmutableArray<GroupModel> Groups { get; init; }

    /// <summary>Whether its packets are counted, so that those that are refused must be told apart.</summary>
    public required bool IsWatched { get; init; }

    /// <summary>The name server's address: the third of the network's primary block (AWS: Amazon DNS server).</summary>
    public IPAddress NameServer => Blocks[0].At(2);

    /// <summary>The public addresses that are to be routed here: those of adapters, and those of NAT gateways.</summary>
    public IEnumerable<IPAddress> ReachablePublicAddresses =>
    [
        .. Adapters.SelectMany(adapter => adapter.ReachableAddresses).Select(address => address.PublicAddress!),
        .. NatGateways.Where(gateway => gateway.IsReachable).SelectMany(gateway => gateway.PublicAddresses),
    ];

    /// <summary>Accepts a network.</summary>
    /// <exception cref="NetworkSpecException">It says something that cannot be.</exception>
    public static VpcModel Parse(VpcSpec spec)
    {
        var blocks = spec.CidrBlocks.Select(block => Ipv4.Block(block, spec.Id)).ToImmutableArray();
        Require(!blocks.IsEmpty, $"{SafeId(spec.Id)} has no address block.");
        var tables = spec.RouteTables.Values.Select(RouteTableModel.Parse).ToDictionary(table => table.Id);
        var lists = spec.NetworkAcls.Values.Select(NetworkAclModel.Parse).ToDictionary(list => list.Id);
        var subnets = spec.Subnets.Values.Select(subnet => ParseSubnet(subnet, tables, lists)).OrderBy(subnet => subnet.Id, StringComparer.Ordinal).ToImmutableArray();
        var groups = spec.SecurityGroups.Values.Select(GroupModel.Parse).OrderBy(group => group.Id, StringComparer.Ordinal).ToImmutableArray();
        var subnetsById = subnets.ToDictionary(subnet => subnet.Id);
        var gateways = spec.NatGateways.Values.Select(gateway => NatGatewayModel.Parse(gateway, subnetsById)).OrderBy(gateway => gateway.Id, StringComparer.Ordinal).ToImmutableArray();
        RequireDistinct(gateways.Select(gateway => gateway.Mark), spec.Id, "mark of a NAT gateway");
        var peerings = spec.Peerings.Values.Select(PeeringModel.Parse).OrderBy(peering => peering.Id, StringComparer.Ordinal).ToImmutableArray();
        RequireDistinct(peerings.Select(peering => $"{peering.Mark:x}"), spec.Id, "mark of a peering");
        RequireDistinct(peerings.Select(peering => peering.Link), spec.Id, "link of a peering");
        var adapters = spec.Interfaces.Values
            .Select(adapter => ParseAdapter(adapter, subnetsById, spec))
            .OrderBy(adapter => adapter.Id, StringComparer.Ordinal)
            .ToImmutableArray();
        RequireDistinct(adapters.SelectMany(adapter => adapter.Addresses).Select(address => address.Address.ToString()), spec.Id, "private address");
        RequireDistinct(adapters.SelectMany(adapter => adapter.Addresses).Select(address => address.PublicAddress).Concat(gateways.SelectMany(gateway => gateway.PublicAddresses))
            .Select(address => address?.ToString()).OfType<string>(), spec.Id, "public address");
        RequireDistinct(adapters.Select(adapter => adapter.MacAddress), spec.Id, "MAC address");
        RequireDistinct(adapters.Select(adapter => adapter.Tap), spec.Id, "tap name");
        foreach (var log in spec.FlowLogs?.Logs ?? [])
        {
            Require(FlowLogGroup.IsFolder(log.Group), $"{SafeId(log.Id)}: {log.Group} cannot be the name of a folder.");
            Require(FlowLogFormat.TryParse(log.Format, out _, out _), $"{SafeId(log.Id)}: {log.Format} is not a format.");
        }

        return new()
        {
            Id = spec.Id,
            Blocks = blocks,
            DomainName = SafeDomain(spec.DomainName, spec.Id),
            DhcpOptions = DhcpOptionsModel.Parse(spec.DhcpOptions, spec, blocks[0].At(2)),
            NameServerDisabled = spec.NameServerDisabled,
            Subnets = subnets,
            NatGateways = gateways,
            Peerings = peerings,
            Adapters = adapters,
            Groups = groups,
            IsWatched = spec.FlowLogs is not null,
        };
    }

    /// <summary>An id that is safe to write into a configuration.</summary>
    /// <exception cref="NetworkSpecException">It is not one.</exception>
    public static string SafeId(string id) =>
        Ids().IsMatch(id) ? id : throw new NetworkSpecException($"{id} is not the id of a resource.");

    /// <summary>A domain that is safe to write into a configuration.</summary>
    /// <exception cref="NetworkSpecException">It is not one.</exception>
    public static string SafeDomain(string domain, string by) =>
        DomainNames().IsMatch(domain) ? domain : throw new NetworkSpecException($"{by}: {domain} is not a domain name.");

    private static SubnetModel ParseSubnet(SubnetSpec spec, Dictionary<string, RouteTableModel> tables, Dictionary<string, NetworkAclModel> lists)
    {
        var block = Ipv4.Block(spec.CidrBlock, spec.Id);
        Require(block.PrefixLength is >= 16 and <= 28, $"{SafeId(spec.Id)}: {spec.CidrBlock} is not between /16 and /28.");
        var (table, list) = (Referenced(tables, spec.RouteTableId, spec.Id), Referenced(lists, spec.NetworkAclId, spec.Id));
        return new(SafeId(spec.Id), block, table, list);
    }

    private static T? Referenced<T>(Dictionary<string, T> known, string? id, string by)
        where T : class =>
        id is null ? null : known.GetValueOrDefault(id) ?? throw new NetworkSpecException($"{SafeId(by)} names {id}, which is unknown.");

    private static AddressModel ParseAddress(InterfaceSpec adapter, SubnetModel subnet, InterfaceAddressSpec spec)
    {
        var address = Ipv4.Address(spec.PrivateIpAddress, adapter.Id);
        Require(subnet.Block.Contains(address), $"{adapter.Id}: {address} is not in {subnet.Block}, the block of {subnet.Id}.");
        Require(!address.Equals(subnet.Router), $"{adapter.Id}: {address} is the router of {subnet.Id}.");
        return new(address, spec.PublicIpAddress is null ? null : Ipv4.Address(spec.PublicIpAddress, adapter.Id));
    }

    private static AdapterModel ParseAdapter(
        InterfaceSpec spec, Dictionary<string, SubnetModel> subnets, VpcSpec vpc)
    {
        Require(subnets.TryGetValue(spec.SubnetId, out var subnet), $"{SafeId(spec.Id)} is in the unknown subnet {spec.SubnetId}.");
        var address = ParseAddress(spec, subnet!, new(spec.PrivateIpAddress, spec.PublicIpAddress));
        Require(MacAddresses().IsMatch(spec.MacAddress), $"{spec.Id}: {spec.MacAddress} is not a MAC address.");
        Require(HostNames().IsMatch(spec.HostName), $"{spec.Id}: {spec.HostName} is not a host name.");
        Require(spec.ResourceName is null || HostNames().IsMatch(spec.ResourceName), $"{spec.Id}: {spec.ResourceName} is not a host name.");
        foreach (var group in spec.SecurityGroupIds)
        {
            Require(vpc.SecurityGroups.ContainsKey(group), $"{spec.Id} is in the unknown security group {group}.");
        }

        return new()
        {
            Id = spec.Id,
            Tap = NetworkNames.TapOf(spec.Id),
            CarrierTap = NetworkNames.TapOf(LinkFailover.CarrierOf(spec, vpc.Interfaces.Values).Id),
            Subnet = subnet!,
            MacAddress = spec.MacAddress,
            Address = address.Address,
            PublicAddress = address.PublicAddress,
            SecondaryAddresses = [.. spec.SecondaryAddresses.Select(secondary => ParseAddress(spec, subnet!, secondary))],
            HostName = spec.HostName,
            ResourceName = spec.ResourceName,
            GroupIds = [.. spec.SecurityGroupIds.Distinct().Order(StringComparer.Ordinal)],
            SourceDestinationCheck = spec.SourceDestinationCheck,
        };
    }

    private static void RequireDistinct(IEnumerable<string> values, string vpcId, string what)
    {
        var seen = new HashSet<string>();
        foreach (var value in values)
        {
            Require(seen.Add(value), $"{vpcId}: two adapters have the {what} {value}.");
        }
    }

    private static void Require(bool condition, string message)
    {
        if (!condition)
        {
            throw new NetworkSpecException(message);
        }
    }

    [GeneratedRegex("^[a-z]{1,10}-[0-9a-z]{1,32}\\z")]
    private static partial Regex Ids();

    [GeneratedRegex("^(?:[0-9a-f]{2}:){5}[0-9a-f]{2}\\z")]
    private static partial Regex MacAddresses();

    [GeneratedRegex("^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\\z")]
    private static partial Regex HostNames();

    [GeneratedRegex("^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\\z")]
    private static partial Regex DomainNames();
}
