using System.Net;
using System.Net.Sockets;
using Nines.Host.Api;

namespace Nines.EndToEnd.Networks;

/// <summary>What security groups and the guard let pass, shown by packets between guests.</summary>
[Trait("Needs", "root")]
public sealed class SecurityGroupTests : IAsyncLifetime
{
    private readonly TestNetworks _cloud = new();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _cloud.DisposeAsync();

    [Fact]
    public async Task An_allowed_port_passes_and_another_does_not()
    {
        var server = await _cloud.AddGuestAsync(1);
        var client = await _cloud.AddGuestAsync(2);
        await using var allowed = server.Listen(8080);
        await using var other = server.Listen(8081);
        (await client.ConnectAsync(server.Address, 8080)).ShouldBeNull("nothing comes in by default");
        _cloud.Allow(TestNetworks.Tcp(8080));
        await _cloud.ApplyAsync();
        (await client.ConnectAsync(server.Address, 8080)).ShouldBe(client.Address);
        (await client.ConnectAsync(server.Address, 8081)).ShouldBeNull();
    }

    [Fact]
    public async Task A_group_reference_means_the_members_of_the_group()
    {
        const string Callers = "sg-0d0d0d0d0d0d0d0d0";
        _cloud.Vpc = _cloud.Vpc with
        {
            SecurityGroups = _cloud.Vpc.SecurityGroups.SetItem(Callers, TestNetworks.Group(Callers) with { MemberAddresses = ["172.31.16.5"] }),
        };
        _cloud.Allow(new SecurityGroupRuleSpec(6, 80, 80, null, Callers));
        var server = await _cloud.AddGuestAsync(1);
        var member = await _cloud.AddGuestAsync(2, groupId: Callers);
        var stranger = await _cloud.AddGuestAsync(3);
        await using var service = server.Listen(80);
        (await member.ConnectAsync(server.Address, 80)).ShouldBe(member.Address);
        (await stranger.ConnectAsync(server.Address, 80)).ShouldBeNull();
    }

    [Fact]
    public async Task A_connection_lives_on_when_its_rule_is_removed_and_what_is_not_let_out_stays_in()
    {
        _cloud.Allow(TestNetworks.Tcp(80));
        var server = await _cloud.AddGuestAsync(1);
        var client = await _cloud.AddGuestAsync(2);
        using var listener = server.Open();
        listener.Bind(new IPEndPoint(IPAddress.Any, 80));
        listener.Listen();
        using var connection = client.Open();
        await connection.ConnectAsync(server.Address, 80, TestContext.Current.CancellationToken);
        using var accepted = await listener.AcceptAsync(TestContext.Current.CancellationToken);
        _cloud.Allow();
        await _cloud.ApplyAsync();
        await connection.SendAsync(new byte[] { 1 }, TestContext.Current.CancellationToken);
        using var deadline = new CancellationTokenSource(Guest.Patience);
        (await accepted.ReceiveAsync(new byte[4], deadline.Token)).ShouldBe(1);
        (await client.ConnectAsync(server.Address, 80)).ShouldBeNull();

        _cloud.Vpc = _cloud.Vpc with
        {
            SecurityGroups = _cloud.Vpc.SecurityGroups.SetItem(TestNetworks.GroupId, TestNetworks.Group(TestNetworks.GroupId, TestNetworks.Tcp(80)) with { Egress = [] }),
        };
        await _cloud.ApplyAsync();
        (await client.ConnectAsync(server.Address, 80)).ShouldBeNull("nothing may go out");
    }

