using Nines.EndToEnd.Clouds;

namespace Nines.EndToEnd.Servers;

/// <summary>Disks that come to a server, grow and go while it runs.</summary>
[Trait("Needs", "root")]
[Collection("real servers")]
public sealed class VolumeTests(RealCloud cloud) : IClassFixture<RealCloud>
{
    private const string Disk = "grep -l {0} /sys/block/vd*/serial | cut -d/ -f4";

    [Fact]
    public async Task A_volume_is_given_to_a_server_that_runs_and_keeps_its_data_for_the_next()
    {
        using var first = await ServerUnderTest.LaunchAsync(cloud, "t3.nano", null);
        var zone = (await first.DescribeAsync())["Placement"]!["AvailabilityZone"]!.ToString();
        var volume = (await cloud.Aws.RunAsync("ec2", "create-volume", "--availability-zone", zone, "--size", "1", "--volume-type", "gp3"))["VolumeId"]!.ToString();
        await cloud.Aws.RunAsync("ec2", "wait", "volume-available", "--volume-ids", volume);
        var serial = volume.Replace("vol-", "vol", StringComparison.Ordinal)[..20];
        var find = Disk.Replace("{0}", serial, StringComparison.Ordinal);

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
        (await second.SshAsRootAsync($"mount /dev/$({find}) /mnt; cat /mnt/file")).ShouldBe("kept");
        (await cloud.Boto.RunAsync($"answer = refused(lambda: ec2.delete_volume(VolumeId='{volume}'))"))!.ToString().ShouldBe("VolumeInUse");
    }
}
