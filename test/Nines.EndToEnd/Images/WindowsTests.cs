using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Nines.Control.Services.Ec2.Firmware;
using Nines.EndToEnd.Clients;
using Nines.EndToEnd.Servers;

namespace Nines.EndToEnd.Images;

/// <summary>
/// Servers as Windows has them: its disks and adapters, its ways of the API. Windows itself may not be shipped; what boots here is a Linux that drives the same
/// devices and says the same things.
/// </summary>
[Trait("Needs", "root")]
[Collection("other real servers")]
public sealed class WindowsTests(MetalDisks disks) : IClassFixture<MetalDisks>
{
    private const string Boot = "cat /proc/sys/kernel/random/boot_id";
    private const string Adapters = "for card in /sys/class/net/eth*; do echo $(cat $card/device/vendor $card/device/device); done";

    /// <summary>The PCI class of the controller that the root disk is at.</summary>
    private const string RootController = "cat $(readlink -f /sys/block/[sv]da | sed 's,\\(/pci[^/]*\\(/[0-9a-f:.]*\\)*\\)/.*,\\1,')/class";

    private const string Intel82574 = "0x8086 0x10d3";

    [Fact]
    [Covers("ec2", "GetPasswordData")]
    public async Task It_starts_without_virtio_takes_a_disk_and_an_adapter_while_it_runs_and_says_its_password()
    {
        var image = (await disks.Cloud.Cli.RunAsync("images", "import", disks.BiosRaw, "--name", "windows", "--platform", "windows")).ShouldSucceed().Output.Trim();
        var told = (await disks.Cloud.Aws.RunAsync("ec2", "describe-images", "--image-ids", image, "--filters", "Name=platform,Values=windows"))["Images"]!.AsArray().Single()!;
        (told["ImageId"]!.ToString(), told["Platform"]!.ToString(), told["PlatformDetails"]!.ToString(), told["UsageOperation"]!.ToString()).ShouldBe((image, "windows", "Windows", "RunInstances:0002"));

        using var server = await ServerUnderTest.RequestAsync(disks.Cloud, image, "t3.micro", null);
        await server.WaitForSshAsync();
        (await server.DescribeAsync())["Platform"]!.ToString().ShouldBe("windows");
        (await server.SshAsync("ls -d /sys/firmware/efi || true")).ShouldBe("");
        (await server.SshAsync(RootController)).ShouldBe("0x010601", "an AHCI controller");
        (await server.SshAsync(Adapters)).ShouldBe(Intel82574);
        (await server.SshAsync("ls /sys/bus/virtio/devices")).ShouldBe("");

        await SaysItsPasswordAsync(server);
        await TakesADiskAndAnAdapterAsync(server);
        await server.SshAsRootAsync("echo kept > /root/file; sync");
        var boot = await server.SshAsync(Boot);
        await disks.Cloud.Aws.RunAsync("ec2", "reboot-instances", "--instance-ids", server.Id);
        await server.EventuallyAsync(Boot, answer => answer.Length > 0 && answer != boot);
        (await server.SshAsRootAsync("cat /root/file; ls -d /sys/block/nvme*")).ShouldBe("kept\n/sys/block/nvme0n1");
        await GetsVirtioAsync(server);
    }

    [Fact]
    public async Task UEFI_starts_it_too_with_the_variables_that_its_image_was_registered_with()
    {
        var aws = disks.Cloud.Aws;
        var imported = (await disks.Cloud.Cli.RunAsync("images", "import", disks.UefiRaw, "--name", "windows-uefi", "--platform", "windows")).ShouldSucceed().Output.Trim();
        var copy = (await aws.RunAsync("ec2", "copy-image", "--source-image-id", imported, "--source-region", "us-east-1", "--name", "copied"))["ImageId"]!.ToString();
        await aws.RunAsync("ec2", "wait", "image-available", "--image-ids", copy);
        var snapshot = (await aws.RunAsync("ec2", "describe-images", "--image-ids", copy))["Images"]![0]!["BlockDeviceMappings"]![0]!["Ebs"]!["SnapshotId"]!.ToString();
        var own = new UefiVariable("Own", Guid.Parse("8be4df61-93ca-11d2-aa0d-00e098032b8c").ToByteArray(), UefiVariable.Lasting, new byte[UefiVariable.GuidBytes], "said before"u8.ToArray());
        string[] register =
            ["ec2", "register-image", "--name", "with-variables", "--boot-mode", "uefi", "--root-device-name", "/dev/xvda", "--block-device-mappings", $"DeviceName=/dev/xvda,Ebs={{SnapshotId={snapshot}}}"];
        (await aws.RefusedAsync([.. register, "--uefi-data", "bm9uZQ=="])).Code.ShouldBe("InvalidParameterValue");
        var data = UefiData.Write([own]);
        var registered = (await aws.RunAsync([.. register, "--uefi-data", data]))["ImageId"]!.ToString();
        (await aws.RunAsync("ec2", "describe-image-attribute", "--image-id", registered, "--attribute", "uefiData"))["UefiData"]!["Value"]!.ToString().ShouldBe(data);

        using var server = await ServerUnderTest.RequestAsync(disks.Cloud, registered, "t3.micro", null);
        await server.WaitForSshAsync();

        (await server.DescribeAsync())["Platform"]!.ToString().ShouldBe("windows", "the disk says what is on it");
        (await server.SshAsync("ls -d /sys/firmware/efi")).ShouldBe("/sys/firmware/efi");
        (await server.SshAsync(RootController)).ShouldBe("0x010601");
        (await server.SshAsync(Adapters)).ShouldBe(Intel82574);
        var variables = UefiData.Read((await aws.RunAsync("ec2", "get-instance-uefi-data", "--instance-id", server.Id))["UefiData"]!.ToString());
        Encoding.UTF8.GetString(variables.Single(variable => variable.Name == "Own").Data).ShouldBe("said before");
        variables.ShouldContain(variable => variable.Name == "BootOrder", "the firmware went on where the image had left off");
    }

