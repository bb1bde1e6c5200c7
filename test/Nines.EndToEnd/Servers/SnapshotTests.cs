using Nines.EndToEnd.Clouds;

namespace Nines.EndToEnd.Servers;

/// <summary>Disks as they were at one moment, of servers that go on writing.</summary>
[Trait("Needs", "root")]
[Collection("other real servers")]
public sealed class SnapshotTests(RealCloud cloud) : IClassFixture<RealCloud>
{
    private const string Disk = "grep -l {0} /sys/block/vd*/serial | cut -d/ -f4";

    [Fact]
    public async Task A_snapshot_of_a_disk_that_is_written_to_becomes_a_volume_with_the_old_data()
    {
        using var server = await ServerUnderTest.LaunchAsync(cloud, "t3.nano", null);
        var zone = (await server.DescribeAsync())["Placement"]!["AvailabilityZone"]!.ToString();
        var volume = await CreateVolumeAsync("--availability-zone", zone, "--size", "1", "--volume-type", "gp3");
        var disk = await AttachAsync(server, volume, "/dev/sdf");
        await server.SshAsRootAsync(
            $"mke2fs /dev/$({disk}) >/dev/null 2>&1; mount /dev/$({disk}) /mnt; echo old > /mnt/file; sync; "
            + "(while true; do echo line >> /mnt/log; sync; done) </dev/null >/dev/null 2>&1 & echo $! > /tmp/writer");

        var first = await SnapshotAsync(volume);
        await server.SshAsRootAsync("echo newer > /mnt/file; sync");
        var second = await SnapshotAsync(volume);
        await server.SshAsRootAsync("echo newest > /mnt/file; sync");

        var copy = await CreateVolumeAsync("--availability-zone", zone, "--snapshot-id", first);
        var copied = await AttachAsync(server, copy, "/dev/sdg");
        (await server.SshAsRootAsync($"mkdir /tmp/copy; mount /dev/$({copied}) /tmp/copy; cat /tmp/copy/file /mnt/file")).ShouldBe("old\nnewest");
        var later = await CreateVolumeAsync("--availability-zone", zone, "--snapshot-id", second);
        var latest = await AttachAsync(server, later, "/dev/sdh");
        (await server.SshAsRootAsync($"mkdir /tmp/later; mount /dev/$({latest}) /tmp/later; cat /tmp/later/file; umount /tmp/later")).ShouldBe("newer");

        await server.SshAsRootAsync("kill $(cat /tmp/writer); sleep 1; umount /mnt");
        foreach (var gone in new[] { volume, later })
        {
            await cloud.Aws.RunAsync("ec2", "detach-volume", "--volume-id", gone);
            await cloud.Aws.RunAsync("ec2", "wait", "volume-available", "--volume-ids", gone);
            await cloud.Aws.RunAsync("ec2", "delete-volume", "--volume-id", gone);
        }

        await cloud.Aws.RunAsync("ec2", "delete-snapshot", "--snapshot-id", first);
        await cloud.Aws.RunAsync("ec2", "delete-snapshot", "--snapshot-id", second);
        await cloud.Aws.RunAsync("ec2", "wait", "volume-deleted", "--volume-ids", volume, later);
        (await server.SshAsRootAsync("sync; echo 3 > /proc/sys/vm/drop_caches; cat /tmp/copy/file")).ShouldBe("old");

        // The next process of the machine opens the files anew.
        await server.StopAsync();
        await server.StartAsync();
        (await server.SshAsRootAsync($"mount /dev/$({copied}) /mnt; cat /mnt/file")).ShouldBe("old");
        await EventuallyFilesAsync(files => files.Contains(first + ".qcow2") && !files.Contains(second + ".qcow2"), "only the snapshot that the copy is based on");
    }

