using System.Globalization;
using Nines.Host.Api;
using Nines.Host.Networks;
using Nines.Host.Processes;

namespace Nines.EndToEnd.Networks;

/// <summary>Addresses by DHCP and names by DNS, as a guest gets them.</summary>
[Trait("Needs", "root")]
public sealed class NameServerTests
{
    private const string Second = "vpc-0e0e0e0e0e0e0e0e0";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_guest_is_given_its_address_router_names_and_routes()
    {
        await using var cloud = new TestNetworks();
        var guest = await cloud.AddGuestAsync(1, configured: false);
        var lease = await LeaseAsync(guest);
        lease["ip"].ShouldBe(guest.Address);
        lease["mask"].ShouldBe("20");
        lease["router"].ShouldBe("172.31.16.1");
        lease["dns"].ShouldBe("172.31.0.2");
        lease["domain"].ShouldBe("ec2.internal");
        lease["hostname"].ShouldBe("ip-172-31-16-4");
        lease["mtu"].ShouldBe("1500");
        lease["staticroutes"].ShouldBe("169.254.169.254/32 172.31.16.1 0.0.0.0/0 172.31.16.1");
    }

    [Fact]
    public async Task A_guest_is_told_what_its_networks_options_say()
    {
        await using var cloud = new TestNetworks();
        cloud.Vpc = cloud.Vpc with { DhcpOptions = new() { DomainName = "corp.example", NameServers = ["172.31.16.200", DhcpOptionsSpec.OwnNameServer], TimeServers = ["172.31.16.201"] } };
        var guest = await cloud.AddGuestAsync(1, configured: false);
        var lease = await LeaseAsync(guest);
        (lease["domain"], lease["dns"], lease["ntpsrv"]).ShouldBe(("corp.example", "172.31.16.200 172.31.0.2", "172.31.16.201"));
        cloud.Vpc = cloud.Vpc with { DhcpOptions = new() };
        await cloud.ApplyAsync();
        lease = await LeaseAsync(guest);
        lease["ip"].ShouldBe(guest.Address);
        (lease.ContainsKey("domain"), lease.ContainsKey("dns")).ShouldBe((false, false));
    }

    [Fact]
    public async Task A_network_without_names_answers_no_questions()
    {
        await using var cloud = new TestNetworks();
        var guest = await cloud.AddGuestAsync(1);
        (await LookupAsync(guest, "ip-172-31-16-4.ec2.internal", "172.31.0.2")).ShouldContain(guest.Address);
        cloud.Vpc = cloud.Vpc with { NameServerDisabled = true };
        await cloud.ApplyAsync();
        (await LookupAsync(guest, "ip-172-31-16-4.ec2.internal", "172.31.0.2")).ShouldNotContain(guest.Address);
    }

    [Fact]
    public async Task A_guest_that_joins_is_served_without_disturbing_the_server()
    {
        await using var cloud = new TestNetworks();
        await cloud.AddGuestAsync(1);
        var server = ServerOf(cloud);
        var second = await cloud.AddGuestAsync(2, configured: false);
        (await LeaseAsync(second))["ip"].ShouldBe(second.Address);
        ServerOf(cloud).ShouldBe(server, "a new adapter is told to the running server");
    }

    [Fact]
    public async Task An_address_that_another_guest_had_before_is_given_to_its_new_owner()
    {
        await using var cloud = new TestNetworks();
        var former = await cloud.AddGuestAsync(1, configured: false);
        (await LeaseAsync(former))["ip"].ShouldBe("172.31.16.4");
        cloud.Vpc = cloud.Vpc with { Interfaces = cloud.Vpc.Interfaces.Clear() };
        await cloud.ApplyAsync();
        var next = await cloud.AddGuestAsync(2, configured: false, privateAddress: "172.31.16.4");
        (await LeaseAsync(next))["ip"].ShouldBe("172.31.16.4");
    }

    [Fact]
    public async Task A_guest_that_is_not_known_is_given_nothing()
    {
        await using var cloud = new TestNetworks();
        var guest = await cloud.AddGuestAsync(1, configured: false);
        await guest.IpAsync("link set eth0 down", Cancellation);
        await guest.IpAsync("link set eth0 address 02:00:00:00:00:99 up", Cancellation);
        (await guest.RunAsync(Cancellation, "busybox", "udhcpc", "-i", "eth0", "-n", "-q", "-t", "2", "-T", "1", "-s", "/bin/true")).ExitCode.ShouldNotBe(0);
    }

    [Fact]
    public async Task Names_and_addresses_are_found_both_ways()
    {
        await using var cloud = new TestNetworks();
        var one = await cloud.AddGuestAsync(1, cloud.Pool + "20");
        var two = await cloud.AddGuestAsync(2);
        (await LookupAsync(two, "ip-172-31-16-4.ec2.internal", "172.31.0.2")).ShouldContain(one.Address);
        (await LookupAsync(two, one.Address, "169.254.169.253")).ShouldContain("ip-172-31-16-4.ec2.internal");
        var dashed = cloud.Pool.Replace('.', '-');
        (await LookupAsync(two, $"ec2-{dashed}20.compute-1.amazonaws.com", "172.31.0.2")).ShouldContain(one.Address, customMessage: "inside it means the private address");
        (await LookupAsync(two, $"ec2-{dashed}77.compute-1.amazonaws.com", "172.31.0.2")).ShouldContain(cloud.Pool + "77");
        (await LookupAsync(two, "ip-172-31-16-99.ec2.internal", "172.31.0.2")).ShouldContain("NXDOMAIN");
    }

