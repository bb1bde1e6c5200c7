using System.Diagnostics;
using Nines.Control.Admin;

namespace Nines.Bench;

/// <summary>
/// Launches from kept memory beside boots of the same image by the same path: time to the first HTTP byte, what goes back of memory that a server frees, a
/// fleet of one call, and what idle servers take. Needs root.
/// </summary>
internal static class InstantBench
{
    private const double BytesPerMiB = 1 << 20;

    /// <summary>After it the last server has done what its launch left for later (images/README.md, "tiny"): what idles has nothing more to do.</summary>
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(75);

    /// <summary>What a server writes to its memory, to free it a moment later.</summary>
    private const string FillsAndFrees = InstantCloud.WebServer + "sleep 2\nyes | head -c 300000000 >/dev/shm/filled\nsleep 5\nrm /dev/shm/filled\n";

    private static readonly TimeSpan FillPatience = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan FreePatience = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan SampleInterval = TimeSpan.FromMilliseconds(500);

    public static async Task RunAsync(InstantOptions options, TextWriter output, CancellationToken cancellationToken)
    {
        await using var cloud = new InstantCloud();
        await cloud.StartAsync(cancellationToken);
        await cloud.DisableAsync(cancellationToken);
        var cold = await OneByOneAsync(cloud, options.ColdLaunches, cancellationToken);
        await WriteAsync(output, "a boot", cold);
        await FreeAsync(cloud, "a boot", cold.Count, output, cancellationToken);
        await cloud.EnableAsync(cancellationToken);
        var kept = await OneByOneAsync(cloud, options.Launches, cancellationToken);
        await WriteAsync(output, "kept memory", kept);
        await FreeAsync(cloud, "kept memory", kept.Count, output, cancellationToken);
        if (cold.Count > 0 && kept.Count > 0)
        {
            await output.WriteLineAsync($"{"a boot, times kept memory",-58} {cold.Median() / kept.Median(),8:0.0} x");
        }

        await HibernateAsync(cloud, options.Hibernations, output, cancellationToken);
        if (options.Fleet == 0)
        {
            return;
        }

        var (ids, seconds) = await cloud.LaunchEachAsync(options.Fleet, cancellationToken);
        await output.WriteLineAsync($"{$"one RunInstances of {options.Fleet}, until half of them answer HTTP",-58} {seconds.Median(),8:0.00} s");
        await output.WriteLineAsync($"{$"one RunInstances of {options.Fleet}, until all answer HTTP",-58} {seconds.Max(),8:0.00} s");
        if (options.Idle > ids.Count)
        {
            await cloud.LaunchAsync(options.Idle - ids.Count, cancellationToken);
        }

        await IdleAsync(cloud, TimeSpan.FromSeconds(options.IdleSeconds), output, cancellationToken);
    }

    /// <summary>A guest of 512 MiB, as its memory is saved and it goes on.</summary>
    private static async Task HibernateAsync(InstantCloud cloud, int count, TextWriter output, CancellationToken cancellationToken)
    {
        if (count == 0)
        {
            return;
        }

        var (ids, _) = await cloud.LaunchAsync(1, cancellationToken, "t3.nano");
        var times = new List<(double Save, double Resume)>(count);
        while (times.Count < count)
        {
            times.Add(await cloud.HibernateAsync(ids[0], cancellationToken));
        }

        await cloud.TerminateAsync(ids, cancellationToken);
        await output.WriteLineAsync($"{"512 MiB hibernated, StopInstances to stopped",-58} {times.Select(time => time.Save).Median() * 1000,8:0} ms median of {count}");
        await output.WriteLineAsync($"{"512 MiB resumed, StartInstances answered to first byte",-58} {times.Select(time => time.Resume).Median() * 1000,8:0} ms median of {count}");
    }

