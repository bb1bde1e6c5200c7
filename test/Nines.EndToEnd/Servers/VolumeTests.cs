using Nines.EndToEnd.Clouds;

namespace Nines.EndToEnd.Servers;

/// <summary>Disks that come to a server, grow and go while it runs.</summary>
[Trait("Needs", "root")]
[Collection("real servers")]
public sealed class VolumeTests(RealCloud cloud) : IClassFixture<RealCloud>
{
    [Fact]
    public async Task A_volume_is_given_to_a_server_that_runs_and_keeps_its_data_for_the_next()
    {
        using var first = await ServerUnderTest.LaunchAsync(cloud, "t3.nano", null);
        var zone = (await first.DescribeAsync())["Placement"]!["AvailabilityZone"]!.ToString();
        var volume = (await cloud.Aws.RunAsync("ec2", "create-volume", "--availability-zone", zone, "--size", "1", "--volume-type", "gp3"))["VolumeId"]!.ToString();
        await cloud.Aws.RunAsync("ec2", "wait", "volume-available", "--volume-ids", volume);
        var serial = volume.Replace("vol-", "vol", StringComparison.Ordinal)[..20];
        var find = $"grep -l {serial} /sys/block/vd*/serial | cut -d/ -f4";

        await cloud.Aws.RunAsync("ec2", "attach-volume", "--volume-id", volume, "--instance-id", first.Id, "--device", "/dev/sdf");
        await cloud.Aws.RunAsync("ec2", "wait", "volume-in-use", "--volume-ids", volume);
        await first.EventuallyAsync(find, device => device.StartsWith("vd", StringComparison.Ordinal));
        (await first.SshAsRootAsync($"d=$({find}); cat /sys/block/$d/size; mke2fs /dev/$d >/dev/null; mount /dev/$d /mnt; echo kept > /mnt/file; umount /mnt")).ShouldBe("2097152");

        await cloud.Aws.RunAsync("ec2", "modify-volume", "--volume-id", volume, "--size", "2");
        await first.EventuallyAsync($"cat /sys/block/$({find})/size", size => size == "4194304");

        await cloud.Aws.RunAsync("ec2", "detach-volume", "--volume-id", volume);
        await cloud.Aws.RunAsync("ec2", "wait", "volume-available", "--volume-ids", volume);
        await first.EventuallyAsync("ls /sys/block | grep -c ^vd", count => count == "1");

        using var second = await ServerUnderTest.LaunchAsync(cloud, "t3.nano", null, "--placement", $"AvailabilityZone={zone}");
        await cloud.Aws.RunAsync("ec2", "attach-volume", "--volume-id", volume, "--instance-id", second.Id, "--device", "/dev/sdf");
        await second.EventuallyAsync(find, device => device.StartsWith("vd", StringComparison.Ordinal));
        (await second.SshAsRootAsync($"mount /dev/$({find}) /mnt; cat /mnt/file; umount /mnt")).ShouldBe("kept");
        await RepairAsync(first, second, volume);
        await LoseAsync(first, volume);
        (await cloud.Boto.RunAsync($"answer = refused(lambda: ec2.delete_volume(VolumeId='{volume}'))"))!.ToString().ShouldBe("VolumeInUse");
    }

    /// <summary>A disk whose file is gone is said to be lost, and its server does not start with an empty one in its place. Once the file is back, both go on.</summary>
    private async Task LoseAsync(ServerUnderTest server, string volume)
    {
        await server.StopAsync();
        var file = Path.Combine(cloud.Paths.Host, "volumes", volume + ".qcow2");
        File.Move(file, file + ".away");
        await cloud.Aws.RunAsync("ec2", "start-instances", "--instance-ids", server.Id);
        await cloud.Aws.RunAsync("ec2", "wait", "instance-stopped", "--instance-ids", server.Id);
        (await server.DescribeAsync())["StateReason"]!["Message"]!.ToString().ShouldContain($"{volume} is lost");
        var deadline = DateTimeOffset.UtcNow.AddMinutes(1);
        while ((await cloud.Aws.RunAsync("ec2", "describe-volumes", "--volume-ids", volume))["Volumes"]![0]!["State"]!.ToString() is var state and not "error")
        {
            (DateTimeOffset.UtcNow < deadline).ShouldBeTrue($"the volume is {state}");
            await Task.Delay(200, TestContext.Current.CancellationToken);
        }

        File.Exists(file).ShouldBeFalse("it is not made anew");

        File.Move(file + ".away", file);
        await cloud.Aws.RunAsync("ec2", "wait", "volume-in-use", "--volume-ids", volume);
        await server.StartAsync();
        (await server.SshAsRootAsync($"mount $(grep -l {volume.Replace("vol-", "vol", StringComparison.Ordinal)[..20]} /sys/block/vd*/serial | sed 's,/sys/block,/dev,; s,/serial,,') /mnt; cat /mnt/file")).ShouldBe("kept");
    }

    /// <summary>AWS's way to a server that does not start: its root goes to another one, is mended there, and comes back, here after a data disk.</summary>
    private async Task RepairAsync(ServerUnderTest broken, ServerUnderTest rescuer, string data)
    {
        await DetachAsync(data);
        var root = (await broken.DescribeAsync())["BlockDeviceMappings"]![0]!["Ebs"]!["VolumeId"]!.ToString();
        await broken.StopAsync();
        await DetachAsync(root);
        await AttachAsync(root, rescuer, "/dev/sdg");
        var disk = $"$(grep -l {root.Replace("vol-", "vol", StringComparison.Ordinal)[..20]} /sys/block/vd*/serial | cut -d/ -f4)";
        await rescuer.EventuallyAsync($"echo {disk}", device => device.StartsWith("vd", StringComparison.Ordinal));
        await rescuer.SshAsRootAsync($"d={disk}; p=/dev/$d; [ -e ${{p}}1 ] && p=${{p}}1; mount $p /mnt; echo mended > /mnt/root/file; umount /mnt");
        await DetachAsync(root);

        await AttachAsync(data, broken, "/dev/sdf");
        await AttachAsync(root, broken, "/dev/xvda");
        await broken.StartAsync();
        (await broken.SshAsRootAsync("cat /root/file")).ShouldBe("mended");
    }

    private Task AttachAsync(string volume, ServerUnderTest server, string device) =>
        cloud.Aws.RunAsync("ec2", "attach-volume", "--volume-id", volume, "--instance-id", server.Id, "--device", device);

    private async Task DetachAsync(string volume)
    {
        await cloud.Aws.RunAsync("ec2", "detach-volume", "--volume-id", volume);
        await cloud.Aws.RunAsync("ec2", "wait", "volume-available", "--volume-ids", volume);
    }
}
