using Nines.EndToEnd.Clouds;

namespace Nines.EndToEnd.Servers;

/// <summary>Network interfaces that come to a server and go while it runs.</summary>
[Trait("Needs", "root")]
[Collection("real servers")]
public sealed class AdapterTests(RealCloud cloud) : IClassFixture<RealCloud>
{
    private const string Addresses = "ip -4 -o addr show | awk '{print $2, $4}' | grep -c '^eth'";

    [Fact]
    public async Task An_interface_is_given_to_a_server_that_runs_answers_there_and_is_taken_back()
    {
        using var server = await ServerUnderTest.LaunchAsync(cloud, "t3.micro", null);
        var described = await server.DescribeAsync();

        // An interface goes to servers of its zone only.
        using var neighbour = await ServerUnderTest.LaunchAsync(cloud, "t3.micro", null, "--subnet-id", described["SubnetId"]!.ToString());
        var group = described["SecurityGroups"]![0]!["GroupId"]!.ToString();
        var made = (await cloud.Aws.RunAsync(
            "ec2", "create-network-interface", "--subnet-id", described["SubnetId"]!.ToString(), "--groups", group))["NetworkInterface"]!;
        var (id, address, mac) = (made["NetworkInterfaceId"]!.ToString(), made["PrivateIpAddress"]!.ToString(), made["MacAddress"]!.ToString());

        var attachment = (await cloud.Aws.RunAsync(
            "ec2", "attach-network-interface", "--network-interface-id", id, "--instance-id", server.Id, "--device-index", "1"))["AttachmentId"]!.ToString();

        await server.EventuallyAsync("ip -4 -o addr show dev eth1 | awk '{print $4}' | cut -d/ -f1", found => found == address);
        (await server.SshAsync("cat /sys/class/net/eth1/address")).ShouldBe(mac);
        await neighbour.EventuallyAsync($"nc -w 3 {address} 22 </dev/null | head -c 7", banner => banner == "SSH-2.0");
        await StatusBecomesAsync(id, "attached");
        (await server.SshAsync(Metadata("network/interfaces/macs/"))).ShouldContain(mac);
        (await server.SshAsync(Metadata($"network/interfaces/macs/{mac}/device-number"))).ShouldEndWith("\n1");

        await server.StopAsync();
        await server.StartAsync();
        await server.EventuallyAsync("ip -4 -o addr show dev eth1 | awk '{print $4}' | cut -d/ -f1", found => found == address);
        await neighbour.EventuallyAsync($"nc -w 3 {address} 22 </dev/null | head -c 7", banner => banner == "SSH-2.0");

        await cloud.Aws.RunAsync("ec2", "detach-network-interface", "--attachment-id", attachment);
        await cloud.Aws.RunAsync("ec2", "wait", "network-interface-available", "--network-interface-ids", id);
        await server.EventuallyAsync(Addresses, count => count == "1");
        (await neighbour.SshAsync($"nc -w 3 {address} 22 </dev/null | head -c 7")).ShouldBe("", "nobody has the address");
        (await server.SshAsync("ip rule show | grep -c 'lookup 101' || true")).ShouldBe("0");

        // The same interface goes to the other server with its address, and comes there.
        await cloud.Aws.RunAsync("ec2", "attach-network-interface", "--network-interface-id", id, "--instance-id", neighbour.Id, "--device-index", "1");
        await server.EventuallyAsync($"nc -w 3 {address} 22 </dev/null | head -c 7", banner => banner == "SSH-2.0");
    }

    [Fact]
    public async Task A_pulled_cable_is_seen_by_the_guest_and_carries_nothing_until_it_is_back()
    {
        using var server = await ServerUnderTest.LaunchAsync(cloud, "t3.micro", null);
        var described = await server.DescribeAsync();

        // An interface goes to servers of its zone only.
        using var neighbour = await ServerUnderTest.LaunchAsync(cloud, "t3.micro", null, "--subnet-id", described["SubnetId"]!.ToString());
        var group = described["SecurityGroups"]![0]!["GroupId"]!.ToString();
        var made = (await cloud.Aws.RunAsync(
            "ec2", "create-network-interface", "--subnet-id", described["SubnetId"]!.ToString(), "--groups", group))["NetworkInterface"]!;
        var (id, address) = (made["NetworkInterfaceId"]!.ToString(), made["PrivateIpAddress"]!.ToString());
        await cloud.Aws.RunAsync("ec2", "attach-network-interface", "--network-interface-id", id, "--instance-id", server.Id, "--device-index", "1");
        await neighbour.EventuallyAsync(Banner(address), banner => banner == "SSH-2.0");

        (await cloud.Cli.RunAsync("fault", "link", id, "down")).ShouldSucceed();

        await server.EventuallyAsync("cat /sys/class/net/eth1/carrier", carrier => carrier == "0");
        (await neighbour.SshAsync(Banner(address))).ShouldBe("");
        (await server.SshAsync("cat /sys/class/net/eth0/carrier")).ShouldBe("1", "the other cable is in");

        (await cloud.Cli.RunAsync("fault", "link", id, "up")).ShouldSucceed();

        await neighbour.EventuallyAsync(Banner(address), banner => banner == "SSH-2.0");
    }

    private static string Banner(string address) => $"nc -w 3 {address} 22 </dev/null | head -c 7";

    private async Task StatusBecomesAsync(string id, string status)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while ((await cloud.Aws.RunAsync("ec2", "describe-network-interfaces", "--network-interface-ids", id))["NetworkInterfaces"]![0]!["Attachment"]?["Status"]?.ToString() != status)
        {
            deadline.Token.ThrowIfCancellationRequested();
        }
    }

    private static string Metadata(string path) =>
        $"{{ printf 'GET /latest/meta-data/{path} HTTP/1.0\\r\\n\\r\\n'; sleep 3; }} | nc 169.254.169.254 80";
}