    [Fact]
    public async Task A_servers_own_disk_is_kept_and_grows_on()
    {
        using var server = await ServerUnderTest.LaunchAsync(cloud, "t3.nano", null);
        var described = await server.DescribeAsync();
        var root = described["BlockDeviceMappings"]![0]!["Ebs"]!["VolumeId"]!.ToString();
        await server.SshAsRootAsync("echo old > /root/file; sync");
        var snapshot = await SnapshotAsync(root);
        await server.SshAsRootAsync("echo new > /root/file; sync");
        await cloud.Aws.RunAsync("ec2", "modify-volume", "--volume-id", root, "--size", "9");
        await server.EventuallyAsync("cat /sys/block/vda/size", size => size == "18874368");

        var copy = await CreateVolumeAsync("--availability-zone", described["Placement"]!["AvailabilityZone"]!.ToString(), "--snapshot-id", snapshot);
        var disk = await AttachAsync(server, copy, "/dev/sdf");

        (await server.SshAsRootAsync($"d=$({disk}); p=/dev/$d; [ -e ${{p}}1 ] && p=${{p}}1; mount $p /mnt; cat /mnt/root/file /root/file; umount /mnt")).ShouldBe("old\nnew");
        await server.StopAsync();
        await server.StartAsync();
        (await server.SshAsRootAsync("cat /root/file")).ShouldBe("new");
        await ReplaceRootAsync(server, root, snapshot, disk);
        await cloud.Aws.RunAsync("ec2", "delete-snapshot", "--snapshot-id", snapshot);
    }

    /// <summary>The server goes on with its old root disk's snapshot, its address and its data disk.</summary>
    private async Task ReplaceRootAsync(ServerUnderTest server, string root, string snapshot, string dataDisk)
    {
        var address = (await server.DescribeAsync())["PrivateIpAddress"]!.ToString();
        await cloud.Aws.RunAsync("ec2", "create-replace-root-volume-task", "--instance-id", server.Id, "--snapshot-id", snapshot, "--delete-replaced-root-volume");
        await cloud.Aws.RunAsync("ec2", "wait", "volume-deleted", "--volume-ids", root);
        await server.EventuallyAsync("cat /proc/uptime", uptime => uptime.Length > 0);
        (await server.SshAsRootAsync($"cat /root/file; [ -e /dev/$({dataDisk}) ] && echo data")).ShouldBe("old\ndata");
        var described = await server.DescribeAsync();
        (described["PrivateIpAddress"]!.ToString(), described["State"]!["Name"]!.ToString()).ShouldBe((address, "running"));
    }

    private async Task<string> CreateVolumeAsync(params string[] options)
    {
        var volume = (await cloud.Aws.RunAsync(["ec2", "create-volume", .. options]))["VolumeId"]!.ToString();
        await cloud.Aws.RunAsync("ec2", "wait", "volume-available", "--volume-ids", volume);
        return volume;
    }

    private async Task<string> SnapshotAsync(string volume)
    {
        var snapshot = (await cloud.Aws.RunAsync("ec2", "create-snapshot", "--volume-id", volume))["SnapshotId"]!.ToString();
        await cloud.Aws.RunAsync("ec2", "wait", "snapshot-completed", "--snapshot-ids", snapshot);
        return snapshot;
    }

    /// <summary>Gives the server a volume; the command that says which disk it is there.</summary>
    private async Task<string> AttachAsync(ServerUnderTest server, string volume, string device)
    {
        await cloud.Aws.RunAsync("ec2", "attach-volume", "--volume-id", volume, "--instance-id", server.Id, "--device", device);
        var find = Disk.Replace("{0}", volume.Replace("vol-", "vol", StringComparison.Ordinal)[..20], StringComparison.Ordinal);
        await server.EventuallyAsync(find, name => name.StartsWith("vd", StringComparison.Ordinal));
        return find;
    }

    private async Task EventuallyFilesAsync(Func<HashSet<string>, bool> isIt, string what)
    {
        var folder = Directory.GetDirectories(cloud.StatePath, "volumes", SearchOption.AllDirectories).ShouldHaveSingleItem();
        var deadline = DateTimeOffset.UtcNow.AddSeconds(60);
        while (Directory.GetFiles(folder).Select(path => Path.GetFileName(path)).ToHashSet() is var files && !isIt(files))
        {
            (DateTimeOffset.UtcNow < deadline).ShouldBeTrue($"expected {what}, found {string.Join(' ', files)}");
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }
    }
}
