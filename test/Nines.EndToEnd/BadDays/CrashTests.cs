using Nines.EndToEnd.Clouds;
using Nines.EndToEnd.Servers;

namespace Nines.EndToEnd.BadDays;

/// <summary>What is killed comes back, and what should live on does.</summary>
[Trait("Needs", "root")]
[Collection("real servers")]
public sealed class CrashTests(RealCloud cloud) : IClassFixture<RealCloud>
{
    [Fact]
    public async Task A_killed_cloud_leaves_its_servers_running_and_finds_them_again()
    {
        using var server = await ServerUnderTest.LaunchAsync(cloud, "t3.nano", null);
        var boot = await server.SshAsync("cat /proc/sys/kernel/random/boot_id");
        await Kill.CloudAsync(cloud);
        (await server.IsReachableAsync(knownAddress: true)).ShouldBeTrue("the server lives without the cloud");

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
        await server.StartAsync();
        (await server.SshAsRootAsync("cat /root/file")).ShouldBe("kept");
    }
}
