using Nines.EndToEnd.Clouds;

namespace Nines.EndToEnd.Servers;

/// <summary>Real servers, from the first command to the last.</summary>
[Trait("Needs", "root")]
[Collection("real servers")]
public sealed class ServerTests(RealCloud cloud) : IClassFixture<RealCloud>
{
    [Fact]
    public async Task Run_passes_on_output_and_exit_code_and_ends_the_server()
    {
        var result = await cloud.Cli.RunAsync("run", "tiny", "--", "sh", "-c", "uname -s; cat /etc/hostname; exit 7");
        result.ExitCode.ShouldBe(7, result.Errors);
        result.Output.ShouldStartWith("Linux\nip-172-31-");
        var states = await cloud.Boto.RunAsync("answer = [i['State']['Name'] for r in ec2.describe_instances()['Reservations'] for i in r['Instances']]");
        states!.AsArray().ShouldAllBe(state => state!.ToString() == "shutting-down" || state.ToString() == "terminated");
    }

    [Fact]
    public async Task A_server_keeps_its_disk_and_address_when_it_is_stopped_and_made_larger()
    {
        using var server = await ServerUnderTest.LaunchAsync(cloud, "t2.micro", "#!/bin/sh\ndate +%s%N > /var/ran-$(date +%s%N)\necho user-data-ran\n");
        (await server.SshAsync("nproc")).ShouldBe("1");
        (await server.SshAsync("whoami")).ShouldBe("ec2-user");
        (await server.SshAsRootAsync("whoami")).ShouldBe("root");
        (await server.SshAsync("sudo -n sh -c 'id -u; echo \"$1\"' - 'two words'")).ShouldBe("0\ntwo words");
        await server.SshAsRootAsync("echo kept > /root/file && sync");
        var before = await server.DescribeAsync();

        await server.StopAsync();
        await cloud.Aws.RunAsync("ec2", "modify-instance-attribute", "--instance-id", server.Id, "--instance-type", "Value=c5.xlarge");
        await server.StartAsync();
        (await server.SshAsync("nproc")).ShouldBe("4");
        long.Parse(await server.SshAsync("awk '/MemTotal/ {print $2}' /proc/meminfo")).ShouldBeInRange(7_500_000, 8_400_000);
        (await server.SshAsRootAsync("cat /root/file")).ShouldBe("kept");
        (await server.SshAsRootAsync("ls /var | grep -c ran-")).ShouldBe("1", "user data runs once in a server's life");
        var after = await server.DescribeAsync();
        after["PrivateIpAddress"]!.ToString().ShouldBe(before["PrivateIpAddress"]!.ToString());
        after["BlockDeviceMappings"]![0]!["Ebs"]!["VolumeId"]!.ToString().ShouldBe(before["BlockDeviceMappings"]![0]!["Ebs"]!["VolumeId"]!.ToString());
    }

    [Fact]
    public async Task A_server_knows_itself_by_its_metadata()
    {
        using var server = await ServerUnderTest.LaunchAsync(cloud, "t3.nano", null);
        // busybox's nc ends with its input, so the input has to outlast the answer.
        const string Ask = "ask() { { printf \"$1 HTTP/1.0\\r\\n$2\\r\\n\\r\\n\"; sleep 5; } | nc 169.254.169.254 80 | tail -n 1; };"
            + " T=$(ask 'PUT /latest/api/token' 'X-aws-ec2-metadata-token-ttl-seconds: 60\\r\\nContent-Length: 0'); ask 'GET /latest/meta-data/instance-id' \"X-aws-ec2-metadata-token: $T\"";
        (await server.SshAsync(Ask)).ShouldBe(server.Id);
    }

    [Fact]
    public async Task A_reboot_is_one_boot_more_on_the_same_console()
    {
        using var server = await ServerUnderTest.LaunchAsync(cloud, "t3.nano", null);
        var boot = await server.SshAsync("cat /proc/sys/kernel/random/boot_id");
        await cloud.Aws.RunAsync("ec2", "reboot-instances", "--instance-ids", server.Id);
        await server.EventuallyAsync("cat /proc/sys/kernel/random/boot_id", answer => answer.Length > 0 && answer != boot);
        await server.SshAsRootAsync("echo written-by-the-guest > /dev/console");
        var output = await cloud.Boto.RunAsync($"answer = ec2.get_console_output(InstanceId='{server.Id}', Latest=True)['Output']");
        output!.ToString().ShouldContain("written-by-the-guest");
        var picture = await cloud.Boto.RunAsync($"answer = base64.b64decode(ec2.get_console_screenshot(InstanceId='{server.Id}')['ImageData'])[1:4].decode()");
        picture!.ToString().ShouldBe("PNG");
    }

    [Fact]
    public async Task A_server_goes_on_where_it_hibernated()
    {
        using var server = await ServerUnderTest.LaunchAsync(
            cloud, "t3.nano", null, "--hibernation-options", "Configured=true", "--block-device-mappings", """[{"DeviceName":"/dev/xvda","Ebs":{"Encrypted":true}}]""");
        var boot = await server.SshAsync("cat /proc/sys/kernel/random/boot_id");
        await server.SshAsRootAsync("echo in-memory-only > /run/note");
        await cloud.Aws.RunAsync("ec2", "stop-instances", "--hibernate", "--instance-ids", server.Id);
        await cloud.Aws.RunAsync("ec2", "wait", "instance-stopped", "--instance-ids", server.Id);
        (await server.DescribeAsync())["StateReason"]!["Code"]!.ToString().ShouldBe("Client.UserInitiatedHibernate");
        var saved = await File.ReadAllBytesAsync(Path.Combine(cloud.Paths.Host, "machines", server.Id, "hibernated"), TestContext.Current.CancellationToken);
        saved.AsSpan().IndexOf("in-memory-only"u8).ShouldBe(-1, "memory is as secret as the disk that it is about");

        await server.StartAsync();
        (await server.SshAsync("cat /proc/sys/kernel/random/boot_id")).ShouldBe(boot);
        (await server.SshAsRootAsync("cat /run/note")).ShouldBe("in-memory-only");
    }

    [Fact]
    public async Task A_guest_that_powers_off_is_stopped_with_its_own_reason()
    {
        using var server = await ServerUnderTest.LaunchAsync(cloud, "t3.nano", null);
        await server.SshAsRootAsync("(sleep 1; poweroff) >/dev/null 2>&1 &");
        await cloud.Aws.RunAsync("ec2", "wait", "instance-stopped", "--instance-ids", server.Id);
        (await server.DescribeAsync())["StateReason"]!["Code"]!.ToString().ShouldBe("Client.InstanceInitiatedShutdown");
    }

    [Fact]
    public async Task The_default_group_lets_nobody_in()
    {
        using var server = await ServerUnderTest.LaunchAsync(cloud, "t3.nano", null);
        await server.BecomesReachableAsync();
        var vpc = (await server.DescribeAsync())["VpcId"]!.ToString();
        var standard = (await cloud.Aws.RunAsync("ec2", "describe-security-groups", "--filters", $"Name=vpc-id,Values={vpc}", "Name=group-name,Values=default"))
            ["SecurityGroups"]![0]!["GroupId"]!.ToString();
        await cloud.Aws.RunAsync("ec2", "modify-instance-attribute", "--instance-id", server.Id, "--groups", standard);
        await server.BecomesUnreachableAsync();
    }
}
