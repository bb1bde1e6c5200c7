using System.Globalization;
using Nines.Api.Ec2;
using Instance = Nines.Control.Services.Ec2.Instances.Instance;
using InstanceState = Nines.Control.Services.Ec2.Instances.InstanceState;

namespace Nines.Bench;

/// <summary>
/// What the control plane costs as a cloud grows: answers about instances (handler and serialisation, without HTTP), launches
/// (durable), and the way from a launch to the record that says it runs, with hosts in memory that need no time.
/// </summary>
internal static class ControlBench
{
    private static readonly int[] Sizes = [100, 1_000, 10_000, 100_000];

    public static Task RunAsync(TextWriter output, CancellationToken cancellationToken) => RunAsync(output, Sizes, cancellationToken);

    public static async Task RunAsync(TextWriter output, IReadOnlyList<int> sizes, CancellationToken cancellationToken)
    {
        await output.WriteLineAsync(
            "instances  launch all/s  page 100 us  page 1000 ms  by id us  by tag, all ms  run p50 ms  run p99 ms  run to running p50 ms  heap MiB  heap/instance".AsMemory(),
            cancellationToken);
        foreach (var size in sizes)
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
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var started = TimeProvider.System.GetTimestamp();
        await cloud.LaunchAsync(size, cancellationToken);
        var perSecond = size / TimeProvider.System.GetElapsedTime(started).TotalSeconds;
        var heap = GC.GetTotalMemory(forceFullCollection: true) - before;

        var ids = cloud.Cloud.List(Instance.Table, ControlCloud.Account).Select(instance => instance.Id).ToArray();
        var next = 0;
        var page = await MedianAsync(200, () => cloud.AnswerAsync(Ec2Api.DescribeInstances, new DescribeInstancesRequest { MaxResults = 100 }));
        var thousand = await MedianAsync(20, () => cloud.AnswerAsync(Ec2Api.DescribeInstances, new DescribeInstancesRequest { MaxResults = 1000 }));
        var byId = await MedianAsync(
            500, () => cloud.AnswerAsync(Ec2Api.DescribeInstances, new DescribeInstancesRequest { InstanceIds = [ids[next = (next + 7919) % ids.Length]] }));
        var byTag = await MedianAsync(
            5, () => cloud.AnswerAsync(Ec2Api.DescribeInstances, new DescribeInstancesRequest { Filters = [new Filter { Name = "tag:Name", Values = ["web-*"] }] }));
        var (runs, arrivals) = await LaunchesAsync(cloud, 50, cancellationToken);
        return string.Create(CultureInfo.InvariantCulture,
            $"{size,9:N0} {perSecond,13:N0} {page * 1000,12:N0} {thousand,13:N2} {byId * 1000,9:N0} {byTag,15:N2} {At(runs, 50),11:N2} {At(runs, 99),11:N2} {At(arrivals, 50),22:N2} {heap / 1048576.0,9:N1} {heap / size,14:N0}");
    }

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

        return At(taken, 50);
    }

    private static double At(double[] taken, int percent)
    {
        var sorted = taken.Order().ToArray();
        return sorted[Math.Min(sorted.Length - 1, sorted.Length * percent / 100)];
    }
}
