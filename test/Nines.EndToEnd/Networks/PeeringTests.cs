using System.Collections.Immutable;
using Nines.Host.Api;
using Nines.Host.Networks;

namespace Nines.EndToEnd.Networks;

/// <summary>Packets that cross from one network into another by a peering.</summary>
[Trait("Needs", "root")]
public sealed class PeeringTests
{
    private const string B = "vpc-0b0b0b0b0b0b0b0b0";
    private const string C = "vpc-0c0c0c0c0c0c0c0c0";
    private const string ToB = "pcx-00000000000000ab1";
    private const string ToC = "pcx-00000000000000ac1";
    private const string OtherSubnetId = "subnet-0f0f0f0f0f0f0f0f0";
    private const string OtherTableId = "rtb-0f0f0f0f0f0f0f0f0";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Both_sides_reach_each_other_when_both_have_a_route()
    {
        await using var cloud = new TestNetworks();
        cloud.Allow(TestNetworks.Tcp(80));
        AddNetwork(cloud, B, "10.1");
        Peer(cloud, ToB, TestNetworks.VpcId, B);
        Route(cloud, TestNetworks.VpcId, "10.1.0.0/16", ToB);
        var here = await cloud.AddGuestAsync(1);
        var there = await AddGuestAsync(cloud, 2, B, "10.1.16.5");
        await using var service = there.Listen(80);
        await using var answer = here.Listen(80);
        (await here.ConnectAsync(there.Address, 80)).ShouldBeNull("the other side has no way back");

        Route(cloud, B, "172.31.0.0/16", ToB);
        await cloud.ApplyAsync();

        (await here.ConnectAsync(there.Address, 80)).ShouldBe(here.Address);
        (await there.ConnectAsync(here.Address, 80)).ShouldBe(there.Address);

        Unpeer(cloud, ToB);
        await cloud.ApplyAsync();

        (await here.ConnectAsync(there.Address, 80)).ShouldBeNull();
        (await cloud.Commands.RunAsync(new("ip", "-n", Path.GetFileName(cloud.VpcNamespace), "link", "show", "type", "veth"), Cancellation)).Output.ShouldNotContain(" p-");
    }

    [Fact]
    public async Task Public_names_of_a_peer_mean_private_addresses_where_it_lets_them()
    {
        await using var cloud = new TestNetworks();
        AddNetwork(cloud, B, "10.1");
        Peer(cloud, ToB, TestNetworks.VpcId, B);
        var here = await cloud.AddGuestAsync(1, cloud.Pool + "21");
        var there = await AddGuestAsync(cloud, 2, B, "10.1.16.5", cloud.Pool + "22");
        var name = $"ec2-{cloud.Pool.Replace('.', '-')}22.compute-1.amazonaws.com";
        (await LookupAsync(here, name)).ShouldContain(cloud.Pool + "22");

        cloud.Vpc = cloud.Vpc with { Peerings = cloud.Vpc.Peerings.SetItem(ToB, cloud.Vpc.Peerings[ToB] with { ResolvesPeerNames = true }) };
        await cloud.ApplyAsync();

        await Poll.UntilAsync(async () => (await LookupAsync(here, name)).Contains(there.Address, StringComparison.Ordinal));
        (await LookupAsync(here, $"ec2-{cloud.Pool.Replace('.', '-')}21.compute-1.amazonaws.com")).ShouldContain(here.Address);
    }

    private static async Task<string> LookupAsync(Guest guest, string name) =>
        (await guest.RunAsync(Cancellation, "timeout", "3", "busybox", "nslookup", name, "172.31.0.2")).Output;

