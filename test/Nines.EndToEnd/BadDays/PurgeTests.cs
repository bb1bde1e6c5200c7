using Nines.EndToEnd.Clients;
using Nines.EndToEnd.Clouds;
using Nines.EndToEnd.Servers;

namespace Nines.EndToEnd.BadDays;

/// <summary>After a purge the machine is as it was.</summary>
[Trait("Needs", "root")]
[Collection("real servers")]
public sealed class PurgeTests
{
    [Fact]
    public async Task A_purge_leaves_no_process_namespace_link_rule_mount_group_or_file()
    {
        var before = await CountAsync();
        var cloud = new RealCloud();
        string state;
        await cloud.InitializeAsync();
        try
        {
            state = cloud.StatePath;
            // Not disposed of: the purge has to end a server that runs.
            await ServerUnderTest.LaunchAsync(cloud, "t3.nano", null);
            (await CountAsync()).ShouldNotBe(before);
        }
        finally
        {
            await cloud.DisposeAsync();
        }

        (await CountAsync()).ShouldBe(before);
        Directory.Exists(state).ShouldBeFalse();
    }

    /// <summary>All that the program makes on a machine, by name, so that a failure names what is left.</summary>
    private static async Task<string> CountAsync() => string.Join('\n',
        await OutputAsync("ip", "netns", "list"),
        await OutputAsync("ip", "-o", "link", "show", "type", "veth"),
        await OutputAsync("ip", "route", "show", "table", "all", "type", "blackhole"),
        await OutputAsync("nft", "list", "tables"),
        await OutputAsync("sh", "-c", "ps -eo args | grep -E '^(qemu-system|dnsmasq|.*/nines up)' | grep -v grep | sort"),
        await OutputAsync("sh", "-c", "find /sys/fs/cgroup -maxdepth 2 -name 'nines-*' | sort"),
        await OutputAsync("sh", "-c", "grep nines /proc/mounts | sort"),
        await OutputAsync("sh", "-c", "ls -A /run/nines 2>/dev/null"));

    private static async Task<string> OutputAsync(string program, params string[] arguments) =>
        (await ClientProcess.RunAsync(program, arguments, new Dictionary<string, string>())).Output.Trim();
}
