using System.Diagnostics;
using Nines.Api.Ec2;
using Nines.Client;
using Nines.Composition;
using Nines.Control.Admin;
using Nines.Images;
using Nines.Terminal;

namespace Nines.Servers;

/// <summary>One <c>nines run</c>: cloud, image, key, launch, shell or command, end.</summary>
internal static class RunSession
{
    private static readonly TimeSpan RunningTimeout = TimeSpan.FromMinutes(2);

    public static async Task<int> RunAsync(RunRequest request, CancellationToken cancellationToken)
    {
        if (CloudKind.Find(request.State) is { SimulatedHosts: > 0 })
        {
            throw new UserException($"the cloud in {request.State.Path} runs over hosts in memory, where nothing boots; run servers in another with --state", ExitCode.Usage);
        }

        var endpoint = Endpoint.FindRunning(request.State) ?? await StartCloudAsync(request.State, cancellationToken);
        using var client = new CloudClient(endpoint, RootKeys.Read(request.State));
        var image = await LocalImages.Default().EnsureRegisteredAsync(client, request.Image, cancellationToken);
        await SshKey.EnsureAsync(client, request.State, cancellationToken);
        var group = await SshGroup.EnsureAsync(client, cancellationToken);
        var clock = Stopwatch.StartNew();
        var ids = await LaunchAsync(client, request, image, group, cancellationToken);
        return await UseAsync(client, request, image, ids, clock, cancellationToken);
    }

    private static Task<Endpoint> StartCloudAsync(CloudPaths state, CancellationToken cancellationToken)
    {
        var options = new CloudOptions { State = state };
        return Step.RunAsync("start the cloud", _ => DetachedCloud.StartAsync(options, cancellationToken));
    }

    private static async Task<IReadOnlyList<string>> LaunchAsync(
        CloudClient client, RunRequest request, Image image, string groupId, CancellationToken cancellationToken)
    {
        var result = await client.CallAsync(
            Ec2Api.RunInstances,
            new RunInstancesRequest
            {
                ImageId = image.ImageId,
                InstanceType = request.InstanceType,
                MinCount = request.Count,
                MaxCount = request.Count,
                KeyName = SshKey.Name,
                SecurityGroupIds = [groupId],
                UserData = request.UserData is { } bytes ? Convert.ToBase64String(bytes) : null,
                ClientToken = Guid.NewGuid().ToString(),
            },
            cancellationToken);
        return [.. (result.Instances ?? []).Select(instance => instance.InstanceId!)];
    }

    private static async Task<int> UseAsync(
        CloudClient client, RunRequest request, Image image, IReadOnlyList<string> ids, Stopwatch clock, CancellationToken cancellationToken)
    {
        var keep = request.Keep || (request.Count > 1 && request.Command.Count == 0);
        try
        {
            var servers = await Step.RunAsync($"launch {Names(ids)} ({request.InstanceType}, {request.Image})", async progress =>
            {
                progress.Report("waiting for the hypervisor");
                var running = await client.WaitRunningAsync(ids, RunningTimeout, cancellationToken);
                progress.Report("waiting for SSH");
                await Task.WhenAll(running.Select(server => BootWait.WaitAsync(client, server, progress, cancellationToken)));
                return running;
            });
            await TellLaunchesAsync(client, ids, cancellationToken);
            Output.Note($"SSH answered {clock.Elapsed.TotalSeconds:0.0} s after the launch was asked for");
            var user = await client.DefaultUserAsync(image.ImageId!, cancellationToken);
            if (request.Count > 1 && request.Command.Count == 0)
            {
                foreach (var server in servers)
                {
                    Console.WriteLine($"{server.Id}\t{server.PublicIp}");
                }

                return ExitCode.Success;
            }

            var codes = new List<int>();
            foreach (var server in servers)
            {
                codes.Add(await SshSession.RunAsync(request.State, server, user, request.Command, cancellationToken));
            }

            return codes.FirstOrDefault(code => code != 0);
        }
        catch when (request.Keep)
        {
            Output.Note($"kept: {string.Join(' ', ids)}");
            throw;
        }
        finally
        {
            if (!keep)
            {
                await TerminateAsync(client, ids);
            }
            else
            {
                Output.Note($"kept; to end: nines aws ec2 terminate-instances --instance-ids {string.Join(' ', ids)}");
            }
        }
    }

    /// <summary>Says which way each server was launched.</summary>
    private static async Task TellLaunchesAsync(CloudClient client, IReadOnlyList<string> ids, CancellationToken cancellationToken)
    {
        var told = await client.Admin.UsageAsync(new UsageRequest(ids, Measure: false), cancellationToken);
        foreach (var way in told.Servers.Where(server => server.FastLaunched is not null).GroupBy(server => server.FastLaunched == true).OrderByDescending(way => way.Key))
        {
            Output.Note($"launched {(way.Key ? "from kept memory" : "by a boot")}: {string.Join(' ', way.Select(server => server.Id))}");
        }
    }

    /// <summary>Not cancelled by Ctrl-C: a server that nobody asked to keep must not stay.</summary>
    private static async Task TerminateAsync(CloudClient client, IReadOnlyList<string> ids)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        await client.CallAsync(Ec2Api.TerminateInstances, new TerminateInstancesRequest { InstanceIds = ids }, deadline.Token);
    }

    private static string Names(IReadOnlyList<string> ids) => ids.Count == 1 ? ids[0] : $"{ids.Count} servers";
}
