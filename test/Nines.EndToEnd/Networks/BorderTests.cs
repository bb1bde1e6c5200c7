using System.Net.Sockets;
using Nines.Host.Api;
using Nines.Host.Networks;

namespace Nines.EndToEnd.Networks;

/// <summary>What crosses the borders of subnets: routes, access lists, and networks of the same addresses side by side.</summary>
[Trait("Needs", "root")]
public sealed class BorderTests
{
    private const string OtherSubnetId = "subnet-0f0f0f0f0f0f0f0f0";
    private const string AclId = "acl-0e0e0e0e0e0e0e0e0";
    private const string OtherVpcId = "vpc-0d0d0d0d0d0d0d0d0";

    private static readonly NetworkAclEntrySpec s_all = new(-1, -1, -1, "0.0.0.0/0", true);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Without_a_route_to_the_internet_a_public_address_is_neither_reached_nor_used()
    {
        await using var outside = await Outside.CreateAsync(Cancellation);
        await using var cloud = new TestNetworks(options => options with { Egress = Egress.Uplink, UplinkDevice = outside.Device });
        cloud.Allow(TestNetworks.Tcp(80));
        var guest = await cloud.AddGuestAsync(1, cloud.Pool + "20");
        await using var service = guest.Listen(80);
        await using var world = outside.Listen(80);
        (await Client.FromMachineAsync(cloud.Pool + "20", 80)).ShouldNotBeNull();
        (await guest.ConnectAsync(outside.Address, 80)).ShouldNotBeNull();

        Route(cloud, new RouteSpec("0.0.0.0/0", RouteTarget.Blackhole));
        await cloud.ApplyAsync();

        (await Client.FromMachineAsync(cloud.Pool + "20", 80)).ShouldBeNull();
        (await guest.ConnectAsync(outside.Address, 80)).ShouldBeNull();

        Route(cloud, new RouteSpec("0.0.0.0/0", RouteTarget.Internet));
        await cloud.ApplyAsync();

        (await Client.FromMachineAsync(cloud.Pool + "20", 80)).ShouldNotBeNull();
    }

    [Fact]
    public async Task The_most_specific_route_decides_even_for_answers()
    {
        await using var outside = await Outside.CreateAsync(Cancellation);
        await using var cloud = new TestNetworks(options => options with { Egress = Egress.Uplink, UplinkDevice = outside.Device });
        cloud.Allow(TestNetworks.Tcp(80));
        var guest = await cloud.AddGuestAsync(1, cloud.Pool + "20");
        await using var service = guest.Listen(80);
        await using var world = outside.Listen(80);
        Route(cloud, new RouteSpec("0.0.0.0/0", RouteTarget.Internet), new RouteSpec($"{cloud.Pool}0/24", RouteTarget.Blackhole));
        await cloud.ApplyAsync();
        (await guest.ConnectAsync(outside.Address, 80)).ShouldNotBeNull();
        (await Client.FromMachineAsync(cloud.Pool + "20", 80)).ShouldBeNull("its answer has no way back");
    }

    [Fact]
    public async Task A_list_guards_the_border_of_its_subnet_and_nothing_within()
    {
        await using var cloud = new TestNetworks();
        cloud.Allow(TestNetworks.Tcp(80));
        AddSubnet(cloud);
        var server = await cloud.AddGuestAsync(1);
        var neighbour = await cloud.AddGuestAsync(2);
        var stranger = await cloud.AddGuestAsync(3, subnetId: OtherSubnetId, privateAddress: "172.31.32.6");
        await using var service = server.Listen(80);
        (await stranger.ConnectAsync(server.Address, 80)).ShouldNotBeNull();

        Guard(cloud, [new(6, 80, 80, "172.31.32.0/20", false), s_all], [s_all]);
        await cloud.ApplyAsync();

        (await stranger.ConnectAsync(server.Address, 80)).ShouldBeNull();
        (await neighbour.ConnectAsync(server.Address, 80)).ShouldNotBeNull();
    }