    /// <summary>As EC2Launch does: with the key that the guest had from the metadata service, on the serial console.</summary>
    private async Task SaysItsPasswordAsync(ServerUnderTest server)
    {
        const string password = "pa55-Word!";
        (await disks.Cloud.Aws.RunAsync("ec2", "get-password-data", "--instance-id", server.Id))["PasswordData"]!.ToString().ShouldBe("", "it has said none");
        using var key = RsaKey(await server.SshAsync("cat .ssh/authorized_keys"));
        var encrypted = Convert.ToBase64String(key.Encrypt(Encoding.ASCII.GetBytes(password), RSAEncryptionPadding.Pkcs1));
        await server.SshAsRootAsync($"printf '<Password>\\r\\n{encrypted}\\r\\n</Password>\\r\\n' > /dev/console");
        await ItsPasswordIsAsync(server, password);
    }

    private async Task ItsPasswordIsAsync(ServerUnderTest server, string password) =>
        (await disks.Cloud.Aws.RunAsync("ec2", "get-password-data", "--instance-id", server.Id, "--priv-launch-key", disks.Cloud.Paths.SshKey))["PasswordData"]!.ToString().ShouldBe(password);

    private async Task TakesADiskAndAnAdapterAsync(ServerUnderTest server)
    {
        var aws = disks.Cloud.Aws;
        var described = await server.DescribeAsync();
        var volume = (await aws.RunAsync("ec2", "create-volume", "--availability-zone", described["Placement"]!["AvailabilityZone"]!.ToString(), "--size", "1"))["VolumeId"]!.ToString();
        await aws.RunAsync("ec2", "wait", "volume-available", "--volume-ids", volume);
        await aws.RunAsync("ec2", "attach-volume", "--volume-id", volume, "--instance-id", server.Id, "--device", "xvdf");
        await server.EventuallyAsync("cat /sys/block/nvme0n1/device/serial", serial => serial == volume.Replace("vol-", "vol", StringComparison.Ordinal));
        await aws.RunAsync("ec2", "detach-volume", "--volume-id", volume);
        await aws.RunAsync("ec2", "wait", "volume-available", "--volume-ids", volume);
        await server.EventuallyAsync("ls /sys/block | grep -c ^nvme || true", count => count == "0");
        await aws.RunAsync("ec2", "attach-volume", "--volume-id", volume, "--instance-id", server.Id, "--device", "xvdf");
        await server.EventuallyAsync("ls -d /sys/block/nvme0n1", found => found.Length > 0);
        await server.SshAsRootAsync("mke2fs /dev/nvme0n1 >/dev/null; mount /dev/nvme0n1 /mnt; echo kept > /mnt/file; umount /mnt");

        var made = (await aws.RunAsync(
            "ec2", "create-network-interface", "--subnet-id", described["SubnetId"]!.ToString(), "--groups", described["SecurityGroups"]![0]!["GroupId"]!.ToString()))["NetworkInterface"]!;
        await aws.RunAsync("ec2", "attach-network-interface", "--network-interface-id", made["NetworkInterfaceId"]!.ToString(), "--instance-id", server.Id, "--device-index", "1");
        await server.EventuallyAsync("ip -4 -o addr show dev eth1 | awk '{print $4}' | cut -d/ -f1", found => found == made["PrivateIpAddress"]!.ToString());
        (await server.SshAsync(Adapters)).ShouldBe($"{Intel82574}\n{Intel82574}");
    }

    /// <summary>What AWS has for a guest that got drivers of the cloud's own adapters.</summary>
    private async Task GetsVirtioAsync(ServerUnderTest server)
    {
        await server.StopAsync();
        await ItsPasswordIsAsync(server, "pa55-Word!");
        await disks.Cloud.Aws.RunAsync("ec2", "modify-instance-attribute", "--instance-id", server.Id, "--ena-support");
        await server.StartAsync();
        (await server.DescribeAsync())["EnaSupport"]!.GetValue<bool>().ShouldBeTrue();
        (await server.SshAsRootAsync("cat /root/file; ls -d /sys/block/vda; mount /dev/vdb /mnt; cat /mnt/file; umount /mnt")).ShouldBe("kept\n/sys/block/vda\nkept");
        (await server.SshAsync(Adapters)).ShouldStartWith("0x1af4 ");
        await ItsPasswordIsAsync(server, "pa55-Word!");
    }

    /// <summary>The key of a line as OpenSSH has it (RFC 4253, 6.6): a kind, an exponent and a modulus, each after its length.</summary>
    private static RSA RsaKey(string line)
    {
        ReadOnlySpan<byte> rest = Convert.FromBase64String(line.Split(' ')[1]);
        var parts = new List<byte[]>();
        while (!rest.IsEmpty)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(rest);
            parts.Add(rest.Slice(4, length).TrimStart((byte)0).ToArray());
            rest = rest[(4 + length)..];
        }

        return RSA.Create(new RSAParameters { Exponent = parts[1], Modulus = parts[2] });
    }
}