    [Fact]
    public async Task Other_names_are_asked_of_the_machines_resolver()
    {
        await using var outside = await Outside.CreateAsync(Cancellation);
        var folder = Directory.CreateTempSubdirectory("nines-resolver-").FullName;
        File.SetUnixFileMode(folder, (UnixFileMode)0b111_101_101);
        var resolver = Path.Combine(folder, "resolv.conf");
        await File.WriteAllTextAsync(resolver, $"nameserver {outside.Address}\n", Cancellation);
        var commands = new HostCommands(TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLogger<HostCommands>.Instance);
        await commands.RunAsync(
            new("nsenter", $"--net={outside.Path}", "--", "dnsmasq", "--conf-file=/dev/null", "--no-resolv", "--no-hosts", "--address=/example.test/203.0.113.7", $"--pid-file={folder}/pid"), Cancellation);
        try
        {
            await using var cloud = new TestNetworks(options => options with { ResolverFile = resolver, Egress = Egress.Uplink, UplinkDevice = outside.Device });
            var guest = await cloud.AddGuestAsync(1, cloud.Pool + "20");
            (await LookupAsync(guest, "www.example.test", "172.31.0.2")).ShouldContain("203.0.113.7");
            cloud.AddNetwork(Second);
            var other = await cloud.AddGuestAsync(2, vpcId: Second);
            (await LookupAsync(other, "www.example.test", "172.31.0.2")).ShouldContain("203.0.113.7");
            (await LookupAsync(guest, "www.example.test", cloud.Pool + "1")).ShouldNotContain("203.0.113.7");
        }
        finally
        {
            NativeMethods.SendSignal(ReadProcessId(Path.Combine(folder, "pid")), NativeMethods.SignalTerminate).ShouldBe(0);
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task Other_names_are_not_looked_up_where_nothing_may_leave()
    {
        await using var cloud = new TestNetworks(options => options with { ResolverFile = "/etc/resolv.conf" });
        var guest = await cloud.AddGuestAsync(1, cloud.Pool + "20");
        (await LookupAsync(guest, "www.example.test", "172.31.0.2")).ShouldContain("REFUSED");
        Directory.Exists(Path.Combine(cloud.Host.RunDirectory, "networks", "internet", "forwarder")).ShouldBeFalse();
    }

    [Fact]
    public async Task A_server_that_dies_is_started_again_and_one_that_lives_is_found_after_a_restart()
    {
        await using var cloud = new TestNetworks();
        var guest = await cloud.AddGuestAsync(1);
        var first = ServerOf(cloud);
        NativeMethods.SendSignal(first, NativeMethods.SignalKill).ShouldBe(0);
        await Poll.UntilAsync(() => ServerOf(cloud) != first && Directory.Exists($"/proc/{ServerOf(cloud)}"));
        (await LookupAsync(guest, "ip-172-31-16-4.ec2.internal", "172.31.0.2")).ShouldContain(guest.Address);
        var second = ServerOf(cloud);
        await cloud.RestartAsync();
        (await LookupAsync(guest, "ip-172-31-16-4.ec2.internal", "172.31.0.2")).ShouldContain(guest.Address, customMessage: "names are served while Nines is away");
        await cloud.ApplyAsync();
        ServerOf(cloud).ShouldBe(second);
    }

    private static int ServerOf(TestNetworks cloud) => ReadProcessId(Path.Combine(cloud.Host.RunDirectory, "networks", TestNetworks.VpcId, "pid"));

    private static int ReadProcessId(string path) => int.Parse(File.ReadAllText(path), CultureInfo.InvariantCulture);

    private static async Task<string> LookupAsync(Guest guest, string name, string server)
    {
        var result = await guest.RunAsync(Cancellation, "timeout", "3", "busybox", "nslookup", name, server);
        return result.Output + result.Error;
    }

    /// <summary>What a DHCP client hands to its script once it is bound.</summary>
    private static async Task<Dictionary<string, string>> LeaseAsync(Guest guest)
    {
        var script = Path.GetTempFileName();
        await File.WriteAllTextAsync(script, "#!/bin/sh\n[ \"$1\" = bound ] && env\nexit 0\n", Cancellation);
        File.SetUnixFileMode(script, (UnixFileMode)0b111_101_101);
        try
        {
            var result = await guest.RunAsync(
                Cancellation, "busybox", "udhcpc", "-i", "eth0", "-n", "-q", "-t", "5", "-T", "1", "-s", script, "-O", "staticroutes", "-O", "mtu");
            result.ExitCode.ShouldBe(0, result.Error);
            return result.Output.Split('\n').Where(line => line.Contains('=')).Select(line => line.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1]);
        }
        finally
        {
            File.Delete(script);
        }
    }
}
