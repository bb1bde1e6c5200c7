using System.Text.Json.Nodes;

namespace Nines.EndToEnd.Servers;

/// <summary>A distribution as it is - systemd, OpenSSH, cloud-init - finds in this cloud what it finds in AWS's.</summary>
[Trait("Needs", "root")]
[Collection("real servers")]
public sealed class DebianTests(DebianServers servers) : IClassFixture<DebianServers>
{
    [Fact]
    public async Task Cloud_init_finds_the_metadata_service_as_the_Ec2_data_source()
    {
        var result = JsonNode.Parse(await servers.Configured.SshAsync("cat /run/cloud-init/result.json"))!["v1"]!;
        result["datasource"]!.ToString().ShouldStartWith("DataSourceEc2");
        result["errors"]!.AsArray().ShouldBeEmpty();
        (await servers.Configured.SshAsync("cat /var/lib/cloud/data/instance-id")).ShouldBe(servers.Configured.Id);
        (await servers.Configured.SshAsync("cat /run/cloud-init/cloud-id")).ShouldBe("aws");
        (await servers.Configured.SshAsync("whoami; sudo whoami")).ShouldBe("admin\nroot");
        (await servers.Configured.SshAsync("systemctl --failed --no-legend")).ShouldBe("");
    }

    [Fact]
    public async Task A_cloud_config_is_done_and_a_script_is_run_once_as_root()
    {
        (await servers.Configured.SshAsync("sudo cat /root/written; sudo cat /root/ran | wc -l")).ShouldBe("by cloud-init\n1");
        (await servers.Scripted.SshAsync("sudo cat /root/ran | wc -l")).ShouldBe("1");
        var console = await servers.Cloud.Boto.RunAsync($"answer = ec2.get_console_output(InstanceId='{servers.Scripted.Id}', Latest=True)['Output']");
        console!.ToString().ShouldContain("user data runs as root");
    }

    [Fact]
    public async Task A_server_has_the_name_that_AWS_gives_it()
    {
        var described = await servers.Scripted.DescribeAsync();
        var name = described["PrivateDnsName"]!.ToString();
        name.ShouldEndWith(".ec2.internal");
        (await servers.Scripted.SshAsync("hostname; hostname -f")).Split('\n')
            .ShouldBe([name.Split('.')[0], name]);
    }

    [Fact]
    public async Task The_root_file_system_is_as_large_as_the_volume()
    {
        var grown = long.Parse(await servers.Configured.SshAsync("df --block-size=1M --output=size / | tail -n 1"));
        var usual = long.Parse(await servers.Scripted.SshAsync("df --block-size=1M --output=size / | tail -n 1"));
        grown.ShouldBeInRange((DebianServers.RootGiB * 1024) - 600, DebianServers.RootGiB * 1024);
        usual.ShouldBeLessThan(grown);
    }

    [Fact]
    public async Task A_reboot_keeps_the_data_and_does_not_run_user_data_again()
    {
        var server = servers.Configured;
        await server.SshAsync("echo kept | sudo tee /root/kept; sync");
        var boot = await server.SshAsync("cat /proc/sys/kernel/random/boot_id");
        await servers.Cloud.Aws.RunAsync("ec2", "reboot-instances", "--instance-ids", server.Id);
        await server.EventuallyAsync("cat /run/cloud-init/result.json >/dev/null && cat /proc/sys/kernel/random/boot_id", answer => answer.Length > 0 && answer != boot);
        (await server.SshAsync("sudo cat /root/kept; sudo cat /root/ran | wc -l")).ShouldBe("kept\n1");
    }
}