    [Fact]
    public async Task A_list_knows_no_connections_and_the_lowest_number_decides()
    {
        await using var cloud = new TestNetworks();
        cloud.Allow(TestNetworks.Tcp(80));
        var server = await cloud.AddGuestAsync(1, cloud.Pool + "20");
        await using var service = server.Listen(80);

        Guard(cloud, [new(6, 80, 80, "0.0.0.0/0", true)], []);
        await cloud.ApplyAsync();
        (await Client.FromMachineAsync(cloud.Pool + "20", 80)).ShouldBeNull("no rule lets the answer out");

        Guard(cloud, [new(6, 80, 80, "0.0.0.0/0", true)], [new(6, 1024, 65535, "0.0.0.0/0", true)]);
        await cloud.ApplyAsync();
        (await Client.FromMachineAsync(cloud.Pool + "20", 80)).ShouldNotBeNull();

        Guard(cloud, [new(6, 80, 80, $"{cloud.Pool}0/24", false), new(6, 80, 80, "0.0.0.0/0", true)], [s_all]);
        await cloud.ApplyAsync();
        (await Client.FromMachineAsync(cloud.Pool + "20", 80)).ShouldBeNull("the first rule that fits denies");
    }

    [Fact]
    public async Task A_list_ends_a_connection_that_was_there_before()
    {
        await using var cloud = new TestNetworks();
        cloud.Allow(TestNetworks.Tcp(80));
        var server = await cloud.AddGuestAsync(1, cloud.Pool + "20");
        using var listener = server.Open();
        listener.Bind(new System.Net.IPEndPoint(System.Net.IPAddress.Any, 80));
        listener.Listen();
        using var connection = new TcpClient();
        await connection.ConnectAsync(cloud.Pool + "20", 80, Cancellation);
        using var accepted = await listener.AcceptAsync(Cancellation);

        Guard(cloud, [], []);
        await cloud.ApplyAsync();

        await connection.GetStream().WriteAsync(new byte[] { 1 }, Cancellation);
        using var deadline = new CancellationTokenSource(Guest.Patience);
        await Should.ThrowAsync<OperationCanceledException>(async () => await accepted.ReceiveAsync(new byte[1], deadline.Token));
    }

    [Fact]
    public async Task Names_and_metadata_are_reached_whatever_a_list_says()
    {
        await using var cloud = new TestNetworks();
        var guest = await cloud.AddGuestAsync(1);
        Guard(cloud, [], []);
        await cloud.ApplyAsync();
        using var http = guest.Http();
        using var answer = await http.GetAsync("/latest/meta-data/instance-id", Cancellation);
        ((int)answer.StatusCode).ShouldBeLessThan(500);
    }

    [Fact]
    public async Task Networks_of_the_same_addresses_do_not_meet()
    {
        await using var cloud = new TestNetworks();
        cloud.Allow(TestNetworks.Tcp(80));
        cloud.AddNetwork(OtherVpcId);
        var here = await cloud.AddGuestAsync(1, cloud.Pool + "20", privateAddress: "172.31.16.9");
        var there = await cloud.AddGuestAsync(2, cloud.Pool + "21", privateAddress: "172.31.16.9", vpcId: OtherVpcId);
        var client = await cloud.AddGuestAsync(3);
        await using var service = there.Listen(80);
        (await client.ConnectAsync("172.31.16.9", 80)).ShouldBeNull("the address of its own network has no service");
        (await here.ConnectAsync(cloud.Pool + "21", 80)).ShouldBe(cloud.Pool + "20");
    }

    private static void Route(TestNetworks cloud, params RouteSpec[] routes) => cloud.Vpc = cloud.Vpc with
    {
        RouteTables = cloud.Vpc.RouteTables.SetItem(TestNetworks.RouteTableId, new() { Id = TestNetworks.RouteTableId, Routes = [.. routes] }),
    };

    private static void AddSubnet(TestNetworks cloud) => cloud.Vpc = cloud.Vpc with
    {
        Subnets = cloud.Vpc.Subnets.Add(OtherSubnetId, new(OtherSubnetId, "172.31.32.0/20", TestNetworks.RouteTableId)),
    };

    private static void Guard(TestNetworks cloud, NetworkAclEntrySpec[] ingress, NetworkAclEntrySpec[] egress) => cloud.Vpc = cloud.Vpc with
    {
        Subnets = cloud.Vpc.Subnets.SetItem(TestNetworks.SubnetId, cloud.Vpc.Subnets[TestNetworks.SubnetId] with { NetworkAclId = AclId }),
        NetworkAcls = cloud.Vpc.NetworkAcls.SetItem(AclId, new() { Id = AclId, Ingress = [.. ingress], Egress = [.. egress] }),
    };
}
