using Microsoft.Extensions.Logging;
using Nines.Host.Api;
using Nines.Host.Networks;
using Nines.Host.Processes;

namespace Nines.Host.FlowLogs;

/// <summary>Has the kernel count the packets of networks with flow logs, and writes down what it counted, interval by interval.</summary>
/// <remarks>Not for several threads at once; whoever looks after the networks calls it.</remarks>
internal sealed class FlowCollector(HostOptions host, NetworkNames names, TimeSpan interval, IHostCommands commands, TimeProvider time, ILogger logger)
{
    /// <summary>A table with every set full answers in this many characters.</summary>
    private const int MaxAnswerCharacters = 64 << 20;

    /// <summary>How many generations may wait in the kernel to be read; a death between two steps leaves two.</summary>
    private const int MaxGenerations = 3;

    private readonly NamespaceCommands _namespaces = new(commands);
    private readonly FlowLogFiles _files = new(FlowLogFiles.DirectoryOf(host));
    private readonly Dictionary<string, Watch> _watches = [];

    // Whose lines were lost, so that the next ones say so.
    private readonly HashSet<(string LogId, string InterfaceId)> _skipped = [];

    /// <summary>The rules that remove what counted a network's packets, for one that has no logs.</summary>
    public static string RulesOfNone(VpcModel vpc) => vpc.IsWatched ? "" : FlowRuleset.RemoveAll();

    /// <summary>What the counting of a network depends on.</summary>
    public static string ContentOf(VpcSpec vpc) => vpc.FlowLogs is null ? "" : $"{string.Join(' ', TapsOf(vpc))} {string.Join('\n', vpc.FlowLogs.Logs)}";

    /// <summary>
    /// Counts the packets of a network as it is now. What was counted of it as it was is written down, while the taps are still there that
    /// have their names in it.
    /// </summary>
    /// <remarks>A network is not kept from carrying packets because nobody can count them.</remarks>
    public async Task WatchAsync(VpcSpec vpc, CancellationToken cancellationToken)
    {
        var watch = _watches.GetValueOrDefault(vpc.Id);
        if (watch is not null && ContentOf(watch.Vpc) == ContentOf(vpc))
        {
            watch.Vpc = vpc;
            return;
        }

        try
        {
            if (vpc.FlowLogs is not null)
            {
                await TurnAsync(vpc, watch?.Vpc ?? vpc, cancellationToken);
            }
            else
            {
                await EndAsync(vpc.Id, cancellationToken);
            }
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            logger.FlowsNotCollected(exception, vpc.Id);
        }
    }

    /// <summary>Writes down what was counted of each network for an interval.</summary>
    public async Task CollectAsync(CancellationToken cancellationToken)
    {
        foreach (var watch in _watches.Values.Where(watch => time.GetElapsedTime(watch.Since) >= interval).ToList())
        {
            try
            {
                await TurnAsync(watch.Vpc, watch.Vpc, cancellationToken);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                // What was counted stays in the kernel, and is read the next time.
                watch.Since = time.GetTimestamp();
                logger.FlowsNotCollected(exception, watch.Vpc.Id);
            }
        }
    }

    /// <summary>Writes down the rest of a network's, whose logs end or that goes itself.</summary>
    public async Task EndAsync(string vpcId, CancellationToken cancellationToken)
    {
        if (_watches.Remove(vpcId, out var watch) && File.Exists(NetworkNames.PathOf(names.NamespaceOf(vpcId))))
        {
            await TurnAsync(watch.Vpc with { Interfaces = watch.Vpc.Interfaces.Clear() }, watch.Vpc, cancellationToken);
            _watches.Remove(vpcId);
        }
    }

    /// <summary>Forgets all networks and removes all that was written.</summary>
    public void Purge()
    {
        _watches.Clear();
        _skipped.Clear();
        _files.DeleteAll();
    }

    private static IEnumerable<string> TapsOf(VpcSpec vpc) =>
        vpc.Interfaces.Values.Where(adapter => LogsOf(vpc, adapter).Any()).Select(adapter => NetworkNames.TapOf(adapter.Id)).Order(StringComparer.Ordinal);

    private static IEnumerable<FlowLogSpec> LogsOf(VpcSpec vpc, InterfaceSpec adapter) =>
        (vpc.FlowLogs?.Logs ?? []).Where(log => log.ResourceId == vpc.Id || log.ResourceId == adapter.SubnetId || log.ResourceId == adapter.Id);

