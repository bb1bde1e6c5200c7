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

    private readonly TwoDisks _disks = new();

    private RealCloud Cloud => _disks.Cloud;

    public async ValueTask InitializeAsync() => await _disks.StartAsync();

    public ValueTask DisposeAsync() => _disks.DisposeAsync();

    [Fact]
    [Covers("ec2", "EnableVolumeIO", "DescribeVolumeStatus")]
    public async Task A_copy_follows_the_guest_heals_by_itself_and_is_the_disk_when_that_is_lost()
    {
        using var server = await ServerUnderTest.LaunchAsync(Cloud, "t3.nano", null, "--tag-specifications", Tagged);
        var volume = (await server.DescribeAsync())["BlockDeviceMappings"]![0]!["Ebs"]!["VolumeId"]!.ToString();
        GuestLog log = new(server);
        await log.StartAsync();
        await FollowsAsync(volume, DateTimeOffset.UtcNow);

        await _disks.Second.BreakAsync();
        await BecomesAsync(volume, line => line.Copies!.StartsWith("falls behind", StringComparison.Ordinal) && line.LagSeconds > 3);
        await log.GoesOnAsync();
        await _disks.Second.ReplaceAsync();
        await FollowsAsync(volume, DateTimeOffset.UtcNow);

        await BadDays.Kill.CloudAsync(Cloud);
        await Cloud.StartAsync();
        var told = await log.GoesOnAsync();
        await FollowsAsync(volume, DateTimeOffset.UtcNow);
        await log.ShouldHaveNoticedNothingAsync();
        (await Cloud.Cli.RunAsync("volumes", volume)).ShouldSucceed().Output.ShouldContain("asynchronous");

        await _disks.First.BreakAsync();
        await Cloud.Aws.RunAsync("ec2", "stop-instances", "--instance-ids", server.Id, "--force");
        await Cloud.Aws.RunAsync("ec2", "wait", "instance-stopped", "--instance-ids", server.Id);
        var status = await ImpairedAsync(volume);
        status["Events"]![0]!["EventType"]!.ToString().ShouldBe("potential-data-inconsistency");
        status["Actions"]![0]!["Code"]!.ToString().ShouldBe("enable-volume-io");
        await Cloud.Aws.RunAsync("ec2", "start-instances", "--instance-ids", server.Id);
        await Cloud.Aws.RunAsync("ec2", "wait", "instance-stopped", "--instance-ids", server.Id);
        (await server.DescribeAsync())["StateReason"]!["Message"]!.ToString().ShouldContain("EnableVolumeIO");

        await _disks.First.ReplaceAsync();
        await Cloud.Aws.RunAsync("ec2", "enable-volume-io", "--volume-id", volume);
        await server.StartAsync();
        await log.ShouldHoldAsync(told);
        (await StatusAsync(volume))["VolumeStatus"]!["Status"]!.ToString().ShouldBe("ok");

        await Cloud.Aws.RunAsync("ec2", "terminate-instances", "--instance-ids", server.Id);
        await Cloud.Aws.RunAsync("ec2", "wait", "volume-deleted", "--volume-ids", volume);
        Directory.GetFiles(_disks.SecondFolder, volume + "*").ShouldBeEmpty();
    }

    /// <summary>Until the copy holds what the guest had written by then.</summary>
    private Task FollowsAsync(string volume, DateTimeOffset then) => BecomesAsync(volume, line => line.CopyOf >= then || line.LagSeconds == 0);

    private async Task BecomesAsync(string volume, Func<VolumeLine, bool> isIt)
    {
        using var client = CloudClient.Connect(Cloud.Paths);
        var deadline = DateTimeOffset.UtcNow.AddMinutes(5);
        VolumeLine line;
        while (!isIt(line = (await client.Admin.VolumesAsync(new VolumesRequest([volume]), TestContext.Current.CancellationToken)).Volumes.Single()))
        {
            (DateTimeOffset.UtcNow < deadline).ShouldBeTrue($"the copy did not become so: {line}");
            await Task.Delay(200, TestContext.Current.CancellationToken);
        }
    }

    private async Task<JsonNode> StatusAsync(string volume) => (await Cloud.Aws.RunAsync("ec2", "describe-volume-status", "--volume-ids", volume))["VolumeStatuses"]![0]!;

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
}