    [Fact]
    public async Task Nothing_passes_through_a_network_to_a_third_one_nor_to_the_internet()
    {
        await using var outside = await Outside.CreateAsync(Cancellation);
        await using var cloud = new TestNetworks(options => options with { Egress = Egress.Uplink, UplinkDevice = outside.Device });
        cloud.Allow(TestNetworks.Tcp(80));
        AddNetwork(cloud, B, "10.1");
        AddNetwork(cloud, C, "10.2");
        Peer(cloud, ToB, TestNetworks.VpcId, B);
        Peer(cloud, ToC, B, C);

        // Everybody has a route for everything: it is the networks between that do not carry it.
        Route(cloud, TestNetworks.VpcId, "10.0.0.0/8", ToB);
        Route(cloud, B, "172.31.0.0/16", ToB);
        Route(cloud, B, "10.2.0.0/16", ToC);
        Route(cloud, C, "10.1.0.0/16", ToC);
        Route(cloud, C, "172.31.0.0/16", ToC);
        var first = await cloud.AddGuestAsync(1);
        var middle = await AddGuestAsync(cloud, 2, B, "10.1.16.5", cloud.Pool + "22");
        var last = await AddGuestAsync(cloud, 3, C, "10.2.16.5");
        await using var service = last.Listen(80);
        await using var between = middle.Listen(80);
        await using var world = outside.Listen(80);
        (await first.ConnectAsync(middle.Address, 80)).ShouldBe(first.Address);
        (await middle.ConnectAsync(last.Address, 80)).ShouldBe(middle.Address);

        (await first.ConnectAsync(last.Address, 80)).ShouldBeNull();

        Route(cloud, TestNetworks.VpcId, outside.Address + "/32", ToB);
        await cloud.ApplyAsync();
        (await middle.ConnectAsync(outside.Address, 80)).ShouldNotBeNull();
        (await first.ConnectAsync(outside.Address, 80)).ShouldBeNull("a peer's gateway is the peer's alone");
    }

    [Fact]
    public async Task A_private_gateway_speaks_to_a_peer_with_its_own_addresses_and_never_to_the_internet()
    {
        const string nat = "nat-0f0f0f0f0f0f0f0f0";
        await using var outside = await Outside.CreateAsync(Cancellation);
        await using var cloud = new TestNetworks(options => options with { Egress = Egress.Uplink, UplinkDevice = outside.Device });
        cloud.Allow(TestNetworks.Tcp(80));
        AddNetwork(cloud, B, "10.1");
        Peer(cloud, ToB, TestNetworks.VpcId, B);
        Route(cloud, TestNetworks.VpcId, "10.1.0.0/16", ToB);
        Route(cloud, B, "172.31.0.0/16", ToB);
        cloud.Vpc = cloud.Vpc with
        {
            NatGateways = cloud.Vpc.NatGateways.Add(nat, new(nat, TestNetworks.SubnetId, "172.31.16.200") { IsPrivate = true, SecondaryIpAddresses = ["172.31.16.201"] }),
            Subnets = cloud.Vpc.Subnets.Add(OtherSubnetId, new(OtherSubnetId, "172.31.32.0/20", OtherTableId)),
            RouteTables = cloud.Vpc.RouteTables.Add(OtherTableId, new() { Id = OtherTableId, Routes = [new("0.0.0.0/0", RouteTarget.NatGateway, nat)] }),
        };
        var guest = await cloud.AddGuestAsync(1, cloud.Pool + "21", subnetId: OtherSubnetId, privateAddress: "172.31.32.6");
        var neighbour = await cloud.AddGuestAsync(2);
        var there = await AddGuestAsync(cloud, 3, B, "10.1.16.5");
        await using var service = there.Listen(80);
        await using var local = guest.Listen(80);
        await using var world = outside.Listen(80);

        string?[] seen = [await guest.ConnectAsync(there.Address, 80), await guest.ConnectAsync(there.Address, 80)];
        seen.ShouldBe(["172.31.16.200", "172.31.16.201"], ignoreOrder: true);
        (await neighbour.ConnectAsync(there.Address, 80)).ShouldBe(neighbour.Address, "its own subnet's route leads there without the gateway");
        (await neighbour.ConnectAsync(guest.Address, 80)).ShouldBe(neighbour.Address, "within the network nothing is translated");
        (await guest.ConnectAsync(outside.Address, 80)).ShouldBeNull();
        (await there.ConnectAsync(guest.Address, 80)).ShouldBeNull("it carries no answers of what others began");
        (await there.ConnectAsync("172.31.16.200", 80)).ShouldBeNull();

        cloud.Vpc = cloud.Vpc with { NatGateways = cloud.Vpc.NatGateways.SetItem(nat, new(nat, TestNetworks.SubnetId, "172.31.16.200") { IsPrivate = true }) };
        await cloud.ApplyAsync();

        seen = [await guest.ConnectAsync(there.Address, 80), await guest.ConnectAsync(there.Address, 80)];
        seen.ShouldBe(["172.31.16.200", "172.31.16.200"]);
    }

