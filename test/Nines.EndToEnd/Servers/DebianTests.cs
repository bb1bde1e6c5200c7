using System.Globalization;
using System.Text.Json.Nodes;
using Nines.EndToEnd.Clients;
using Nines.EndToEnd.Clouds;

namespace Nines.EndToEnd.Servers;

/// <summary>
/// A distribution as it is - systemd, OpenSSH, cloud-init - finds in this cloud what it finds in AWS's, and a copy of its memory is what a
/// server that has booted is.
/// </summary>
[Trait("Needs", "root")]
[Collection("more real servers")]
public sealed class DebianTests(DebianServers servers) : IClassFixture<DebianServers>
{
    /// <summary>What a server must have of its own, a line each.</summary>
    private const string Identity = """
        cat /etc/machine-id
        cat /proc/sys/kernel/random/boot_id
        sudo cat /sys/class/dmi/id/product_uuid
        cut -d' ' -f2 /etc/ssh/ssh_host_ed25519_key.pub
        cut -d' ' -f2 /etc/ssh/ssh_host_ecdsa_key.pub
        sudo sha256sum /var/lib/systemd/random-seed
        cat /sys/class/net/e*/address
        cat /sys/class/block/vda/serial
        """;

    [Fact]
    public async Task Cloud_init_finds_the_metadata_service_as_the_Ec2_data_source()
    {
        foreach (var server in new[] { servers.Booted, servers.ConfiguredCopy })
        {
            var result = JsonNode.Parse(await server.SshAsync("cat /run/cloud-init/result.json"))!["v1"]!;
            result["datasource"]!.ToString().ShouldStartWith("DataSourceEc2");
            result["errors"]!.AsArray().ShouldBeEmpty();
            (await server.SshAsync("cat /var/lib/cloud/data/instance-id /run/cloud-init/cloud-id; readlink /var/lib/cloud/instance; whoami; sudo whoami"))
                .ShouldBe($"{server.Id}\naws\n/var/lib/cloud/instances/{server.Id}\nadmin\nroot");
        }
    }

    [Fact]
    public async Task A_cloud_config_is_done_and_a_script_is_run_once_as_root()
    {
        foreach (var server in new[] { servers.Booted, servers.ConfiguredCopy })
        {
            (await server.SshAsync("sudo cat /root/written; sudo cat /root/ran | wc -l")).ShouldBe("by cloud-init\n1");
        }

        (await servers.Copy.SshAsync("sudo cat /root/ran | wc -l")).ShouldBe("1");
        var console = await servers.Cloud.Boto.RunAsync($"answer = ec2.get_console_output(InstanceId='{servers.Copy.Id}', Latest=True)['Output']");
        console!.ToString().ShouldContain("user data runs as root");
    }

