using System.Text;
using Nines.Api.Ec2;
using Nines.Client;

namespace Nines.Servers;

/// <summary>Waits until a server that boots answers SSH, and shows what it does until then.</summary>
internal static class BootWait
{
    private static readonly TimeSpan StallTimeout = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan TotalTimeout = TimeSpan.FromMinutes(30);
    private static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(2);

    /// <summary>Ends when the first line of an SSH daemon came.</summary>
    /// <exception cref="UserException">The server ended, or its boot goes on no longer; the message tells the newest line of its console.</exception>
    public static async Task WaitAsync(CloudClient client, Server server, IProgress<string> progress, CancellationToken cancellationToken)
    {
        var address = server.PublicIp ?? throw new UserException($"{server.Id} got no public address");
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var banner = SshBanner.WaitAsync(address, Timeout.InfiniteTimeSpan, over.Token); // the watch gives up, which has more to tell
        var watch = WatchAsync(client, server.Id, address, progress, over.Token);
        var first = await Task.WhenAny(banner, watch);
        await over.CancelAsync();
        await ((Task)Task.WhenAll(banner, watch)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await first;
    }

    private static async Task WatchAsync(CloudClient client, string id, string address, IProgress<string> progress, CancellationToken cancellationToken)
    {
        var boot = new BootProgress(StallTimeout, TotalTimeout, TimeProvider.System);
        while (boot.GivenUp is null)
        {
            await Task.Delay(PollInterval, cancellationToken);
            var server = (await client.DescribeAsync([id], cancellationToken))[0];
            if (server.State != "running")
            {
                throw new UserException($"{id} is {server.State} before it answered SSH: {server.StateReason ?? "no reason was given"}");
            }

            var console = await client.CallAsync(Ec2Api.GetConsoleOutput, new GetConsoleOutputRequest { InstanceId = id, Latest = true }, cancellationToken);
            if (boot.Observe(Encoding.UTF8.GetString(Convert.FromBase64String(console.Output ?? ""))))
            {
                progress.Report($"waiting for SSH; the console of {id} says: {boot.LastLine}");
            }
        }

        var last = boot.LastLine.Length == 0 ? "" : $", the last was '{boot.LastLine}'";
        throw new UserException($"no SSH daemon answered on {address}, and {boot.GivenUp}{last}; see: nines logs {id}");
    }
}
