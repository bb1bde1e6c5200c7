using Nines.EndToEnd.Clouds;

namespace Nines.EndToEnd.Servers;

/// <summary>Images of real servers, and servers of those.</summary>
[Trait("Needs", "root")]
[Collection("real servers")]
public sealed class ImageTests(RealCloud cloud) : IClassFixture<RealCloud>
{
    private const string UserData = "#!/bin/sh\ncat /var/lib/instance/id >> /home/ec2-user/ran 2>/dev/null; echo ran >> /home/ec2-user/ran";
    private const string Keys = "sha256sum /etc/dropbear/*_host_key";
    private const string BootId = "cat /proc/sys/kernel/random/boot_id";

    [Fact]
    public async Task A_server_of_an_image_has_the_data_of_all_disks_and_is_a_server_of_its_own()
    {
        using var server = await ServerUnderTest.LaunchAsync(
            cloud, "t3.nano", UserData, "--block-device-mappings", """[{"DeviceName":"/dev/sdf","Ebs":{"VolumeSize":1}}]""");
        await server.SshAsRootAsync("mke2fs /dev/vdb >/dev/null 2>&1; mount /dev/vdb /mnt; echo data > /mnt/file; echo kept > /root/file; sync");
        var boot = await server.SshAsRootAsync(BootId);

        var image = await CreateImageAsync(server, "while-it-runs", "--no-reboot");
        (await server.SshAsRootAsync(BootId)).ShouldBe(boot);
        await server.SshAsRootAsync("echo later > /root/file; sync");

        using var copy = await ServerUnderTest.RequestAsync(cloud, "while-it-runs", "t3.nano", UserData);
        await copy.WaitForSshAsync();
        (await copy.SshAsRootAsync("mount /dev/vdb /mnt; cat /root/file /mnt/file")).ShouldBe("kept\ndata");
        (await copy.SshAsRootAsync(Keys)).ShouldNotBe(await server.SshAsRootAsync(Keys));
        (await copy.SshAsRootAsync("hostname")).ShouldNotBe(await server.SshAsRootAsync("hostname"));
        (await copy.SshAsRootAsync("cat /var/lib/instance/begun")).ShouldBe(copy.Id);
        await copy.EventuallyAsync("grep -c ran /home/ec2-user/ran", count => count == "2"); // once in the server that the image is of, once in this one

        var root = image["BlockDeviceMappings"]![0]!["Ebs"]!["SnapshotId"]!.ToString();
        (await cloud.Aws.RefusedAsync("ec2", "delete-snapshot", "--snapshot-id", root)).Code.ShouldBe("InvalidSnapshot.InUse");
        await cloud.Aws.RunAsync("ec2", "deregister-image", "--image-id", image["ImageId"]!.ToString());
        await cloud.Aws.RunAsync("ec2", "delete-snapshot", "--snapshot-id", root);

        // Neither the image nor its snapshot is needed by what was launched.
        await copy.StopAsync();
        await copy.StartAsync();
        (await copy.SshAsRootAsync("cat /root/file")).ShouldBe("kept");
    }

    [Fact]
    public async Task A_server_is_rebooted_for_its_image_so_that_nothing_written_is_missing()
    {
        using var server = await ServerUnderTest.LaunchAsync(cloud, "t3.nano", UserData);
        var boot = await server.SshAsRootAsync(BootId);
        await server.SshAsRootAsync("echo not yet on the disk > /root/late");

        var image = await CreateImageAsync(server, "rebooted");

        await server.EventuallyAsync(BootId, id => id.Length > 0 && id != boot);
        (await server.DescribeAsync())["State"]!["Name"]!.ToString().ShouldBe("running");
        await KeptMemory.EnableAsync(cloud, image["ImageId"]!.ToString());
        using var copy = await ServerUnderTest.RequestAsync(cloud, "rebooted", "t3.micro", UserData);
        await copy.WaitForSshAsync();
        (await KeptMemory.WayOfLaunchAsync(cloud, copy)).ShouldBe("kept memory");
        (await copy.SshAsRootAsync(Keys)).ShouldNotBe(await server.SshAsRootAsync(Keys));
        (await copy.SshAsRootAsync("cat /var/lib/instance/begun")).ShouldBe(copy.Id);
        await copy.EventuallyAsync("grep -c ran /home/ec2-user/ran", count => count == "2");
        (await copy.SshAsRootAsync("cat /root/late")).ShouldBe("not yet on the disk");
        (await server.SshAsRootAsync("cat /root/late")).ShouldBe("not yet on the disk");
    }

    private async Task<System.Text.Json.Nodes.JsonNode> CreateImageAsync(ServerUnderTest server, string name, params string[] options)
    {
        var id = (await cloud.Aws.RunAsync(["ec2", "create-image", "--instance-id", server.Id, "--name", name, .. options]))["ImageId"]!.ToString();
        await cloud.Aws.RunAsync("ec2", "wait", "image-available", "--image-ids", id);
        return (await cloud.Aws.RunAsync("ec2", "describe-images", "--image-ids", id))["Images"]![0]!;
    }
}
