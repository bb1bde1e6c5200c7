using System.Text.Json.Nodes;
using Nines.EndToEnd.Clouds;

namespace Nines.EndToEnd.Servers;

/// <summary>Status checks look at the guest.</summary>
[Trait("Needs", "root")]
[Collection("other real servers")]
public sealed class StatusTests(RealCloud cloud) : IClassFixture<RealCloud>
{
    [Fact]
    public async Task A_server_whose_guest_is_off_the_network_is_impaired_until_a_reboot_brings_it_back()
    {
        using var server = await ServerUnderTest.LaunchAsync(cloud, "t3.micro", null);
        await cloud.Aws.RunAsync("ec2", "wait", "instance-status-ok", "--instance-ids", server.Id);
        (await StatusAsync(server)).ShouldBe(("ok", "passed", false));

        // A lease that is taken brings the link up, and a server answers before it has one.
        await server.EventuallyAsync("cat /run/lease", lease => lease.Length > 0);

        // The link goes down a moment later, so that the command that asks for it is answered.
        await server.SshAsRootAsync("(sleep 1; ifconfig eth0 down) >/dev/null 2>&1 &");
        await UntilAsync(server, "impaired");
        (await StatusAsync(server)).ShouldBe(("impaired", "failed", true));

        await cloud.Aws.RunAsync("ec2", "reboot-instances", "--instance-ids", server.Id);
        await UntilAsync(server, "ok");
    }

    private async Task UntilAsync(ServerUnderTest server, string status)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(6));
        while ((await StatusAsync(server)).Status != status)
        {
            await Task.Delay(500, deadline.Token);
        }
    }

    private async Task<(string Status, string Reachability, bool HasTime)> StatusAsync(ServerUnderTest server)
    {
        var told = (await cloud.Aws.RunAsync("ec2", "describe-instance-status", "--instance-ids", server.Id))["InstanceStatuses"]![0]!["InstanceStatus"]!;
        var detail = told["Details"]![0]!;
        return (told["Status"]!.ToString(), detail["Status"]!.ToString(), detail["ImpairedSince"] is JsonValue);
    }
}
