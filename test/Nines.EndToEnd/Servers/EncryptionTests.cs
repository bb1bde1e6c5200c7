using System.Text;
using Nines.EndToEnd.BadDays;
using Nines.EndToEnd.Clouds;

namespace Nines.EndToEnd.Servers;

/// <summary>Disks of a real server, as they lie on the host.</summary>
[Trait("Needs", "root")]
[Collection("real servers")]
public sealed class EncryptionTests(RealCloud cloud) : IClassFixture<RealCloud>
{
    private const string Secret = "nobody-shall-read-this";
    private const string Root = "nor-shall-anybody-read-that";
    private const string Open = "everybody-may-read-this";

    [Fact]
    public async Task What_a_guest_writes_to_an_encrypted_disk_is_nowhere_on_the_host_and_comes_back_to_it()
    {
        var key = (await cloud.Aws.RunAsync("kms", "create-key"))["KeyMetadata"]!["KeyId"]!.ToString();
        using var server = await ServerUnderTest.LaunchAsync(cloud, "t3.nano", null, "--block-device-mappings", $$$"""
            [{"DeviceName":"/dev/xvda","Ebs":{"Encrypted":true,"KmsKeyId":"{{{key}}}"}},
             {"DeviceName":"/dev/sdf","Ebs":{"VolumeSize":1,"Encrypted":true,"KmsKeyId":"{{{key}}}"}},
             {"DeviceName":"/dev/sdg","Ebs":{"VolumeSize":1}}]
            """);
        await server.SshAsRootAsync($"echo {Root} > /root/file; yes {Secret} | head -n 9999 > /dev/vdb; yes {Open} | head -n 9999 > /dev/vdc; sync");
        FilesWith(Open).ShouldHaveSingleItem("so much for the search");
        FilesWith(Secret, Root).ShouldBeEmpty();

        var copy = await CopyOfAsync(server);
        await cloud.Aws.RunAsync("ec2", "attach-volume", "--volume-id", copy, "--instance-id", server.Id, "--device", "/dev/sdh");
        await server.EventuallyAsync("ls /sys/block | grep -c ^vd", count => count == "4");
        (await server.SshAsRootAsync("head -n 1 /dev/vdd; yes more | head -n 9 > /dev/vdb; sync; head -n 1 /dev/vdb")).ShouldBe($"{Secret}\nmore");

        var boot = await server.SshAsync("cat /proc/sys/kernel/random/boot_id");
        await Kill.CloudAsync(cloud);
        FilesWith(Secret, Root).ShouldBeEmpty();
        await cloud.StartAsync();
        (await server.SshAsync("cat /proc/sys/kernel/random/boot_id")).ShouldBe(boot, "it was adopted, not started again");

        await server.StopAsync();
        await cloud.Aws.RunAsync("kms", "disable-key", "--key-id", key);
        await cloud.Aws.RunAsync("ec2", "start-instances", "--instance-ids", server.Id);
        await cloud.Aws.RunAsync("ec2", "wait", "instance-stopped", "--instance-ids", server.Id);
        (await server.DescribeAsync())["StateReason"]!["Code"]!.ToString().ShouldBe("Client.InvalidKMSKey.InvalidState");

        await cloud.Aws.RunAsync("kms", "enable-key", "--key-id", key);
        await server.StartAsync();
        (await server.SshAsRootAsync("cat /root/file; head -n 1 /dev/vdb; head -n 1 /dev/vdd")).ShouldBe($"{Root}\nmore\n{Secret}");
        FilesWith(Secret, Root).ShouldBeEmpty();
        await ReplaceRootAsync(server, key);
        FilesWith(Secret, Root).ShouldBeEmpty();
    }

    /// <summary>The server goes on with a root volume of its root's snapshot, which is as encrypted as it was.</summary>
    private async Task ReplaceRootAsync(ServerUnderTest server, string key)
    {
        var old = await RootOfAsync(server);
        var snapshot = await SnapshotAsync(old);
        await cloud.Aws.RunAsync("ec2", "create-replace-root-volume-task", "--instance-id", server.Id, "--snapshot-id", snapshot, "--delete-replaced-root-volume");
        await cloud.Aws.RunAsync("ec2", "wait", "volume-deleted", "--volume-ids", old);
        await server.EventuallyAsync("cat /proc/uptime", uptime => uptime.Length > 0);
        (await server.SshAsRootAsync($"cat /root/file; echo {Root} > /root/other; sync")).ShouldBe(Root);
        var volume = (await cloud.Aws.RunAsync("ec2", "describe-volumes", "--volume-ids", await RootOfAsync(server)))["Volumes"]![0]!;
        volume["KmsKeyId"]!.ToString().ShouldEndWith(key);
    }

    private static async Task<string> RootOfAsync(ServerUnderTest server) =>
        (await server.DescribeAsync())["BlockDeviceMappings"]!.AsArray().Single(disk => disk!["DeviceName"]!.ToString() == "/dev/xvda")!["Ebs"]!["VolumeId"]!.ToString();

    private async Task<string> SnapshotAsync(string volume)
    {
        var snapshot = (await cloud.Aws.RunAsync("ec2", "create-snapshot", "--volume-id", volume))["SnapshotId"]!.ToString();
        await cloud.Aws.RunAsync("ec2", "wait", "snapshot-completed", "--snapshot-ids", snapshot);
        return snapshot;
    }

    /// <summary>A volume of a snapshot of the server's first data disk.</summary>
    private async Task<string> CopyOfAsync(ServerUnderTest server)
    {
        var told = await server.DescribeAsync();
        var source = told["BlockDeviceMappings"]!.AsArray().Single(disk => disk!["DeviceName"]!.ToString() == "/dev/sdf")!["Ebs"]!["VolumeId"]!.ToString();
        var snapshot = await SnapshotAsync(source);
        var volume = await cloud.Aws.RunAsync("ec2", "create-volume", "--availability-zone", told["Placement"]!["AvailabilityZone"]!.ToString(), "--snapshot-id", snapshot);
        volume["Encrypted"]!.GetValue<bool>().ShouldBeTrue();
        var id = volume["VolumeId"]!.ToString();
        await cloud.Aws.RunAsync("ec2", "wait", "volume-available", "--volume-ids", id);
        return id;
    }

    /// <summary>The files of the cloud and its host in which one of these texts can be found.</summary>
    private List<string> FilesWith(params string[] texts)
    {
        var sought = texts.Select(text => Encoding.ASCII.GetBytes(text)).ToArray();
        return [.. Directory.EnumerateFiles(cloud.StatePath, "*", SearchOption.AllDirectories).Where(path => !IsSocket(path) && Holds(path, sought))];
    }

    /// <summary>A socket has no size and cannot be opened as a file.</summary>
    private static bool IsSocket(string path) => new FileInfo(path).Length == 0;

    private static bool Holds(string path, byte[][] sought)
    {
        const int Overlap = 64; // longer than what is sought: it may lie across the end of a buffer
        var buffer = new byte[1 << 20];
        var kept = 0;
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        while (file.Read(buffer, kept, buffer.Length - kept) is > 0 and var read)
        {
            var filled = kept + read;
            if (sought.Any(text => buffer.AsSpan(0, filled).IndexOf(text) >= 0))
            {
                return true;
            }

            kept = Math.Min(Overlap, filled);
            buffer.AsSpan(filled - kept, kept).CopyTo(buffer);
        }

        return false;
    }
}
