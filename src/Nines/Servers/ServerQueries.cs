using System.Diagnostics;
using Nines.Api.Ec2;
using Nines.Client;

namespace Nines.Servers;

/// <summary>Finds servers and waits for them.</summary>
internal static class ServerQueries
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(50);

    public static async Task<IReadOnlyList<Server>> DescribeAsync(this CloudClient client, IReadOnlyList<string> ids, CancellationToken cancellationToken)
    {
        var result = await client.CallAsync(Ec2Api.DescribeInstances, new DescribeInstancesRequest { InstanceIds = ids }, cancellationToken);
        return [.. (result.Reservations ?? []).SelectMany(reservation => reservation.Instances ?? []).Select(Server.From)];
    }

    /// <summary>One server that runs and can be reached.</summary>
    public static async Task<Server> FindReachableAsync(this CloudClient client, string id, CancellationToken cancellationToken)
    {
        var server = (await client.DescribeAsync([id], cancellationToken))[0];
        return server is { State: "running", PublicIp: not null }
            ? server
            : throw new UserException(server.State != "running"
                ? $"{id} is {server.State}; only a running server can be reached"
                : $"{id} has no public address, so this machine cannot reach it", ExitCode.Unavailable);
    }

    /// <summary>Waits until every server runs; one that ended instead is an error with its reason.</summary>
    public static async Task<IReadOnlyList<Server>> WaitRunningAsync(
        this CloudClient client, IReadOnlyList<string> ids, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        while (true)
        {
            var servers = await client.DescribeAsync(ids, cancellationToken);
            if (servers.FirstOrDefault(server => server.State is not ("pending" or "running")) is { } ended)
            {
                throw new UserException($"{ended.Id} is {ended.State}: {ended.StateReason ?? "no reason was given"}");
            }

            if (servers.All(server => server.State == "running"))
            {
                return servers;
            }

            if (clock.Elapsed > timeout)
            {
                throw new UserException($"the servers did not run within {timeout.TotalSeconds:0} s; see: nines logs");
            }

            await Task.Delay(PollInterval, cancellationToken);
        }
    }
}
