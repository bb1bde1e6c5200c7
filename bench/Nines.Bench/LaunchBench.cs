using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Nines.Api.Ec2;
using Nines.Client;
using Nines.Composition;
using Nines.Images;
using Nines.Servers;

namespace Nines.Bench;

/// <summary>From RunInstances to the first word of the guest's SSH daemon. Needs root.</summary>
internal static class LaunchBench
{
    private const int Runs = 5;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    public static async Task RunAsync(TextWriter output, CancellationToken cancellationToken)
    {
        var images = LocalImages.Default();
        var image = await images.BuildAsync(images.FindRecipe("tiny")!, rebuild: false, cancellationToken);
        var folder = Directory.CreateTempSubdirectory("nines-bench-");
        File.SetUnixFileMode(folder.FullName, (UnixFileMode)0b111_001_001);
        var state = new CloudPaths(Path.Combine(folder.FullName, "s"));
        var options = new CloudOptions { State = state, Port = 0, PublicPool = "203.0.113.0/24", Egress = false };
        List<double> answered = [], banner = [];
        try
        {
            await using (var cloud = await CloudHost.StartAsync(options, NullLoggerFactory.Instance, cancellationToken))
            {
                Endpoint.Publish(state, cloud.Url);
                using var client = CloudClient.Connect(state);
                await SshKey.EnsureAsync(client, state, cancellationToken);
                var group = await SshGroup.EnsureAsync(client, cancellationToken);
                for (var run = 0; run < Runs; run++)
                {
                    var (answer, total) = await LaunchAsync(client, image.AmiId, group, cancellationToken);
                    answered.Add(answer);
                    banner.Add(total);
                }
            }

            await CloudPurge.RunAsync(state, cancellationToken);
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        await output.WriteLineAsync($"RunInstances answered (durable)         median {answered.Median():0.0} ms of {Runs}");
        await output.WriteLineAsync($"RunInstances to the SSH banner, cold    median {banner.Median():0.00} s of {Runs} (slowest {banner.Max():0.00} s)");
    }

    private static async Task<(double AnswerMilliseconds, double BannerSeconds)> LaunchAsync(
        CloudClient client, string imageId, string group, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        var launched = await client.CallAsync(
            Ec2Api.RunInstances,
            new RunInstancesRequest { ImageId = imageId, MinCount = 1, MaxCount = 1, InstanceType = "t3.micro", KeyName = SshKey.Name, SecurityGroupIds = [group] },
            cancellationToken);
        var answer = clock.Elapsed.TotalMilliseconds;
        var id = launched.Instances![0].InstanceId!;
        var server = (await client.WaitRunningAsync([id], Patience, cancellationToken))[0];
        await SshBanner.WaitAsync(server.PublicIp!, Patience, cancellationToken);
        var total = clock.Elapsed.TotalSeconds;
        await client.CallAsync(Ec2Api.TerminateInstances, new TerminateInstancesRequest { InstanceIds = [id] }, cancellationToken);
        while ((await client.DescribeAsync([id], cancellationToken))[0].State != "terminated")
        {
            await Task.Delay(100, cancellationToken);
        }

        return (answer, total);
    }
}
