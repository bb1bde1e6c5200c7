using System.Net;
using System.Net.Sockets;
using Nines.Host.Api;

namespace Nines.EndToEnd.Networks;

/// <summary>NAT gateways: many guests behind one public address, which nobody reaches from outside.</summary>
[Trait("Needs", "root")]
public sealed class NatGatewayTests
{
    private const string PrivateSubnetId = "subnet-0f0f0f0f0f0f0f0f0";
    private const string PrivateTableId = "rtb-0f0f0f0f0f0f0f0f0";
    private const string NatId = "nat-0f0f0f0f0f0f0f0f0";
    private const string OtherVpcId = "vpc-0d0d0d0d0d0d0d0d0";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Guests_without_a_public_address_speak_with_the_gateways()
    {
        await using var cloud = Begin();
        var (one, other) = (await AddPrivateAsync(cloud, 1), await AddPrivateAsync(cloud, 2));
        var world = await cloud.AddGuestAsync(3, cloud.Pool + "21", vpcId: OtherVpcId);
        await using var service = world.Listen(80);
        (await one.ConnectAsync(cloud.Pool + "21", 80)).ShouldBe(cloud.Pool + "30");
        (await other.ConnectAsync(cloud.Pool + "21", 80)).ShouldBe(cloud.Pool + "30");
        await using var local = one.Listen(80);
        (await Client.FromMachineAsync(cloud.Pool + "30", 80)).ShouldBeNull("nothing begins from outside");
        (await other.ConnectAsync(one.Address, 80)).ShouldBe(other.Address, "within the network nothing is translated");
    }

    [Fact]
    public async Task A_gateway_that_goes_ends_its_connections_and_one_without_a_way_out_carries_nothing()
    {
        await using var cloud = Begin();
        var guest = await AddPrivateAsync(cloud, 1);
        var world = await cloud.AddGuestAsync(3, cloud.Pool + "21", vpcId: OtherVpcId);
        using var listener = world.Open();
        listener.Bind(new IPEndPoint(IPAddress.Any, 80));
        listener.Listen();
        using var connection = guest.Open();
        await connection.ConnectAsync(IPAddress.Parse(cloud.Pool + "21"), 80, Cancellation);
        using var accepted = await listener.AcceptAsync(Cancellation);

        cloud.Vpc = cloud.Vpc with { NatGateways = cloud.Vpc.NatGateways.SetItem(NatId, new(NatId, TestNetworks.SubnetId, cloud.Pool + "31")) };
        await cloud.ApplyAsync();

        await connection.SendAsync(new byte[] { 1 }, Cancellation);
        using var deadline = new CancellationTokenSource(Guest.Patience);
        await Should.ThrowAsync<OperationCanceledException>(async () => await accepted.ReceiveAsync(new byte[1], deadline.Token));
        await using var service = world.Listen(81);
        (await guest.ConnectAsync(cloud.Pool + "21", 81)).ShouldBe(cloud.Pool + "31");

        cloud.Vpc = cloud.Vpc with { RouteTables = cloud.Vpc.RouteTables.SetItem(TestNetworks.RouteTableId, new() { Id = TestNetworks.RouteTableId }) };
        await cloud.ApplyAsync();

        (await guest.ConnectAsync(cloud.Pool + "21", 81)).ShouldBeNull();
    }

    [Fact]
    public async Task Further_addresses_carry_new_connections_in_turn_and_an_address_that_goes_ends_its_own()
    {
        await using var cloud = Begin();
        cloud.Vpc = cloud.Vpc with
        {
            NatGateways = cloud.Vpc.NatGateways.SetItem(NatId, new(NatId, TestNetworks.SubnetId, cloud.Pool + "30") { SecondaryIpAddresses = [cloud.Pool + "31"] }),
        };
        var guest = await AddPrivateAsync(cloud, 1);
        var world = await cloud.AddGuestAsync(3, cloud.Pool + "21", vpcId: OtherVpcId);
        await using var service = world.Listen(80);
        string?[] seen = [await guest.ConnectAsync(cloud.Pool + "21", 80), await guest.ConnectAsync(cloud.Pool + "21", 80)];
        seen.ShouldBe([cloud.Pool + "30", cloud.Pool + "31"], ignoreOrder: true);

        cloud.Vpc = cloud.Vpc with { NatGateways = cloud.Vpc.NatGateways.SetItem(NatId, new(NatId, TestNetworks.SubnetId, cloud.Pool + "30")) };
        await cloud.ApplyAsync();
        seen = [await guest.ConnectAsync(cloud.Pool + "21", 80), await guest.ConnectAsync(cloud.Pool + "21", 80)];
        seen.ShouldBe([cloud.Pool + "30", cloud.Pool + "30"]);
    }

    [Fact]
    public async Task A_route_decides_between_an_own_public_address_and_the_gateways()
    {
        await using var cloud = Begin();
        var world = await cloud.AddGuestAsync(3, cloud.Pool + "21", vpcId: OtherVpcId);
        var guest = await cloud.AddGuestAsync(1, cloud.Pool + "20");
        await using var service = world.Listen(80);
        (await guest.ConnectAsync(cloud.Pool + "21", 80)).ShouldBe(cloud.Pool + "20");
        cloud.Vpc = cloud.Vpc with
        {
            RouteTables = cloud.Vpc.RouteTables.SetItem(TestNetworks.RouteTableId, new()
            {
                Id = TestNetworks.RouteTableId,
                Routes = [new("0.0.0.0/0", RouteTarget.Internet), new(cloud.Pool + "21/32", RouteTarget.NatGateway, NatId)],
            }),
        };
        await cloud.ApplyAsync();
        (await guest.ConnectAsync(cloud.Pool + "21", 80)).ShouldBe(cloud.Pool + "30");
    }

    private static Task<Guest> AddPrivateAsync(TestNetworks cloud, int number) =>
        cloud.AddGuestAsync(number, subnetId: PrivateSubnetId, privateAddress: $"172.31.32.{number + 3}");

    /// <summary>A network with a public subnet, a gateway there, a private subnet that it serves, and another network to speak to.</summary>
    private static TestNetworks Begin()
    {
        var cloud = new TestNetworks();
        cloud.Allow(TestNetworks.Tcp(80), TestNetworks.Tcp(81));
        cloud.AddNetwork(OtherVpcId);
        cloud.Vpc = cloud.Vpc with
        {
            NatGateways = cloud.Vpc.NatGateways.Add(NatId, new(NatId, TestNetworks.SubnetId, cloud.Pool + "30")),
            Subnets = cloud.Vpc.Subnets.Add(PrivateSubnetId, new(PrivateSubnetId, "172.31.32.0/20", PrivateTableId)),
            RouteTables = cloud.Vpc.RouteTables.Add(
                PrivateTableId, new() { Id = PrivateTableId, Routes = [new("0.0.0.0/0", RouteTarget.NatGateway, NatId)] }),
        };
        return cloud;
    }
}
