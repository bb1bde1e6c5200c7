using Nines.Host.Api;
using Nines.Host.Processes;

namespace Nines.EndToEnd.Host;

/// <summary>After a purge nothing is left of a host.</summary>
[Trait("Needs", "root")]
[Collection("more real servers")]
public sealed class PurgeTests : IAsyncDisposable
{
    private readonly TestHost _host = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task A_purge_leaves_no_process_namespace_rule_group_or_file()
    {
        await _host.StartAsync();
        var vm = await _host.AddMachineAsync(6);
        await _host.ApplyAsync();
        await _host.WaitAsync(vm.Id, status => status.State is VmState.Running);
        var pid = _host.PidOf(vm.Id);
        (await TracesAsync()).ShouldNotBeEmpty();

        await _host.Agent.PurgeAsync(Cancellation);

        ProcessTable.Find(pid).ShouldBeNull();
        (await TracesAsync()).ShouldBeEmpty();
        Files().ShouldBeEmpty();
        (await _host.Agent.ReportAsync(0, TimeSpan.Zero, Cancellation)).AcceptedGeneration.ShouldBe(0);

        // The host is as new: the same state is accepted and made again.
        await _host.Agent.ApplyAsync(_host.Desired with { Generation = 1 }, Cancellation);
        await _host.WaitAsync(vm.Id, status => status.State is VmState.Running);
    }

    /// <summary>Whatever on this machine carries the host's own mark.</summary>
    private async Task<List<string>> TracesAsync()
    {
        var scope = _host.Options.Scope;
        var traces = new List<string>();
        foreach (HostCommand command in (HostCommand[])[new("ip", "netns"), new("ip", "-o", "link"), new("nft", "list", "tables"), new("ps", "-eo", "stat,args")])
        {
            var result = await _host.Commands.RunAsync(command, Cancellation);
            traces.AddRange(result.Output.Split('\n').Where(line =>
                line.Contains(scope, StringComparison.Ordinal) || line.Contains(_host.Options.RunDirectory, StringComparison.Ordinal)));
        }

        traces.AddRange(Directory.EnumerateDirectories("/sys/fs/cgroup", $"nines-{scope}", new EnumerationOptions { MaxRecursionDepth = 1, RecurseSubdirectories = true }));
        return traces;
    }

    /// <summary>All files but the key of a metadata service that goes on serving.</summary>
    private List<string> Files() =>
    [
        .. new[] { _host.Options.StateDirectory, _host.Options.RunDirectory }.Where(Directory.Exists)
            .SelectMany(folder => Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
            .Where(file => Path.GetFileName(file) != "metadata-token-key"),
    ];
}
