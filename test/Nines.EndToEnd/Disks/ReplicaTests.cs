using System.Globalization;
using System.Text.Json.Nodes;
using Nines.Client;
using Nines.Control.Admin;
using Nines.EndToEnd.Clouds;
using Nines.EndToEnd.Servers;

namespace Nines.EndToEnd.Disks;

/// <summary>Disks with a copy that follows on another disk of the machine, each of which breaks in turn.</summary>
[Trait("Needs", "root")]
[Collection("other real servers")]
public sealed class ReplicaTests : IAsyncLifetime
{
    private const string Tagged = "ResourceType=volume,Tags=[{Key=nines:replication,Value=asynchronous}]";

    /// <summary>Numbers in a file, each told once it is on the disk, in a place that is no disk.</summary>
    private const string Writer = """
        #!/bin/sh
        number=0
        while number=$((number + 1)); do
          echo $number >>/root/log && sync && echo $number >/dev/shm/next && mv /dev/shm/next /dev/shm/told || echo $number >>/dev/shm/failed
        done
        """;

    private readonly RealCloud _cloud = new();
    private readonly TemporaryFolder _folder = new();
    private LoopDisk _first = null!;
    private LoopDisk _second = null!;

    public async ValueTask InitializeAsync()
    {
        File.SetUnixFileMode(_folder.Path, (UnixFileMode)0b111_001_001);
        _second = await LoopDisk.MountAsync(Path.Combine(_folder.Path, "second"));
        _first = await LoopDisk.MountAsync(Path.Combine(_cloud.Paths.Host, "volumes"));
        _cloud.Mirror = Path.Combine(_folder.Path, "second");
        await _cloud.InitializeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _first.DisposeAsync();
        await _cloud.DisposeAsync();
        await _second.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    [Covers("ec2", "EnableVolumeIO", "DescribeVolumeStatus")]
    public async Task A_copy_follows_the_guest_heals_by_itself_and_is_the_disk_when_that_is_lost()
    {
        using var server = await ServerUnderTest.LaunchAsync(_cloud, "t3.nano", null, "--tag-specifications", Tagged);
        var volume = (await server.DescribeAsync())["BlockDeviceMappings"]![0]!["Ebs"]!["VolumeId"]!.ToString();
        await server.SshAsRootAsync(
            $"mkdir -p /dev/shm; cat >/root/writer <<'END'\n{Writer}\nEND\nchmod +x /root/writer; setsid /root/writer </dev/null >/dev/null 2>&1 &");
        await FollowsAsync(volume, DateTimeOffset.UtcNow);

        await _second.BreakAsync();
        await BecomesAsync(volume, line => line.Copies!.StartsWith("falls behind", StringComparison.Ordinal) && line.LagSeconds > 3);
        await GoesOnAsync(server);
        await _second.ReplaceAsync();
        await FollowsAsync(volume, DateTimeOffset.UtcNow);

        await BadDays.Kill.CloudAsync(_cloud);
        await _cloud.StartAsync();
        var told = await GoesOnAsync(server);
        await FollowsAsync(volume, DateTimeOffset.UtcNow);
        (await server.SshAsRootAsync("cat /dev/shm/failed 2>/dev/null; dmesg | grep -c -i 'i/o error' || true")).ShouldBe("0");
        (await _cloud.Cli.RunAsync("volumes", volume)).ShouldSucceed().Output.ShouldContain("asynchronous");

        await _first.BreakAsync();
        await _cloud.Aws.RunAsync("ec2", "stop-instances", "--instance-ids", server.Id, "--force");
        await _cloud.Aws.RunAsync("ec2", "wait", "instance-stopped", "--instance-ids", server.Id);
        var status = await ImpairedAsync(volume);
        status["Events"]![0]!["EventType"]!.ToString().ShouldBe("potential-data-inconsistency");
        status["Actions"]![0]!["Code"]!.ToString().ShouldBe("enable-volume-io");
        await _cloud.Aws.RunAsync("ec2", "start-instances", "--instance-ids", server.Id);
        await _cloud.Aws.RunAsync("ec2", "wait", "instance-stopped", "--instance-ids", server.Id);
        (await server.DescribeAsync())["StateReason"]!["Message"]!.ToString().ShouldContain("EnableVolumeIO");

        await _first.ReplaceAsync();
        await _cloud.Aws.RunAsync("ec2", "enable-volume-io", "--volume-id", volume);
        await server.StartAsync();
        var log = (await server.SshAsRootAsync("cat /root/log")).Split('\n').Select(line => int.Parse(line, CultureInfo.InvariantCulture)).ToList();
        log.ShouldBe(Enumerable.Range(1, log.Count));
        log.Count.ShouldBeGreaterThanOrEqualTo(told, "what was told before the moment that was shown is there");
        (await StatusAsync(volume))["VolumeStatus"]!["Status"]!.ToString().ShouldBe("ok");

        await _cloud.Aws.RunAsync("ec2", "terminate-instances", "--instance-ids", server.Id);
        await _cloud.Aws.RunAsync("ec2", "wait", "volume-deleted", "--volume-ids", volume);
        Directory.GetFiles(Directory.GetDirectories(_cloud.Mirror!, "nines-*").ShouldHaveSingleItem(), volume + "*").ShouldBeEmpty();
    }

    /// <summary>Until the copy holds what the guest had written by then.</summary>
    private Task FollowsAsync(string volume, DateTimeOffset then) => BecomesAsync(volume, line => line.CopyOf >= then || line.LagSeconds == 0);

    private async Task BecomesAsync(string volume, Func<VolumeLine, bool> isIt)
    {
        using var client = CloudClient.Connect(_cloud.Paths);
        var deadline = DateTimeOffset.UtcNow.AddMinutes(5);
        VolumeLine line;
        while (!isIt(line = (await client.Admin.VolumesAsync(new VolumesRequest([volume]), TestContext.Current.CancellationToken)).Volumes.Single()))
        {
            (DateTimeOffset.UtcNow < deadline).ShouldBeTrue($"the copy did not become so: {line}");
            await Task.Delay(200, TestContext.Current.CancellationToken);
        }
    }

    private async Task<JsonNode> StatusAsync(string volume) => (await _cloud.Aws.RunAsync("ec2", "describe-volume-status", "--volume-ids", volume))["VolumeStatuses"]![0]!;

    private async Task<JsonNode> ImpairedAsync(string volume)
    {
        var deadline = DateTimeOffset.UtcNow.AddMinutes(2);
        JsonNode status;
        while ((status = await StatusAsync(volume))["VolumeStatus"]!["Status"]!.ToString() != "impaired")
        {
            (DateTimeOffset.UtcNow < deadline).ShouldBeTrue($"the loss was not noticed: {status}");
            await Task.Delay(200, TestContext.Current.CancellationToken);
        }

        return status;
    }

    /// <summary>The guest goes on writing; the last number that it told.</summary>
    private static async Task<int> GoesOnAsync(ServerUnderTest server)
    {
        var told = int.Parse(await server.SshAsRootAsync("cat /dev/shm/told"), CultureInfo.InvariantCulture);
        var now = told;
        await server.EventuallyAsync("cat /dev/shm/told", said => int.TryParse(said, CultureInfo.InvariantCulture, out now) && now > told);
        return now;
    }
}