    [Fact]
    public async Task Two_peers_with_the_same_addresses_are_told_apart_by_route_tables()
    {
        await using var cloud = new TestNetworks();
        cloud.Allow(TestNetworks.Tcp(80));
        AddNetwork(cloud, B, "10.1");
        AddNetwork(cloud, C, "10.1");
        Peer(cloud, ToB, TestNetworks.VpcId, B);
        Peer(cloud, ToC, TestNetworks.VpcId, C);
        cloud.Vpc = cloud.Vpc with
        {
            Subnets = cloud.Vpc.Subnets.Add(OtherSubnetId, new(OtherSubnetId, "172.31.32.0/20", OtherTableId)),
            RouteTables = cloud.Vpc.RouteTables.Add(OtherTableId, new() { Id = OtherTableId, Routes = [new("10.1.0.0/16", RouteTarget.Peering, ToC)] }),
        };
        Route(cloud, TestNetworks.VpcId, "10.1.0.0/16", ToB);
        Route(cloud, B, "172.31.0.0/16", ToB);
        Route(cloud, C, "172.31.0.0/16", ToC);
        var one = await cloud.AddGuestAsync(1);
        var other = await cloud.AddGuestAsync(2, subnetId: OtherSubnetId, privateAddress: "172.31.32.6");
        var inB = await AddGuestAsync(cloud, 3, B, "10.1.16.5");
        var inC = await AddGuestAsync(cloud, 4, C, "10.1.16.5");
        await using var serviceOfB = inB.Listen(80);
        await using var serviceOfC = inC.Listen(81);
        cloud.Allow(TestNetworks.Tcp(80));
        Allow(cloud, C, TestNetworks.Tcp(81));
        await cloud.ApplyAsync();

        (await one.ConnectAsync("10.1.16.5", 80)).ShouldBe(one.Address);
        (await one.ConnectAsync("10.1.16.5", 81)).ShouldBeNull();
        (await other.ConnectAsync("10.1.16.5", 81)).ShouldBe(other.Address);
        (await other.ConnectAsync("10.1.16.5", 80)).ShouldBeNull();
    }

    [Fact]
    public async Task A_rule_that_names_a_group_of_the_other_side_lets_its_members_in_and_nobody_else()
    {
        const string named = "sg-0d0d0d0d0d0d0d0d0";
        await using var cloud = new TestNetworks();
        AddNetwork(cloud, B, "10.1");
        Peer(cloud, ToB, TestNetworks.VpcId, B);
        Route(cloud, TestNetworks.VpcId, "10.1.0.0/16", ToB);
        Route(cloud, B, "172.31.0.0/16", ToB);
        var member = await cloud.AddGuestAsync(1);
        var stranger = await cloud.AddGuestAsync(2);
        var server = await AddGuestAsync(cloud, 3, B, "10.1.16.5");
        await using var service = server.Listen(80);
        Allow(cloud, B, new SecurityGroupRuleSpec(6, 80, 80, null, named));
        var vpc = cloud.State.Vpcs[B];
        Set(cloud, vpc with { SecurityGroups = vpc.SecurityGroups.SetItem(named, TestNetworks.Group(named) with { MemberAddresses = [member.Address] }) });
        await cloud.ApplyAsync();

        (await member.ConnectAsync(server.Address, 80)).ShouldBe(member.Address);
        (await stranger.ConnectAsync(server.Address, 80)).ShouldBeNull();
    }

