using System.Net;
using System.Net.Sockets;
using Nines.Host.Api;
using Nines.Host.FlowLogs;

namespace Nines.EndToEnd.Networks;

/// <summary>What is written down of packets is what packets did.</summary>
[Trait("Needs", "root")]
public sealed class FlowLogTests
{
    private const string Short = "${interface-id} ${srcaddr} ${dstaddr} ${dstport} ${protocol} ${action} ${flow-direction} ${log-status}";
    private const string One = "eni-00000000000000001";
    private const string Two = "eni-00000000000000002";

    [Fact]
    public async Task What_passed_and_what_was_refused_is_told_of_both_sides()
    {
        await using var cloud = Watched();
        cloud.Allow(TestNetworks.Tcp(80));
        var one = await cloud.AddGuestAsync(1);
        var two = await cloud.AddGuestAsync(2);
        await using var service = two.Listen(80);
        (await one.ConnectAsync(two.Address, 80)).ShouldBe(one.Address);
        (await one.ConnectAsync(two.Address, 81)).ShouldBeNull();
        await SendAsync(one, two.Address, 53);

        await UntilAsync(
            cloud,
            $"{One} {one.Address} {two.Address} 80 6 ACCEPT egress OK",
            $"{Two} {one.Address} {two.Address} 80 6 ACCEPT ingress OK",
            $"{Two} {one.Address} {two.Address} 81 6 REJECT ingress OK",
            $"{One} {one.Address} {two.Address} 81 6 ACCEPT egress OK",
            $"{Two} {one.Address} {two.Address} 53 17 REJECT ingress OK",
            $"{One} - - - - - - NODATA");
        Lines(cloud).ShouldNotContain(line => line.Contains("SKIPDATA", StringComparison.Ordinal));
        Lines(cloud).ShouldNotContain(line => line.Contains(" 81 6 ACCEPT ingress", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Every_field_of_the_default_format_is_there_and_a_sender_that_may_not_is_told_so()
    {
        await using var cloud = Watched(FlowLogFormat.Default);
        cloud.Vpc = cloud.Vpc with { SecurityGroups = cloud.Vpc.SecurityGroups.SetItem(TestNetworks.GroupId, new() { Id = TestNetworks.GroupId }) };
        var before = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        var one = await cloud.AddGuestAsync(1);
        await cloud.AddGuestAsync(2);
        await SendAsync(one, "172.31.16.5", 53);

        var line = (await UntilAsync(cloud, $"2 123456789012 {One} {one.Address} 172.31.16.5"))[0].Split(' ');
        line[6..10].ShouldBe(["53", "17", "1", "30"]);
        line[12..].ShouldBe(["REJECT", "OK"]);
        long.Parse(line[10], null).ShouldBeInRange(before - 1, long.Parse(line[11], null));
    }

    [Fact]
    public async Task Nothing_is_lost_when_rules_change_when_the_cloud_begins_anew_and_when_the_log_ends()
    {
        await using var cloud = Watched("${interface-id} ${dstport} ${action} ${packets}", TimeSpan.FromMinutes(5));
        var one = await cloud.AddGuestAsync(1);
        await cloud.AddGuestAsync(2);
        for (var port = 1001; port <= 1003; port++)
        {
            await SendAsync(one, "172.31.16.5", port);
            cloud.Allow(TestNetworks.Tcp(port));
            await cloud.ApplyAsync();
            if (port == 1002)
            {
                await cloud.RestartAsync();
                await cloud.ApplyAsync();
            }
        }

        cloud.Vpc = cloud.Vpc with { FlowLogs = null };
        await cloud.ApplyAsync();

        var lines = Lines(cloud).Where(line => line.StartsWith(Two, StringComparison.Ordinal) && line.Contains("REJECT", StringComparison.Ordinal));
        lines.ShouldBe([$"{Two} 1001 REJECT 1", $"{Two} 1002 REJECT 1", $"{Two} 1003 REJECT 1"], ignoreOrder: true);
        var tables = await cloud.Commands.RunAsync(new("nsenter", $"--net={cloud.VpcNamespace}", "--", "nft", "list", "tables"), TestContext.Current.CancellationToken);
        tables.Output.ShouldNotContain(FlowRuleset.Table);
    }

    [Fact]
    public async Task The_last_packets_of_an_adapter_are_told_though_it_is_gone()
    {
        await using var cloud = Watched(Short, TimeSpan.FromMinutes(5));
        var one = await cloud.AddGuestAsync(1);
        await cloud.AddGuestAsync(2);
        await SendAsync(one, "172.31.16.5", 7);
        cloud.Vpc = cloud.Vpc with { Interfaces = cloud.Vpc.Interfaces.Remove(One) };
        await cloud.ApplyAsync();
        Lines(cloud).ShouldContain($"{One} {one.Address} 172.31.16.5 7 17 ACCEPT egress OK");
    }

    [Fact]
    public async Task More_flows_than_can_be_counted_are_told_as_skipped()
    {
        await using var cloud = Watched("${srcport} ${dstport} ${log-status}", TimeSpan.FromMinutes(5));
        var one = await cloud.AddGuestAsync(1);
        await cloud.AddGuestAsync(2);
        using (var socket = one.Open(SocketType.Dgram))
        {
            for (var port = 1; port <= FlowRuleset.MaxFlows + 10; port++)
            {
                await socket.SendToAsync(new byte[] { 1 }, new IPEndPoint(IPAddress.Parse("172.31.16.5"), port), TestContext.Current.CancellationToken);
            }
        }

        cloud.Vpc = cloud.Vpc with { FlowLogs = null };
        await cloud.ApplyAsync();
        var lines = Lines(cloud);
        lines.ShouldContain("- - SKIPDATA");
        lines.Count(line => line.EndsWith("OK", StringComparison.Ordinal)).ShouldBeInRange(FlowRuleset.MaxFlows, 2 * FlowRuleset.MaxFlows);
    }

    private static TestNetworks Watched(string format = Short, TimeSpan? interval = null)
    {
        var cloud = new TestNetworks(options => options with { FlowInterval = interval ?? TimeSpan.FromSeconds(1) });
        cloud.Vpc = cloud.Vpc with
        {
            FlowLogs = new()
            {
                AccountId = "123456789012",
                Region = "us-east-1",
                Logs = [new("fl-00000000000000001", TestNetworks.VpcId, FlowTraffic.All, "/vpc/flows", format)],
            },
        };
        return cloud;
    }

    private static async Task SendAsync(Guest guest, string address, int port)
    {
        using var socket = guest.Open(SocketType.Dgram);
        await socket.SendToAsync(new byte[] { 1, 2 }, new IPEndPoint(IPAddress.Parse(address), port), TestContext.Current.CancellationToken);
    }

    private static List<string> Lines(TestNetworks cloud)
    {
        var folder = Path.Combine(FlowLogFiles.DirectoryOf(cloud.Host), "123456789012", "vpc", "flows");
        return Directory.Exists(folder) ? [.. Directory.GetFiles(folder, "eni-*-all.log").SelectMany(File.ReadAllLines)] : [];
    }

    private static async Task<List<string>> UntilAsync(TestNetworks cloud, params string[] beginnings)
    {
        await Poll.UntilAsync(() => Task.FromResult(beginnings.All(beginning => Lines(cloud).Any(line => line.StartsWith(beginning, StringComparison.Ordinal)))));
        return [.. beginnings.Select(beginning => Lines(cloud).First(line => line.StartsWith(beginning, StringComparison.Ordinal)))];
    }
}
