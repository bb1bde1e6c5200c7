using Nines.EndToEnd.Clouds;
using Nines.EndToEnd.Servers;

namespace Nines.EndToEnd.BadDays;

/// <summary>What is killed comes back, and what should live on does.</summary>
[Trait("Needs", "root")]
[Collection("other real servers")]
public sealed class CrashTests(RealCloud cloud) : IClassFixture<RealCloud>
{
    [Fact]
    public async Task A_killed_cloud_leaves_its_servers_running_and_finds_them_again()
    {
        using var server = await ServerUnderTest.LaunchAsync(cloud, "t3.nano", null);
        var boot = await server.SshAsync("cat /proc/sys/kernel/random/boot_id");
        var zygotes = await Kill.ZygotesAsync(cloud);
        await Kill.CloudAsync(cloud);
        await Kill.AreGoneAsync(zygotes);
        await server.BecomesReachableAsync(knownAddress: true); // it lives without the cloud

        await cloud.StartAsync();
        (await server.DescribeAsync())["State"]!["Name"]!.ToString().ShouldBe("running");
        (await server.SshAsync("cat /proc/sys/kernel/random/boot_id")).ShouldBe(boot, "it was adopted, not started again");
        await server.StopAsync();
        await server.StartAsync();
    }

    [Fact]
    public async Task A_server_whose_hypervisor_was_killed_is_stopped_with_its_reason_and_starts_again()
    {
        using var server = await ServerUnderTest.LaunchAsync(cloud, "t3.nano", null);
        await server.SshAsRootAsync("echo kept > /root/file && sync");
        await Kill.HypervisorAsync(server.Id);
        await cloud.Aws.RunAsync("ec2", "wait", "instance-stopped", "--instance-ids", server.Id);
        (await server.DescribeAsync())["StateReason"]!["Code"]!.ToString().ShouldStartWith("Server.");
        cloud.SaidOfMachines.ShouldContain($"The hypervisor of machine {server.Id} ended without being asked");
        await server.StartAsync();
        (await server.SshAsRootAsync("cat /root/file")).ShouldBe("kept");
    }

    [Fact]
    public async Task A_cloud_that_is_killed_amid_snapshots_leaves_disks_whole_and_takes_them()
    {
        using var server = await ServerUnderTest.LaunchAsync(cloud, "t3.nano", null, "--block-device-mappings", """[{"DeviceName":"/dev/sdf","Ebs":{"VolumeSize":1}}]""");
        await server.SshAsRootAsync(
            "mke2fs /dev/vdb >/dev/null 2>&1; mount /dev/vdb /mnt; "
            + "(n=0; while n=$((n+1)); do echo $n >> /mnt/log && sync && echo $n > /tmp/next && mv /tmp/next /tmp/written; done) </dev/null >/dev/null 2>&1 & echo $! > /tmp/writer");
        foreach (var delay in new[] { 0, 15, 60 })
        {
            await KillAmidSnapshotsAsync(server.Id, TimeSpan.FromMilliseconds(delay));
            await cloud.StartAsync();
            await cloud.Aws.RunAsync("ec2", "wait", "snapshot-completed", "--owner-ids", "self");
            var written = await server.SshAsRootAsync("cat /tmp/written");
            await server.EventuallyAsync("cat /tmp/written", now => now != written && now.Length > 0);
        }

        await server.SshAsRootAsync("kill $(cat /tmp/writer); sleep 1; cp /tmp/written /mnt/written; umount /mnt");
        await server.StopAsync();
        await server.StartAsync();
        var log = (await server.SshAsRootAsync("mount /dev/vdb /mnt; cat /mnt/written /mnt/log")).Split('\n').Select(int.Parse).ToArray();
        log.Skip(1).Index().Where(line => line.Item != line.Index + 1).Take(3).ShouldBeEmpty("no line is missing and none is there twice");
        log.Length.ShouldBeGreaterThan(log[0]);
        (await cloud.Aws.RunAsync("ec2", "describe-snapshots", "--owner-ids", "self"))["Snapshots"]!.AsArray().ShouldAllBe(snapshot => snapshot!["State"]!.ToString() == "completed");
    }

    /// <summary>Kills the cloud a while after the first file of a snapshot is there.</summary>
    private async Task KillAmidSnapshotsAsync(string instanceId, TimeSpan delay)
    {
        var cancellation = TestContext.Current.CancellationToken;
        var folder = Directory.GetDirectories(cloud.StatePath, "volumes", SearchOption.AllDirectories).ShouldHaveSingleItem();
        var before = Directory.GetFiles(folder).ToHashSet(StringComparer.Ordinal);
        var taking = cloud.Aws.InvokeAsync("ec2", "create-snapshots", "--instance-specification", $"InstanceId={instanceId}");
        var deadline = DateTimeOffset.UtcNow.AddSeconds(60);
        while (Directory.GetFiles(folder).All(before.Contains))
        {
            (DateTimeOffset.UtcNow < deadline).ShouldBeTrue("no snapshot was begun");
            await Task.Delay(1, cancellation);
        }

        await Task.Delay(delay, cancellation);
        await Kill.CloudAsync(cloud);
        await taking;
    }
}
