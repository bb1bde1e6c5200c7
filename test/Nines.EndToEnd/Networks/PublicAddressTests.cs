using System.Net;
using System.Net.Sockets;
using Nines.Host.Networks;
using Nines.Host.Processes;

namespace Nines.EndToEnd.Networks;

/// <summary>Public addresses: to and from this machine, between guests, to the outside, and nowhere else.</summary>
[Trait("Needs", "root")]
public sealed class PublicAddressTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task This_machine_reaches_a_guest_by_its_public_address_under_its_groups()
    {
        await using var cloud = new TestNetworks();
        cloud.Allow(TestNetworks.Tcp(22));
        var guest = await cloud.AddGuestAsync(1, cloud.Pool + "20");
        await using var ssh = guest.Listen(22);
        await using var other = guest.Listen(23);
        (await Client.FromMachineAsync(cloud.Pool + "20", 22)).ShouldBe(cloud.Pool + "1");
        (await Client.FromMachineAsync(cloud.Pool + "20", 23)).ShouldBeNull();
    }

    [Fact]
    public async Task An_address_that_no_adapter_has_is_refused_at_once_and_never_sent_to_the_uplink()
    {
        await using var cloud = new TestNetworks();
        await cloud.AddGuestAsync(1, cloud.Pool + "20");
        using var socket = Outside.OpenOnMachine();
        using var deadline = new CancellationTokenSource(Guest.Patience);
        var refused = await Should.ThrowAsync<SocketException>(
            async () => await socket.ConnectAsync(IPAddress.Parse(cloud.Pool + "99"), 80, deadline.Token));
        refused.SocketErrorCode.ShouldBeOneOf(SocketError.HostUnreachable, SocketError.NetworkUnreachable);
        await cloud.Commands.RunAsync(new("ip", "link", "set", "dev", "nines" + cloud.Host.Scope, "down"), Cancellation);
        var route = await cloud.Commands.RunAsync(
            new HostCommand("ip", "route", "get", cloud.Pool + "20") { AcceptedExitCodes = [0, 2] }, Cancellation);
        route.ExitCode.ShouldBe(2, $"with the link away the pool must be unreachable, not {route.Output}");
    }

    [Fact]
    public async Task Guests_reach_each_other_by_public_address_and_are_seen_by_their_own()
    {
        await using var cloud = new TestNetworks();
        cloud.Allow(TestNetworks.Tcp(80, $"{cloud.Pool}21/32"));
        var server = await cloud.AddGuestAsync(1, cloud.Pool + "20");
        var client = await cloud.AddGuestAsync(2, cloud.Pool + "21");
        var stranger = await cloud.AddGuestAsync(3, cloud.Pool + "22");
        await using var service = server.Listen(80);
        (await client.ConnectAsync(cloud.Pool + "20", 80)).ShouldBe(cloud.Pool + "21");
        (await stranger.ConnectAsync(cloud.Pool + "20", 80)).ShouldBeNull();
        (await client.ConnectAsync(server.Address, 80)).ShouldBeNull("by the private address it comes from another source");
    }

    [Fact]
    public async Task A_moved_address_ends_the_connections_of_its_former_owner()
    {
        await using var cloud = new TestNetworks();
        cloud.Allow(TestNetworks.Tcp(80));
        var former = await cloud.AddGuestAsync(1, cloud.Pool + "20");
        var next = await cloud.AddGuestAsync(2);
        using var listener = former.Open();
        listener.Bind(new IPEndPoint(IPAddress.Any, 80));
        listener.Listen();
        using var connection = new TcpClient();
        await connection.ConnectAsync(cloud.Pool + "20", 80, Cancellation);
        using var accepted = await listener.AcceptAsync(Cancellation);
        cloud.Vpc = cloud.Vpc with
        {
            Interfaces = cloud.Vpc.Interfaces
                .SetItem(former.Adapter.Id, former.Adapter with { PublicIpAddress = null })
                .SetItem(next.Adapter.Id, next.Adapter with { PublicIpAddress = cloud.Pool + "20" }),
        };
        await cloud.ApplyAsync();
        await connection.GetStream().WriteAsync(new byte[] { 1 }, Cancellation);
        using var deadline = new CancellationTokenSource(Guest.Patience);
        await Should.ThrowAsync<OperationCanceledException>(async () => await accepted.ReceiveAsync(new byte[1], deadline.Token));
        await using var service = next.Listen(80);
        (await Client.FromMachineAsync(cloud.Pool + "20", 80)).ShouldBe(cloud.Pool + "1");
    }

    [Fact]
    public async Task Guests_with_a_public_address_reach_the_outside_masqueraded_when_that_is_set()
    {
        await using var outside = await Outside.CreateAsync(Cancellation);
        await using var cloud = new TestNetworks(options => options with { Egress = Egress.Uplink, UplinkDevice = outside.Device });
        var guest = await cloud.AddGuestAsync(1, cloud.Pool + "20");
        var hidden = await cloud.AddGuestAsync(2);
        await using var service = outside.Listen(80);
        (await guest.ConnectAsync(outside.Address, 80)).ShouldBe(outside.MachineAddress);
        (await hidden.ConnectAsync(outside.Address, 80)).ShouldBeNull("it has no public address");
    }

    [Fact]
    public async Task Guests_do_not_reach_the_outside_when_that_is_not_set()
    {
        await using var outside = await Outside.CreateAsync(Cancellation);
        await using var cloud = new TestNetworks();
        var guest = await cloud.AddGuestAsync(1, cloud.Pool + "20");
        await using var service = outside.Listen(80);
        (await guest.ConnectAsync(outside.Address, 80)).ShouldBeNull();
    }

    [Fact]
    public async Task Guests_do_not_reach_services_of_this_machine()
    {
        await using var outside = await Outside.CreateAsync(Cancellation);
        await using var cloud = new TestNetworks(options => options with { Egress = Egress.Uplink, UplinkDevice = outside.Device });
        var guest = await cloud.AddGuestAsync(1, cloud.Pool + "20");
        await using var service = new Listener(Outside.OpenOnMachine, 0);
        (await Client.FromMachineAsync(outside.MachineAddress, service.Port)).ShouldNotBeNull();
        (await guest.ConnectAsync(outside.MachineAddress, service.Port)).ShouldBeNull();
        (await guest.ConnectAsync(cloud.Pool + "1", service.Port)).ShouldBeNull();
        (await guest.ConnectAsync("172.31.16.1", service.Port)).ShouldBeNull();
    }

    [Fact]
    public async Task Two_clouds_with_one_pool_are_refused_with_a_reason()
    {
        await using var first = new TestNetworks();
        await first.AddGuestAsync(1, first.Pool + "20");
        await using var second = new TestNetworks(options => options with { PublicPool = first.Pool + "0/24" });
        var statuses = await second.Networks.ApplyAsync(second.State with { Generation = 1 }, Cancellation);
        statuses[TestNetworks.VpcId].Message.ShouldNotBeNull().ShouldContain("already routed");
    }
}
