using Nines.Composition;
using Nines.EndToEnd.Clients;
using Nines.EndToEnd.Clouds;
using Nines.EndToEnd.Servers;

namespace Nines.EndToEnd.BadDays;

/// <summary>What is killed comes back, and what should live on does.</summary>
[Trait("Needs", "root")]
[Collection("real servers")]
public sealed class CrashTests(RealCloud cloud) : IClassFixture<RealCloud>
{
    private const string Kill = "/bin/kill";

    [Fact]
    public async Task A_killed_cloud_leaves_its_servers_running_and_finds_them_again()
    {
        using var server = await ServerUnderTest.LaunchAsync(cloud, "t3.nano", null);
        var boot = await server.SshAsync("cat /proc/sys/kernel/random/boot_id");
        await KillAsync(Endpoint.GetRunning(cloud.Paths).ProcessId);
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
        await KillAsync(FindHypervisor(server.Id));
        await cloud.Aws.RunAsync("ec2", "wait", "instance-stopped", "--instance-ids", server.Id);
        (await server.DescribeAsync())["StateReason"]!["Code"]!.ToString().ShouldStartWith("Server.");
        await server.StartAsync();
        (await server.SshAsRootAsync("cat /root/file")).ShouldBe("kept");
    }

    private static async Task KillAsync(int processId) =>
        (await ClientProcess.RunAsync(Kill, ["-9", $"{processId}"], new Dictionary<string, string>())).ShouldSucceed();

    private static int FindHypervisor(string instanceId) => Directory.GetDirectories("/proc")
        .Select(Path.GetFileName)
        .Where(name => int.TryParse(name, out _) && CommandLineOf(name!) is var line && line.StartsWith("qemu-system", StringComparison.Ordinal) && line.Contains(instanceId, StringComparison.Ordinal))
        .Select(name => int.Parse(name!))
        .ShouldHaveSingleItem();

    private static string CommandLineOf(string process)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/cmdline");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
