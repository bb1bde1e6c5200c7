using System.Globalization;
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

    [Fact]
    public async Task A_connection_over_two_bonded_interfaces_lives_on_while_one_cable_is_pulled()
    {
        using var server = await ServerUnderTest.LaunchAsync(cloud, "t3.micro", Bond);
        var described = await server.DescribeAsync();
        var (subnet, address) = (described["SubnetId"]!.ToString(), described["PrivateIpAddress"]!.ToString());
        var first = described["NetworkInterfaces"]![0]!["NetworkInterfaceId"]!.ToString();
        using var neighbour = await ServerUnderTest.LaunchAsync(cloud, "t3.micro", null, "--subnet-id", subnet);
        var neighbourAddress = (await neighbour.DescribeAsync())["PrivateIpAddress"]!.ToString();
        var group = described["SecurityGroups"]![0]!["GroupId"]!.ToString();
        var second = (await cloud.Aws.RunAsync("ec2", "create-network-interface", "--subnet-id", subnet, "--groups", group))["NetworkInterface"]!["NetworkInterfaceId"]!.ToString();
        await cloud.Aws.RunAsync("ec2", "attach-network-interface", "--network-interface-id", second, "--instance-id", server.Id, "--device-index", "1");
        await cloud.Aws.RunAsync("ec2", "authorize-security-group-ingress", "--group-id", group, "--protocol", "tcp", "--port", "9000", "--source-group", group);
        await server.EventuallyAsync(Addresses, count => count == "2");

        await server.SshAsRootAsync("setsid sh /run/bond >/run/bond.log 2>&1 </dev/null &");
        await server.EventuallyAsync("ip -4 -o addr show dev bond0 | awk '{print $4}' | cut -d/ -f1", found => found == address);
        await neighbour.SshAsRootAsync("setsid sh -c 'sleep 3600 | nc -l -p 9000 >/run/heard' >/dev/null 2>&1 </dev/null &");
        await server.SshAsync($"setsid sh -c '(i=0; while usleep 200000; do i=$((i + 1)); echo $i; done) | nc {neighbourAddress} 9000' >/dev/null 2>&1 </dev/null &");
        await neighbour.EventuallyAsync(LastHeard, last => last != "");

        (await cloud.Cli.RunAsync("fault", "link", first, "down")).ShouldSucceed();
        await server.EventuallyAsync("cat /sys/class/net/bond0/bonding/active_slave", active => active == "eth1");
        await GoesOnAsync();
        (await neighbour.SshAsync(Banner(address))).ShouldBe("SSH-2.0", "new connections come as well");

        (await cloud.Cli.RunAsync("fault", "link", first, "up")).ShouldSucceed();
        await server.EventuallyAsync("cat /sys/class/net/bond0/bonding/active_slave", active => active == "eth0");
        await GoesOnAsync();

        (await cloud.Cli.RunAsync("fault", "link", second, "down")).ShouldSucceed();
        await server.EventuallyAsync("cat /sys/class/net/eth1/carrier", carrier => carrier == "0");
        await GoesOnAsync();
        (await neighbour.SshAsync("awk '$1 != NR' /run/heard | head -n 1")).ShouldBe("", "nothing is missing");

        async Task GoesOnAsync()
        {
            var before = int.Parse(await neighbour.SshAsync(LastHeard), CultureInfo.InvariantCulture);
            await neighbour.EventuallyAsync(LastHeard, last => int.TryParse(last, CultureInfo.InvariantCulture, out var now) && now > before + 5);
        }
    }

    /// <summary>Puts both interfaces into a bond that has the first one's addresses and prefers it.</summary>
    private const string Bond = """
        #!/bin/sh
        cat >/run/bond <<'END'
        modprobe bonding max_bonds=0
        echo +bond0 >/sys/class/net/bonding_masters
        echo active-backup >/sys/class/net/bond0/bonding/mode
        echo 100 >/sys/class/net/bond0/bonding/miimon
        killall -9 udhcpc
        for card in eth0 eth1; do
          ip addr flush dev $card
          ip link set $card down
          echo +$card >/sys/class/net/bond0/bonding/slaves
        done
        echo eth0 >/sys/class/net/bond0/bonding/primary
        ip link set bond0 up
        udhcpc -i bond0 -p /run/udhcpc.bond0 -s /etc/dhcp -t 1000000 -T 1 -S -O staticroutes -O mtu
        END

        """;

    private const string LastHeard = "tail -n 1 /run/heard";

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
