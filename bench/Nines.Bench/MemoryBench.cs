using System.Diagnostics;
using System.Globalization;
using Nines.Api.Ec2;
using Nines.Client;
using Nines.Composition;
using Nines.Servers;

namespace Nines.Bench;

/// <summary>What the cloud's own process holds with 10,000 recorded instances on hosts in memory: the program as it is shipped.</summary>
internal static class MemoryBench
{
    private const int Instances = 10_000;
    private const int PerLaunch = 500;
    private const int Hosts = 12;

    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(3);

    public static async Task RunAsync(TextWriter output, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("nines-bench-");
        var state = new CloudPaths(Path.Combine(folder.FullName, "s"));
        try
        {
            await output.WriteLineAsync($"resident memory of the cloud, MiB, {Instances:N0} instances on {Hosts} hosts in memory".AsMemory(), cancellationToken);
            await NinesAsync(cancellationToken, "up", "--detach", "--port", "0", "--simulated-hosts", $"{Hosts}", "--state", state.Path);
            await PrintAsync(output, state, "empty");
            using (var client = CloudClient.Connect(state))
            {
                await LaunchAsync(client, cancellationToken);
            }

            await PrintAsync(output, state, "right after launching them");
            await PrintQuietAsync(output, state, cancellationToken);
            await DescribeAllAsync(state, cancellationToken);
            await PrintAsync(output, state, "after all were described");
            await PrintQuietAsync(output, state, cancellationToken);
            await NinesAsync(cancellationToken, "down", "--state", state.Path);
            await NinesAsync(cancellationToken, "up", "--detach", "--port", "0", "--simulated-hosts", $"{Hosts}", "--state", state.Path);
            await PrintAsync(output, state, "after a restart");
            await DescribeAllAsync(state, cancellationToken);
            await PrintAsync(output, state, "after a restart, all described");
        }
        finally
        {
            await NinesAsync(CancellationToken.None, "down", "--purge", "--state", state.Path);
            folder.Delete(recursive: true);
        }
    }

    private static async Task LaunchAsync(CloudClient client, CancellationToken cancellationToken)
    {
        var image = (await client.FindImageAsync("tiny", cancellationToken))!.ImageId;
        for (var launched = 0; launched < Instances; launched += PerLaunch)
        {
            await client.CallAsync(
                Ec2Api.RunInstances,
                new RunInstancesRequest { ImageId = image, InstanceType = "t3.nano", MinCount = PerLaunch, MaxCount = PerLaunch },
                cancellationToken);
        }

        var clock = Stopwatch.StartNew();
        while ((await client.Admin.StatusAsync(cancellationToken)).Counts.GetValueOrDefault("instances running") < Instances)
        {
            if (clock.Elapsed > s_patience)
            {
                throw new TimeoutException("The instances do not run.");
            }

            await Task.Delay(100, cancellationToken);
        }
    }

    private static async Task DescribeAllAsync(CloudPaths state, CancellationToken cancellationToken)
    {
        using var client = CloudClient.Connect(state);
        string? token = null;
        do
        {
            token = (await client.CallAsync(Ec2Api.DescribeInstances, new DescribeInstancesRequest { MaxResults = 100, NextToken = token }, cancellationToken)).NextToken;
        }
        while (token is not null);
    }

    private static async Task PrintQuietAsync(TextWriter output, CloudPaths state, CancellationToken cancellationToken)
    {
        await Task.Delay(TimeSpan.FromSeconds(4), cancellationToken);
        await PrintAsync(output, state, "  four seconds later");
    }

    private static async Task PrintAsync(TextWriter output, CloudPaths state, string when)
    {
        var status = await File.ReadAllLinesAsync($"/proc/{Endpoint.GetRunning(state).ProcessId}/status");
        await output.WriteLineAsync($"{when,-40} {Resident("VmRSS:"),6:N0}   (most so far {Resident("VmHWM:"):N0}, of it files {Resident("RssFile:"):N0})");

        double Resident(string field)
        {
            var line = status.First(line => line.StartsWith(field, StringComparison.Ordinal));
            return double.Parse(line[field.Length..].Replace("kB", "", StringComparison.Ordinal).Trim(), CultureInfo.InvariantCulture) / 1024;
        }
    }

    private static async Task NinesAsync(CancellationToken cancellationToken, params string[] arguments)
    {
        var program = Path.Combine(SourceTree.Root, "artifacts", "app", "nines");
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        var said = await process.StandardError.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException(said);
        }
    }
}