    /// <summary>Begins a generation, then writes down and removes all before it.</summary>
    /// <param name="vpc">The network as it is from now on.</param>
    /// <param name="counted">The network as it was counted.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    private async Task TurnAsync(VpcSpec vpc, VpcSpec counted, CancellationToken cancellationToken)
    {
        var name = names.NamespaceOf(vpc.Id);
        var known = await ReadAsync(name, cancellationToken);
        var begin = Math.Max(time.GetUtcNow().ToUnixTimeMilliseconds(), known.LastOrDefault() + 1);
        var isUnreadable = known.Count > MaxGenerations;
        await _namespaces.LoadRulesAsync(name, (isUnreadable ? FlowRuleset.RemoveAll() : "") + FlowRuleset.Begin([.. TapsOf(vpc)], begin), cancellationToken);
        _watches[vpc.Id] = new(vpc) { Since = time.GetTimestamp() };
        if (isUnreadable)
        {
            _skipped.UnionWith(counted.Interfaces.Values.SelectMany(adapter => LogsOf(counted, adapter), (adapter, log) => (log.Id, adapter.Id)));
        }

        if (known.Count == 0 || isUnreadable)
        {
            return;
        }

        var generations = FlowGeneration.Parse(await ListAsync(name, cancellationToken));
        var past = generations.Where(generation => generation.Begin < begin).ToList();
        for (var index = 0; index < past.Count; index++)
        {
            Write(counted, past[index], index + 1 < past.Count ? past[index + 1].Begin : begin);
        }

        await _namespaces.LoadRulesAsync(name, FlowRuleset.Remove(past.SelectMany(generation => generation.Sets)), cancellationToken);
    }

    /// <summary>When the generations in the kernel began.</summary>
    private async Task<List<long>> ReadAsync(string name, CancellationToken cancellationToken)
    {
        var answer = await commands.RunAsync(new("nsenter", $"--net={NetworkNames.PathOf(name)}", "--", "nft", "-j", "-t", "list", "sets", "inet"), cancellationToken);
        return FlowGeneration.BeginsIn(answer.Output);
    }

    private async Task<string> ListAsync(string name, CancellationToken cancellationToken) =>
        (await commands.RunAsync(
            new HostCommand("nsenter", $"--net={NetworkNames.PathOf(name)}", "--", "nft", "-j", "-n", "list", "table", "inet", FlowRuleset.Table) { MaxOutputCharacters = MaxAnswerCharacters },
            cancellationToken)).Output;

    private void Write(VpcSpec vpc, FlowGeneration generation, long end)
    {
        if (vpc.FlowLogs is not { } logs)
        {
            return;
        }

        var lines = new FlowLines(vpc, logs);
        var flows = generation.Flows.ToLookup(flow => flow.Tap);
        foreach (var adapter in vpc.Interfaces.Values.OrderBy(adapter => adapter.Id, StringComparer.Ordinal))
        {
            List<CountedFlow> own = [.. flows[NetworkNames.TapOf(adapter.Id)]];
            foreach (var log in LogsOf(vpc, adapter))
            {
                Write(logs.AccountId, log, adapter.Id, skipped => [.. lines.Of(log, adapter, own, (generation.Begin, end), skipped || generation.Skipped.Contains(NetworkNames.TapOf(adapter.Id)))]);
            }
        }
    }

    private void Write(string accountId, FlowLogSpec log, string interfaceId, Func<bool, IReadOnlyCollection<string>> lines)
    {
        try
        {
            _files.Append(accountId, log.Group, $"{interfaceId}-{log.Traffic.ToString().ToLowerInvariant()}", lines(_skipped.Contains((log.Id, interfaceId))));
            _skipped.Remove((log.Id, interfaceId));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Kept in the kernel it would only grow, while the disk is full.
            _skipped.Add((log.Id, interfaceId));
            logger.FlowLogNotWritten(exception, log.Id, interfaceId);
        }
    }

    /// <summary>A network whose packets are counted.</summary>
    private sealed class Watch(VpcSpec vpc)
    {
        public VpcSpec Vpc { get; set; } = vpc;

        /// <summary>When its generation began.</summary>
        public long Since { get; set; }
    }
}
