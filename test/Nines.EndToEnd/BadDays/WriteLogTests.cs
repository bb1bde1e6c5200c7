using System.Globalization;
using System.Text.RegularExpressions;
using Nines.EndToEnd.Clouds;
using Nines.EndToEnd.Servers;

namespace Nines.EndToEnd.BadDays;

/// <summary>A guest that says what it has written for good, while everything around it is killed.</summary>
[Trait("Needs", "root")]
[Collection("real servers")]
public sealed partial class WriteLogTests(RealCloud cloud, ITestOutputHelper output) : IClassFixture<RealCloud>
{
    private const int Rounds = 6;

    /// <summary>Numbers in a file, each told on the console once it is on the disk.</summary>
    private const string Writer = """
        #!/bin/sh
        number=$(tail -n 1 /root/log)
        while :; do
          number=$((number + 1))
          echo $number >>/root/log && sync && echo "written $number" >/dev/console
        done
        """;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task No_write_is_lost_that_a_guest_was_told_is_done()
    {
        var seed = Random.Shared.Next();
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        using var server = await ServerUnderTest.LaunchAsync(cloud, "t3.nano", null);
        var volume = (await server.DescribeAsync())["BlockDeviceMappings"]![0]!["Ebs"]!["VolumeId"]!.ToString();
        await server.SshAsRootAsync($"cat >/root/writer <<'END'\n{Writer}\nEND\nchmod +x /root/writer; echo 0 >/root/log; sync");
        await BeginAsync(server);
        var snapshots = new List<string>();
        var last = 0;
        for (var round = 0; round < Rounds; round++)
        {
            last = await WaitForAsync(server, last + random.Next(2, 12));
            if (random.Next(2) == 0)
            {
                // What is killed next is killed while the disk changes its file.
                snapshots.Add((await cloud.Aws.RunAsync("ec2", "create-snapshot", "--volume-id", volume))["SnapshotId"]!.ToString());
            }

            if (random.Next(2) == 0)
            {
                await Kill.CloudAsync(cloud);
                await cloud.StartAsync();
                continue;
            }

            last = await KillHypervisorAsync(server, last);
            await BeginAsync(server);
        }

        await WaitForAsync(server, last + 1);
        await KillHypervisorAsync(server, last);
        foreach (var snapshot in snapshots)
        {
            await cloud.Aws.RunAsync("ec2", "wait", "snapshot-completed", "--snapshot-ids", snapshot);
        }
    }

    /// <summary>Kills the server's hypervisor, starts it again and looks for what was told before; the last number that is there.</summary>
    private async Task<int> KillHypervisorAsync(ServerUnderTest server, int known)
    {
        await Kill.HypervisorAsync(server.Id);
        await cloud.Aws.RunAsync("ec2", "wait", "instance-stopped", "--instance-ids", server.Id);
        var told = Math.Max(known, await LastToldAsync(server));
        await server.StartAsync();
        var log = (await server.SshAsRootAsync("cat /root/log")).Split('\n').Select(line => int.Parse(line, CultureInfo.InvariantCulture)).ToList();
        log.ShouldBe(Enumerable.Range(0, log.Count), "no number is missing, none is there twice");
        log[^1].ShouldBeGreaterThanOrEqualTo(told, "what was told is there");
        return log[^1];
    }

    private static Task BeginAsync(ServerUnderTest server) => server.SshAsRootAsync("setsid /root/writer </dev/null >/dev/null 2>&1 &");

    private async Task<int> WaitForAsync(ServerUnderTest server, int number)
    {
        var deadline = DateTimeOffset.UtcNow + TimeSpan.FromMinutes(10);
        int told;
        while ((told = await LastToldAsync(server)) < number)
        {
            (DateTimeOffset.UtcNow < deadline).ShouldBeTrue($"the guest wrote {told}, and never {number}");
            await Task.Delay(500, Cancellation);
        }

        return told;
    }

    private async Task<int> LastToldAsync(ServerUnderTest server)
    {
        var console = await cloud.Boto.RunAsync($"answer = ec2.get_console_output(InstanceId='{server.Id}', Latest=True).get('Output', '')");
        return Told().Matches(console!.ToString()).Select(match => int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)).LastOrDefault();
    }

    [GeneratedRegex(@"written (\d+)\r?\n")]
    private static partial Regex Told();
}