    [Fact]
    public async Task A_restart_finds_the_links_and_removes_one_that_ended_meanwhile()
    {
        await using var cloud = new TestNetworks();
        cloud.Allow(TestNetworks.Tcp(80));
        AddNetwork(cloud, B, "10.1");
        Peer(cloud, ToB, TestNetworks.VpcId, B);
        Route(cloud, TestNetworks.VpcId, "10.1.0.0/16", ToB);
        Route(cloud, B, "172.31.0.0/16", ToB);
        var here = await cloud.AddGuestAsync(1);
        var there = await AddGuestAsync(cloud, 2, B, "10.1.16.5");
        await using var service = there.Listen(80);

        await cloud.RestartAsync();
        await cloud.ApplyAsync();
        (await here.ConnectAsync(there.Address, 80)).ShouldBe(here.Address);

        await cloud.RestartAsync();
        Unpeer(cloud, ToB);
        await cloud.ApplyAsync();
        (await here.ConnectAsync(there.Address, 80)).ShouldBeNull();
        (await cloud.Commands.RunAsync(new("ip", "-n", Path.GetFileName(cloud.VpcNamespace), "rule", "show"), Cancellation)).Output.ShouldNotContain("fwmark");
    }

    private static void AddNetwork(TestNetworks cloud, string id, string prefix)
    {
        cloud.AddNetwork(id);
        Set(cloud, cloud.State.Vpcs[id] with
        {
            CidrBlocks = [$"{prefix}.0.0/16"],
            Subnets = ImmutableDictionary<string, SubnetSpec>.Empty.Add(TestNetworks.SubnetId, new(TestNetworks.SubnetId, $"{prefix}.16.0/20", TestNetworks.RouteTableId)),
        });
    }

    private static async Task<Guest> AddGuestAsync(TestNetworks cloud, int number, string vpcId, string address, string? publicAddress = null)
    {
        var guest = await cloud.AddGuestAsync(number, publicAddress, configured: false, privateAddress: address, vpcId: vpcId);
        await guest.ConfigureAsync(address[..address.LastIndexOf('.')] + ".1", Cancellation);
        return guest;
    }

    private static void Peer(TestNetworks cloud, string id, string one, string other)
    {
        var (first, second) = (cloud.State.Vpcs[one], cloud.State.Vpcs[other]);
        Set(cloud, first with { Peerings = first.Peerings.SetItem(id, new(id, other, second.CidrBlocks)) });
        Set(cloud, second with { Peerings = second.Peerings.SetItem(id, new(id, one, first.CidrBlocks)) });
    }

    private static void Unpeer(TestNetworks cloud, string id)
    {
        foreach (var vpc in cloud.State.Vpcs.Values)
        {
            Set(cloud, vpc with { Peerings = vpc.Peerings.Remove(id) });
        }
    }

    private static void Route(TestNetworks cloud, string vpcId, string destination, string peeringId)
    {
        var vpc = cloud.State.Vpcs[vpcId];
        var table = vpc.RouteTables[TestNetworks.RouteTableId];
        Set(cloud, vpc with
        {
            RouteTables = vpc.RouteTables.SetItem(table.Id, table with { Routes = table.Routes.Add(new RouteSpec(destination, RouteTarget.Peering, peeringId)) }),
        });
    }

    private static void Allow(TestNetworks cloud, string vpcId, params SecurityGroupRuleSpec[] ingress)
    {
        var vpc = cloud.State.Vpcs[vpcId];
        Set(cloud, vpc with { SecurityGroups = vpc.SecurityGroups.SetItem(TestNetworks.GroupId, TestNetworks.Group(TestNetworks.GroupId, ingress)) });
    }

    private static void Set(TestNetworks cloud, VpcSpec vpc) => cloud.State = cloud.State with { Vpcs = cloud.State.Vpcs.SetItem(vpc.Id, vpc) };
}
