using System.Globalization;

namespace Nines.Bench;

/// <summary>
/// How many signed requests a second the gateway answers over loopback, load and server on the same processors: the
/// smallest answer (GetCallerIdentity), and pages of DescribeInstances over 1,000 instances, each launched by itself.
/// </summary>
internal static class GatewayBench
{
    private const int Instances = 1000;

    private static readonly TimeSpan s_round = TimeSpan.FromSeconds(4);
    private static readonly int[] s_pages = [5, 100, 1000];
    private static readonly int[] s_connections = [1, 8];

    public static async Task RunAsync(TextWriter output, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("nines-bench-").FullName;
        try
        {
            await using var control = await ControlCloud.CreateAsync(Path.Combine(folder, "store.db"), Instances, cancellationToken);
            await Task.WhenAll(Enumerable.Range(0, Instances).Select(_ => control.RunAsync(1)));
            await RunAsync(output, control, cancellationToken);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task RunAsync(TextWriter output, ControlCloud control, CancellationToken cancellationToken)
    {
        await using var api = await ControlApi.StartAsync(control, cancellationToken);
        await output.WriteLineAsync("gateway over loopback                 conn  requests/s     p50 ms     p99 ms  cpu us/request  bytes/answer  alloc/request".AsMemory(), cancellationToken);
        foreach (var connections in s_connections)
        {
            await ReportAsync(output, "GetCallerIdentity", api.Load("sts", "Action=GetCallerIdentity&Version=2011-06-15"), connections, cancellationToken);
            foreach (var page in s_pages)
            {
                var body = string.Create(CultureInfo.InvariantCulture, $"Action=DescribeInstances&Version=2016-11-15&MaxResults={page}");
                await ReportAsync(output, $"DescribeInstances, {page} instances", api.Load("ec2", body), connections, cancellationToken);
            }
        }
    }

    private static async Task ReportAsync(TextWriter output, string what, HttpLoad load, int connections, CancellationToken cancellationToken)
    {
        await load.RunAsync(connections, s_round / 4, cancellationToken);
        var result = await load.RunAsync(connections, s_round, cancellationToken);
        await output.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"{what,-36} {connections,5} {result.PerSecond,11:N0} {result.MedianMilliseconds,10:N2} {result.P99Milliseconds,10:N2} {result.CpuMicrosecondsPerRequest,15:N0} {result.BytesPerAnswer,13:N0} {result.AllocatedBytesPerRequest,14:N0}"));
    }
}