    [Fact]
    public async Task A_kind_of_icmp_is_allowed_alone()
    {
        _cloud.Allow(new SecurityGroupRuleSpec(1, 8, -1, "172.31.0.0/16", null));
        var server = await _cloud.AddGuestAsync(1);
        var client = await _cloud.AddGuestAsync(2);
        (await client.RunAsync(TestContext.Current.CancellationToken, "busybox", "ping", "-c", "1", "-W", "1", server.Address)).ExitCode.ShouldBe(0);
        _cloud.Allow(new SecurityGroupRuleSpec(1, 13, -1, "172.31.0.0/16", null));
        await _cloud.ApplyAsync();
        (await client.RunAsync(TestContext.Current.CancellationToken, "busybox", "ping", "-c", "1", "-W", "1", server.Address)).ExitCode.ShouldBe(1);
    }

    [Fact]
    public async Task A_guest_cannot_speak_with_a_foreign_address()
    {
        _cloud.Allow(new SecurityGroupRuleSpec(-1, -1, -1, "0.0.0.0/0", null));
        var server = await _cloud.AddGuestAsync(1);
        var client = await _cloud.AddGuestAsync(2);
        await using var service = server.Listen(9, ProtocolType.Udp);
        await client.IpAsync("address add 172.31.16.77/32 dev eth0", TestContext.Current.CancellationToken);
        await SendAsync(client, server.Address, source: "172.31.16.77");
        await SendAsync(client, server.Address, source: client.Address);
        await Poll.UntilAsync(() => service.Sources.Count > 0);
        service.Sources.ShouldBe([client.Address]);

        await client.IpAsync("link set eth0 down", TestContext.Current.CancellationToken);
        await client.IpAsync("link set eth0 address 02:00:00:00:00:99 up", TestContext.Current.CancellationToken);
        await client.IpAsync("route replace default via 172.31.16.1", TestContext.Current.CancellationToken);
        await SendAsync(client, server.Address, source: client.Address);
        (await client.ConnectAsync(server.Address, 22)).ShouldBeNull();
        service.Sources.Count.ShouldBe(1, "a foreign MAC address is dropped");
    }

    [Fact]
    public async Task A_guest_cannot_answer_for_dhcp()
    {
        _cloud.Allow(new SecurityGroupRuleSpec(-1, -1, -1, "0.0.0.0/0", null));
        var server = await _cloud.AddGuestAsync(1);
        var client = await _cloud.AddGuestAsync(2);
        await using var asking = server.Listen(68, ProtocolType.Udp);
        await using var other = server.Listen(69, ProtocolType.Udp);
        await SendAsync(client, server.Address, client.Address, port: 68);
        await SendAsync(client, server.Address, client.Address, port: 69);
        await Poll.UntilAsync(() => other.Sources.Count > 0);
        asking.Sources.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_guest_without_the_source_check_forwards_for_others()
    {
        _cloud.Allow(new SecurityGroupRuleSpec(-1, -1, -1, "0.0.0.0/0", null));
        var server = await _cloud.AddGuestAsync(1);
        var router = await _cloud.AddGuestAsync(2);
        var adapter = _cloud.Vpc.Interfaces[router.Adapter.Id] with { SourceDestinationCheck = false };
        _cloud.Vpc = _cloud.Vpc with { Interfaces = _cloud.Vpc.Interfaces.SetItem(adapter.Id, adapter) };
        await _cloud.ApplyAsync();
        await using var service = server.Listen(9, ProtocolType.Udp);
        await router.IpAsync("address add 10.9.9.9/32 dev eth0", TestContext.Current.CancellationToken);
        await SendAsync(router, server.Address, source: "10.9.9.9");
        await Poll.UntilAsync(() => service.Sources.Count > 0);
        service.Sources.ShouldBe(["10.9.9.9"]);
    }

    private static async Task SendAsync(Guest guest, string address, string source, int port = 9)
    {
        using var socket = guest.Open(SocketType.Dgram);
        socket.Bind(new IPEndPoint(IPAddress.Parse(source), 0));
        try
        {
            await socket.SendToAsync(new byte[] { 1 }, new IPEndPoint(IPAddress.Parse(address), port), TestContext.Current.CancellationToken);
        }
        catch (SocketException)
        {
            // No neighbour answered; then nothing was sent, which is what some tests want to see.
        }
    }
}
