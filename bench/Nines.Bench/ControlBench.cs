using System.Globalization;
using Nines.Api.Ec2;
using Nines.Control.Admin;
using Instance = Nines.Control.Services.Ec2.Instances.Instance;
using InstanceState = Nines.Control.Services.Ec2.Instances.InstanceState;

namespace Nines.Bench;

/// <summary>
/// What the control plane costs as a cloud grows: answers about instances (handler with serialisation, and over HTTP),
/// launches (durable), and the way from a launch to the record that says it runs, with hosts in memory that need no time.
/// </summary>
internal static class ControlBench
{
    private const int Requests = 100;

    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(30);
    private static readonly int[] s_sizes = [100, 1_000, 10_000, 100_000];

    public static async Task RunAsync(TextWriter output, CancellationToken cancellationToken)
    {
        await output.WriteLineAsync(
            """
                        launch | DescribeInstances, median of handler and HTTP         | RunInstances, ms                     | to running | reset ms      | heap
            instances    all/s | page 100 us  HTTP us  by id us  all ms  by tag, all ms | handler  HTTP median  99 %           | median ms  | cloud  HTTP   | MiB
            """.AsMemory(),
            cancellationToken);
        foreach (var size in s_sizes)
        {
            var folder = Directory.CreateTempSubdirectory("nines-bench-").FullName;
            try
            {
                await output.WriteLineAsync((await MeasureAsync(Path.Combine(folder, "store.db"), size, cancellationToken)).AsMemory(), cancellationToken);
            }
            finally
            {
                Directory.Delete(folder, recursive: true);
            }
        }
    }

    private static async Task<string> MeasureAsync(string path, int size, CancellationToken cancellationToken)
    {
        await using var cloud = await ControlCloud.CreateAsync(path, size, cancellationToken);
        await using var api = await ControlApi.StartAsync(cloud, cancellationToken);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var started = TimeProvider.System.GetTimestamp();
        await cloud.LaunchAsync(size, cancellationToken);
        var perSecond = size / TimeProvider.System.GetElapsedTime(started).TotalSeconds;
        var heap = GC.GetTotalMemory(forceFullCollection: true) - before;

        var ids = cloud.Cloud.List(Instance.Table, ControlCloud.Account).Select(instance => instance.Id).ToArray();
        var next = 0;
        var page = await MedianAsync(200, () => cloud.AnswerAsync(Ec2Api.DescribeInstances, new DescribeInstancesRequest { MaxResults = 100 }));
        var pageOverHttp = await OverHttpAsync(api, "Action=DescribeInstances&Version=2016-11-15&MaxResults=100", cancellationToken);
        var byId = await MedianAsync(
            500, () => cloud.AnswerAsync(Ec2Api.DescribeInstances, new DescribeInstancesRequest { InstanceIds = [ids[next = (next + 7919) % ids.Length]] }));
        var byTag = await MedianAsync(
            5, () => cloud.AnswerAsync(Ec2Api.DescribeInstances, new DescribeInstancesRequest { Filters = [new Filter { Name = "tag:Name", Values = ["web-*"] }] }));
        var (runs, arrivals) = await LaunchesAsync(cloud, 50, cancellationToken);
        var runOverHttp = await OverHttpAsync(
            api, $"Action=RunInstances&Version=2016-11-15&ImageId={ControlCloud.ImageId}&InstanceType=t3.nano&MinCount=1&MaxCount=1", cancellationToken);
        var all = await AllAsync(cloud);
        var (reset, resetOverHttp) = await ResetAsync(cloud, api, cancellationToken);
        return string.Create(CultureInfo.InvariantCulture,
            $"{size,9:N0} {perSecond,8:N0} | {page * 1000,11:N0} {pageOverHttp.MedianMilliseconds * 1000,8:N0} {byId * 1000,9:N0} {all,7:N1} {byTag,15:N2} | {runs.Median(),7:N2} {runOverHttp.MedianMilliseconds,12:N2} {runOverHttp.P99Milliseconds,5:N1} {"",10} | {arrivals.Median(),10:N2} | {reset,6:N1} {resetOverHttp,5:N1}  | {heap / 1048576.0,5:N1}");
    }

    /// <summary>The account as new: what it takes in the cloud itself, and with the call of a client that has its connection.</summary>
    private static async Task<(double Cloud, double OverHttp)> ResetAsync(ControlCloud cloud, ControlApi api, CancellationToken cancellationToken)
    {
        using var client = new AdminClient(api.Endpoint, api.Root, TimeProvider.System);
        await client.StatusAsync(cancellationToken);
        var started = TimeProvider.System.GetTimestamp();
        var result = await client.ResetAsync(cancellationToken);
        return (result.Milliseconds, TimeProvider.System.GetElapsedTime(started).TotalMilliseconds);
    }

    /// <summary>Every instance, in pages of a thousand.</summary>
    private static async Task<double> AllAsync(ControlCloud cloud)
    {
        var started = TimeProvider.System.GetTimestamp();
        string? token = null;
        do
        {
            token = (await cloud.CallAsync(Ec2Api.DescribeInstances, new DescribeInstancesRequest { MaxResults = 1000, NextToken = token })).NextToken;
        }
        while (token is not null);
        return TimeProvider.System.GetElapsedTime(started).TotalMilliseconds;
    }

    private static Task<HttpLoad.Result> OverHttpAsync(ControlApi api, string body, CancellationToken cancellationToken) =>
        api.Load("ec2", body).RunAsync(1, s_longest, cancellationToken, Requests);

    private static async Task<(double[] Runs, double[] Arrivals)> LaunchesAsync(ControlCloud cloud, int count, CancellationToken cancellationToken)
    {
        var runs = new double[count];
        var arrivals = new double[count];
        for (var i = 0; i < count; i++)
        {
            var started = TimeProvider.System.GetTimestamp();
            var id = await cloud.RunAsync(1);
            runs[i] = TimeProvider.System.GetElapsedTime(started).TotalMilliseconds;
            await cloud.Cloud.WaitAsync(Instance.Table, ControlCloud.Account, id, instance => instance?.State == InstanceState.Running, cancellationToken);
            arrivals[i] = TimeProvider.System.GetElapsedTime(started).TotalMilliseconds;
        }

        return (runs, arrivals);
    }

    private static async Task<double> MedianAsync(int times, Func<Task> action)
    {
        await action();
        var taken = new double[times];
        for (var i = 0; i < times; i++)
        {
            var started = TimeProvider.System.GetTimestamp();
            await action();
            taken[i] = TimeProvider.System.GetElapsedTime(started).TotalMilliseconds;
        }

        return taken.Median();
    }
}
