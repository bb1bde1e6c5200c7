using Nines.EndToEnd.Clients;
using Nines.EndToEnd.Clouds;
using Nines.EndToEnd.Servers;
using Nines.Host;

namespace Nines.EndToEnd.BadDays;

/// <summary>After a purge the machine is as it was.</summary>
[Trait("Needs", "root")]
[Collection("more real servers")]
public sealed class PurgeTests
{
    [Fact]
    public async Task A_purge_leaves_no_process_namespace_link_rule_mount_group_or_file()
    {
        var cloud = new RealCloud();
        var state = cloud.StatePath;
        await cloud.InitializeAsync();
        try
        {
            // Not disposed of: the purge has to end a server that runs.
            await ServerUnderTest.LaunchAsync(cloud, "t3.nano", null);
            (await FindAsync(cloud)).ShouldNotBeEmpty("the test would see what is left");
        }
        finally
        {
            await cloud.DisposeAsync();
        }

        (await FindAsync(cloud)).ShouldBeEmpty();
        Directory.Exists(state).ShouldBeFalse();
        Directory.Exists(cloud.Paths.Run).ShouldBeFalse();
    }

    /// <summary>
    /// All that a machine has of one cloud: everything is named with the cloud's own digits or its state directory, so that
    /// other clouds, which other tests have at the same time, do not count.
    /// </summary>
    private static async Task<IReadOnlyList<string>> FindAsync(RealCloud cloud)
    {
        var scope = new HostOptions { HostId = "any", StateDirectory = cloud.Paths.Host, RunDirectory = cloud.Paths.Run, ImagesDirectory = "any" }.Scope;
        string[] lines =
        [
            .. await LinesAsync("ip", "netns", "list"),
            .. await LinesAsync("ip", "-o", "link", "show"),
            .. await LinesAsync("ip", "route", "show", "table", "all"),
            .. await LinesAsync("nft", "list", "tables"),
            .. await LinesAsync("ps", "-eo", "args"),
            .. await LinesAsync("find", "/sys/fs/cgroup", "-maxdepth", "3", "-name", "nines-*"),
            .. await LinesAsync("cat", "/proc/mounts"),
            .. await LinesAsync("find", "/run", "-maxdepth", "3", "-name", $"*{scope}*"),
        ];
        return [.. lines.Where(line => line.Contains(scope, StringComparison.Ordinal) || line.Contains(cloud.StatePath, StringComparison.Ordinal))];
    }

    private static async Task<IEnumerable<string>> LinesAsync(string program, params string[] arguments) =>
        (await ClientProcess.RunAsync(program, arguments, new Dictionary<string, string>())).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