    /// <summary>What a server holds of its own once it answers, when it has written 300 MB to its memory, and a while after it has freed them.</summary>
    private static async Task FreeAsync(InstantCloud cloud, string way, int launches, TextWriter output, CancellationToken cancellationToken)
    {
        if (launches == 0)
        {
            return;
        }

        var (ids, _) = await cloud.LaunchAsync(1, cancellationToken, userData: FillsAndFrees);
        var (first, most, last) = (await OwnAsync(), 0.0, 0.0);
        var clock = Stopwatch.StartNew();
        for (var freed = TimeSpan.Zero; clock.Elapsed < FillPatience && (freed == TimeSpan.Zero || clock.Elapsed - freed < FreePatience);)
        {
            await Task.Delay(SampleInterval, cancellationToken);
            last = await OwnAsync();
            most = Math.Max(most, last);
            freed = freed == TimeSpan.Zero && most > first + 200 && last < most - 50 ? clock.Elapsed : freed;
        }

        await output.WriteLineAsync($"{$"own memory: at first, after writing 300 MB, freed, {way}",-58} {first,8:0} MiB, {most:0} MiB, {last:0} MiB");
        await cloud.TerminateAsync(ids, cancellationToken);

        async Task<double> OwnAsync() => (await cloud.MeasureAsync(cancellationToken)).Servers.Where(server => server.Id == ids[0]).Median(server => server.OwnBytes);
    }

    private static async Task<List<double>> OneByOneAsync(InstantCloud cloud, int count, CancellationToken cancellationToken)
    {
        var seconds = new List<double>(count);
        while (seconds.Count < count)
        {
            var (ids, taken) = await cloud.LaunchAsync(1, cancellationToken);
            seconds.Add(taken);
            await cloud.TerminateAsync(ids, cancellationToken);
        }

        return seconds;
    }

    private static async Task WriteAsync(TextWriter output, string way, List<double> seconds)
    {
        if (seconds.Count > 0)
        {
            var what = $"RunInstances answered to first HTTP byte, {way}";
            await output.WriteLineAsync(
                $"{what,-58} {seconds.Median() * 1000,8:0} ms median, {seconds.Percentile(95) * 1000:0} ms 95 %, {seconds.Max() * 1000:0} ms slowest of {seconds.Count}");
        }
    }

    private static async Task IdleAsync(InstantCloud cloud, TimeSpan interval, TextWriter output, CancellationToken cancellationToken)
    {
        await Task.Delay(Settling, cancellationToken);
        var before = await cloud.MeasureAsync(cancellationToken);
        await Task.Delay(interval, cancellationToken);
        var after = await cloud.MeasureAsync(cancellationToken);
        var running = after.Servers.Where(server => server is { State: "running", OwnBytes: not null }).ToArray();
        var elapsed = (after.Hosts[0].MeasuredAt - before.Hosts[0].MeasuredAt)?.TotalSeconds ?? interval.TotalSeconds;
        var what = $"{running.Length} idle servers ({running.Count(server => server.FastLaunched == true)} from kept memory)";
        await output.WriteLineAsync($"{$"{what}: own memory each",-58} {running.Median(server => server.OwnBytes),8:0.0} MiB median (shared {running.Median(server => server.SharedBytes):0.0} MiB)");
        await output.WriteLineAsync($"{$"{what}: processor in all",-58} {(Taken(after) - Taken(before)) / elapsed * 100,8:0.0} % of one, over {elapsed:0} s");
        var host = after.Hosts[0];
        await output.WriteLineAsync($"{"memory in use on the machine",-58} {host.MemoryMiB - (host.AvailableBytes / BytesPerMiB),8:0} MiB of {host.MemoryMiB}; kept memory {host.KeptMemoryBytes / BytesPerMiB:0} MiB");
    }

    private static double Median(this IEnumerable<ServerUsage> servers, Func<ServerUsage, long?> bytes) => servers.Select(server => (bytes(server) ?? 0) / BytesPerMiB).Median();

    private static double Taken(UsageResult usage) => usage.Servers.Sum(server => server.ProcessorSeconds ?? 0);
}