    [Fact]
    [Covers("ec2instanceconnect", "SendSSHPublicKey")]
    public async Task A_key_of_instance_connect_lets_its_user_in()
    {
        using var folder = new TemporaryFolder();
        var key = Path.Combine(folder.Path, "key");
        (await ClientProcess.RunAsync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", key], new Dictionary<string, string>())).ShouldSucceed();
        var server = servers.Copy;
        await SendAsync("root");
        (await server.SshWithAsync(key, "whoami")).Errors.ShouldContain("Permission denied", customMessage: "the key is for another user");

        await SendAsync("admin");

        (await server.SshWithAsync(key, "whoami")).ShouldSucceed().Output.Trim().ShouldBe("admin");

        Task SendAsync(string user) => servers.Cloud.Aws.RunAsync(
            "ec2-instance-connect", "send-ssh-public-key", "--instance-id", server.Id, "--instance-os-user", user, "--ssh-public-key", $"file://{key}.pub");
    }

    [Fact]
    public async Task A_server_has_the_name_that_AWS_gives_it()
    {
        foreach (var server in new[] { servers.Booted, servers.Copy })
        {
            var name = (await server.DescribeAsync())["PrivateDnsName"]!.ToString();
            name.ShouldEndWith(".ec2.internal");
            (await server.SshAsync("hostname; hostname -f")).Split('\n').ShouldBe([name.Split('.')[0], name]);
        }
    }

    [Fact]
    public async Task The_root_file_system_is_as_large_as_the_volume()
    {
        foreach (var server in new[] { servers.Booted, servers.ConfiguredCopy })
        {
            (await RootMiBAsync(server)).ShouldBeInRange((DebianServers.RootGiB * 1024) - 600, DebianServers.RootGiB * 1024);
        }

        (await RootMiBAsync(servers.Copy)).ShouldBeLessThan((DebianServers.RootGiB * 1024) - 600);
    }

    [Fact]
    public async Task A_server_of_an_image_that_was_made_of_a_copy_is_a_server_of_its_own()
    {
        var id = (await servers.Cloud.Aws.RunAsync("ec2", "create-image", "--instance-id", servers.Copy.Id, "--name", "of a copy", "--no-reboot"))["ImageId"]!.ToString();
        await servers.Cloud.Aws.RunAsync("ec2", "wait", "image-available", "--image-ids", id);
        await KeptMemory.EnableAsync(servers.Cloud, id);
        using var server = await ServerUnderTest.RequestAsync(servers.Cloud, "of a copy", "t3.micro", "#!/bin/bash\ndate +%s%N >> /root/ran");
        await server.WaitForSshAsync();
        (await KeptMemory.WayOfLaunchAsync(servers.Cloud, server)).ShouldBe("kept memory");
        await DebianServers.WaitForCloudInitAsync(server);

        var (own, others) = ((await server.SshAsync(Identity)).Split('\n'), (await servers.Copy.SshAsync(Identity)).Split('\n'));
        own.Intersect(others).ShouldBeEmpty();
        own[0].ShouldBe(own[2].Replace("-", "", StringComparison.Ordinal), "the machine id is this machine's");
        (await server.SshAsync("hostname")).ShouldBe((await server.DescribeAsync())["PrivateDnsName"]!.ToString().Split('.')[0]);
        (await server.SshAsync("sudo cat /root/ran | wc -l")).ShouldBe("2", "once in the server that the image is of, once in this one");
    }

    [Fact]
    public async Task Copies_share_nothing_that_must_be_their_own()
    {
        var usage = (await servers.Cloud.Cli.RunAsync("usage")).ShouldSucceed().Output.Split('\n');
        var seen = new HashSet<string>();
        foreach (var server in new[] { servers.Copy, servers.ConfiguredCopy })
        {
            usage.Single(line => line.StartsWith(server.Id, StringComparison.Ordinal)).ShouldContain("kept memory");
            await DebianServers.WaitForServicesAsync(server); // the seed is written late in the boot
            var own = (await server.SshAsync(Identity)).Split('\n');
            own.Length.ShouldBe(8);
            own.ShouldAllBe(value => value.Length > 10 && seen.Add(value));
            own[2].Replace("-", "", StringComparison.Ordinal).ShouldBe(own[0], "the machine id is the one that a boot would choose");
        }
    }

    [Fact]
    public async Task A_copy_is_in_the_state_of_a_server_that_has_booted()
    {
        var server = servers.Copy;
        await DebianServers.WaitForServicesAsync(server);

        // Of services that have started before the gate: they too go by the machine's own id, and so does the journal on disk.
        var said = (await server.SshAsync("""
            systemctl --failed --no-legend
            cat /etc/machine-id /run/machine-id
            busctl call org.freedesktop.systemd1 / org.freedesktop.DBus.Peer GetMachineId | tr -d '"' | cut -d' ' -f2
            busctl call org.freedesktop.login1 / org.freedesktop.DBus.Peer GetMachineId | tr -d '"' | cut -d' ' -f2
            ls /var/log/journal
            """)).Split('\n');
        said.ShouldBe(Enumerable.Repeat(said[0], 5));

        (await server.SshAsync("""
            systemctl get-default
            cat /proc/sys/kernel/randomize_va_space
            sudo grep -h -c '^CLIENTID=01'$(sed 's/://g' /sys/class/net/e*/address)'$' /run/systemd/netif/leases/*
            journalctl -q --list-boots | wc -l
            """)).ShouldBe("graphical.target\n2\n1\n1");

        // Where it was forked of a machine that had rehearsed, a driver tells of that, and nothing else does.
        const string Mounted = "findmnt -no OPTIONS /";
        (await server.SshAsync($"""
            [ $(grep -m1 -c 'QEMU TCG' /proc/cpuinfo) = $(grep -cw overlay /proc/filesystems) ] && echo rehearsed
            ls -d /run/rehearsal 2>/dev/null; sudo journalctl -q | grep -c 'rehears'
            {Mounted}
            """)).ShouldBe($"rehearsed\n0\n{await servers.Booted.SshAsync(Mounted)}", servers.Cloud.SaidOfMachines);

        var before = Now();
        var clock = double.Parse(await server.SshAsync("date +%s.%N"), CultureInfo.InvariantCulture);
        clock.ShouldBeInRange(before - 0.5, Now() + 0.5);
    }

    [Fact]
    public async Task A_reboot_keeps_the_data_and_does_not_run_user_data_again()
    {
        var server = servers.ConfiguredCopy;
        await server.SshAsync("echo kept | sudo tee /root/kept; sync");
        const string stays = "cat /etc/machine-id /etc/ssh/ssh_host_*_key.pub";
        var (boot, identity) = (await server.SshAsync("cat /proc/sys/kernel/random/boot_id"), await server.SshAsync(stays));
        await servers.Cloud.Aws.RunAsync("ec2", "reboot-instances", "--instance-ids", server.Id);
        await server.EventuallyAsync("cat /proc/sys/kernel/random/boot_id", answer => answer.Length > 0 && answer != boot);
        await DebianServers.WaitForCloudInitAsync(server);
        (await server.SshAsync("sudo cat /root/kept; sudo cat /root/ran | wc -l")).ShouldBe("kept\n1");
        (await server.SshAsync(stays)).ShouldBe(identity);
    }

    private static async Task<long> RootMiBAsync(ServerUnderTest server) =>
        long.Parse(await server.SshAsync("df --block-size=1M --output=size / | tail -n 1"), CultureInfo.InvariantCulture);

    private static double Now() => TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() / 1000.0;
}
