using Microsoft.Extensions.Logging.Abstractions;
using Nines.Host.Api;
using Nines.Host.Networks;
using Nines.Host.Processes;

namespace Nines.EndToEnd.Networks;

/// <summary>Networks come, heal and go without a trace.</summary>
[Trait("Needs", "root")]
public sealed class LifeTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_purge_leaves_no_namespace_link_route_rule_process_or_file()
    {
        await using var outside = await Outside.CreateAsync(Cancellation);
        var resolver = Path.GetTempFileName();
        await using var cloud = new TestNetworks(options => options with { Egress = Egress.Uplink, UplinkDevice = outside.Device, ResolverFile = resolver });
        var before = await cloud.TracesAsync();
        before.ShouldBeEmpty();
        await cloud.AddGuestAsync(1, cloud.Pool + "20");
        (await cloud.TracesAsync()).Count.ShouldBeGreaterThan(5);
        (await File.ReadAllTextAsync(ForwardingOf(outside), Cancellation)).Trim().ShouldBe("1");
        await cloud.Networks.PurgeAsync(Cancellation);
        (await cloud.TracesAsync()).ShouldBeEmpty();
        (await File.ReadAllTextAsync(ForwardingOf(outside), Cancellation)).Trim().ShouldBe("0");
        File.Delete(resolver);
    }

    [Fact]
    public async Task A_purge_by_a_program_that_remembers_nothing_removes_all()
    {
        await using var cloud = new TestNetworks();
        await cloud.AddGuestAsync(1, cloud.Pool + "20");
        await using var other = HostNetworks.Create(
            cloud.Host, new NetworkOptions { PublicPool = "240.0.0.0/24" }, cloud.Commands, TimeProvider.System, NullLoggerFactory.Instance);
        await other.PurgeAsync(Cancellation);
        (await cloud.TracesAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_cloud_starts_though_others_change_the_machine_between_its_look_and_its_step()
    {
        await using var cloud = new TestNetworks();
        var commands = new Disturbed(cloud.Commands) { Failures = 2 };
        await using var networks = HostNetworks.Create(cloud.Host, cloud.Options, commands, TimeProvider.System, NullLoggerFactory.Instance);
        await networks.StartAsync(Cancellation);
        commands.Failures.ShouldBe(0);
        (await cloud.TracesAsync()).ShouldNotBeEmpty();
    }

    [Fact]
    public async Task What_was_taken_away_by_hand_comes_back()
    {
        await using var cloud = new TestNetworks();
        cloud.Allow(TestNetworks.Tcp(80));
        var server = await cloud.AddGuestAsync(1, cloud.Pool + "20");
        await using var service = server.Listen(80);
        var name = Path.GetFileName(cloud.VpcNamespace);
        foreach (var harm in new[]
        {
            $"-n {name} route delete {server.Address}",
            $"-n {name} neighbour delete {server.Address} dev {cloud.Networks.TapOf(server.Adapter.Id)}",
            $"-n {name} route delete default",
            $"route delete {cloud.Pool}0/24 dev nines{cloud.Host.Scope}",
            $"link delete dev nines{cloud.Host.Scope}",
            $"netns exec {name} sysctl -qw net.ipv4.ip_forward=0",
            $"netns exec nines-{cloud.Host.Scope}-internet sysctl -qw net.ipv4.ip_forward=0",
        })
        {
            await cloud.Commands.RunAsync(new("ip", [.. harm.Split(' ')]), Cancellation);
            await cloud.ApplyAsync();

            // The kernel may take a second to let packets out of a link that is new.
            await Poll.UntilAsync(async () => await Client.FromMachineAsync(cloud.Pool + "20", 80) == cloud.Pool + "1");
        }
    }

    [Fact]
    public async Task An_adapter_that_is_left_out_goes_and_an_absent_network_goes_whole()
    {
        await using var cloud = new TestNetworks();
        var guest = await cloud.AddGuestAsync(1, cloud.Pool + "20");
        cloud.Vpc = cloud.Vpc with { Interfaces = cloud.Vpc.Interfaces.Clear() };
        await cloud.ApplyAsync();
        (await LinksAsync(cloud)).ShouldNotContain(cloud.Networks.TapOf(guest.Adapter.Id));
        cloud.Vpc = cloud.Vpc with { Presence = Presence.Absent };
        (await cloud.ApplyAsync()).Gone.ShouldBeTrue();
        File.Exists(cloud.VpcNamespace).ShouldBeFalse();
        (await cloud.ApplyAsync()).Gone.ShouldBeTrue("it is gone still");
    }

    [Fact]
    public async Task A_tap_belongs_to_the_machines_user_and_a_network_left_out_stays()
    {
        await using var cloud = new TestNetworks();
        const string Id = "eni-00000000000000009";
        cloud.Vpc = cloud.Vpc with
        {
            Interfaces = cloud.Vpc.Interfaces.SetItem(Id, new()
            {
                Id = Id,
                VmId = "i-00000000000000009",
                SubnetId = TestNetworks.SubnetId,
                MacAddress = "02:00:00:00:00:09",
                PrivateIpAddress = "172.31.16.12",
                HostName = "ip-172-31-16-12",
            }),
        };
        await cloud.ApplyAsync();
        var name = Path.GetFileName(cloud.VpcNamespace);
        var taps = await cloud.Commands.RunAsync(new("ip", "-n", name, "tuntap", "show"), Cancellation);
        taps.Output.ShouldContain($"{cloud.Networks.TapOf(Id)}: tap persist user 65534");
        (await cloud.Networks.ApplyAsync(new() { Generation = 100 }, Cancellation)).ShouldBeEmpty();
        (await LinksAsync(cloud)).ShouldContain(cloud.Networks.TapOf(Id));
    }

    [Fact]
    public async Task Two_networks_with_the_same_addresses_do_not_meet_but_by_public_ones()
    {
        const string Second = "vpc-0e0e0e0e0e0e0e0e0";
        await using var cloud = new TestNetworks();
        cloud.Allow(TestNetworks.Tcp(80));
        cloud.AddNetwork(Second);
        var one = await cloud.AddGuestAsync(1, cloud.Pool + "20");
        var neighbour = await cloud.AddGuestAsync(2);
        var two = await cloud.AddGuestAsync(3, cloud.Pool + "21", privateAddress: one.Address, vpcId: Second);
        foreach (var guest in new[] { one, two })
        {
            using var http = guest.Http();
            (await http.GetStringAsync("/latest/meta-data/instance-id", Cancellation)).ShouldBe(guest.Adapter.VmId);
        }

        await using var service = neighbour.Listen(80);
        await using var published = two.Listen(80);
        (await two.ConnectAsync(neighbour.Address, 80)).ShouldBeNull("the address is in the other network");
        (await one.ConnectAsync(cloud.Pool + "21", 80)).ShouldBe(cloud.Pool + "20");
    }

    [Fact]
    public async Task Inside_a_network_there_is_no_ipv6()
    {
        await using var cloud = new TestNetworks();
        await cloud.AddGuestAsync(1);
        foreach (var name in new[] { Path.GetFileName(cloud.VpcNamespace), $"nines-{cloud.Host.Scope}-internet" })
        {
            (await cloud.Commands.RunAsync(new("ip", "-n", name, "-6", "address", "show"), Cancellation)).Output.ShouldBeEmpty(name);
        }
    }

    private static async Task<string> LinksAsync(TestNetworks cloud) =>
        (await cloud.Commands.RunAsync(new("ip", "-n", Path.GetFileName(cloud.VpcNamespace), "link", "show"), Cancellation)).Output;

    private static string ForwardingOf(Outside outside) => $"/proc/sys/net/ipv4/conf/{outside.Device}/forwarding";

    /// <summary>Commands of which the first are refused, as a step is whose object came or went meanwhile.</summary>
    private sealed class Disturbed(IHostCommands commands) : IHostCommands
    {
        public int Failures { get; set; }

        public Task<HostCommandResult> RunAsync(HostCommand command, CancellationToken cancellationToken) => Failures > 0 && Failures-- > 0
            ? throw new HostCommandException(command, 1, "RTNETLINK answers: File exists", "exit code 1")
            : commands.RunAsync(command, cancellationToken);
    }
}
