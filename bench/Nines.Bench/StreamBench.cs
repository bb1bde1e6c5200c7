using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Nines.Api.Ec2;
using Nines.Host.Networks;
using Nines.Host.Processes;

namespace Nines.Bench;

/// <summary>
/// What rules cost two servers that talk to each other: one fetches a file of the other over HTTP, by their networks' rules and, in turn, with all of these taken away
/// from the same taps. Needs root; takes a minute.
/// </summary>
internal static class StreamBench
{
    private const string InstanceType = "t3.small";
    private const int Rounds = 5;
    private const int MiB = 64;

    /// <summary>For a fetch and the second before it.</summary>
    private static readonly TimeSpan Fetch = TimeSpan.FromSeconds(6);

    public static async Task RunAsync(TextWriter output, CancellationToken cancellationToken)
    {
        await using var cloud = new InstantCloud();
        await cloud.StartAsync(cancellationToken);
        var userData = $$"""
            #!/bin/sh
            mkdir -p /var/www/cgi-bin
            mount -t tmpfs none /mnt
            dd if=/dev/zero of=/mnt/file bs=1M count={{MiB}}
            ln -s /mnt/file /var/www/file
            cat >/var/www/cgi-bin/fetch <<'FETCH'
            #!/bin/sh
            echo
            rm -f /run/fetched
            setsid sh /var/www/fetch "$QUERY_STRING" </dev/null >/dev/null 2>&1 &
            FETCH
            cat >/var/www/fetch <<'FETCH'
            sleep 1
            read -r from _ </proc/uptime
            wget -q -O /dev/null "http://$1/file" || exit
            read -r to _ </proc/uptime
            echo $((${to%.*}${to#*.} - ${from%.*}${from#*.})) >/run/fetched
            FETCH
            printf '#!/bin/sh\necho\ncat /run/fetched\n' >/var/www/cgi-bin/fetched
            chmod +x /var/www/cgi-bin/*
            {{InstantCloud.WebServer}}
            """;
        var (ids, _) = await cloud.LaunchAsync(2, cancellationToken, InstanceType, userData);
        var instances = (await cloud.Client.CallAsync(Ec2Api.DescribeInstances, new DescribeInstancesRequest { InstanceIds = ids }, cancellationToken))
            .Reservations!.SelectMany(reservation => reservation.Instances!).ToArray();
        using var guest = new HttpClient { BaseAddress = new Uri($"http://{instances[0].PublicIpAddress}"), Timeout = TimeSpan.FromMinutes(5) };
        var commands = new HostCommands(TimeProvider.System, NullLogger<HostCommands>.Instance);
        var space = Directory.GetFiles(NetworkNames.NamespaceDirectory, $"nines-*-{instances[0].VpcId}")[0];
        var (ruled, bare) = (new List<double>(), new List<double>());
        var rules = (await commands.RunAsync(In("list", "ruleset"), cancellationToken)).Output;
        await FetchAsync(guest, instances[1], null, cancellationToken); // the guests' first is slower
        for (var round = 0; round < Rounds; round++)
        {
            ruled.Add(await FetchAsync(guest, instances[1], null, cancellationToken));
            bare.Add(await FetchAsync(guest, instances[1], In("flush", "ruleset"), cancellationToken));
        }

        await output.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"{MiB} MiB from server to server, one connection: {ruled.Median():N0} MiB/s by the rules, {bare.Median():N0} MiB/s without any ({ruled.Median() / bare.Median():P0}; medians of {Rounds} in turn)").AsMemory(), cancellationToken);

        async Task<double> FetchAsync(HttpClient guest, Instance from, HostCommand? without, CancellationToken cancellationToken)
        {
            // It begins a second later and is asked about at the end: without rules nobody outside reaches a guest.
            await guest.GetStringAsync($"/cgi-bin/fetch?{from.PrivateIpAddress}", cancellationToken);
            if (without is not null)
            {
                await commands.RunAsync(without, cancellationToken);
            }

            await Task.Delay(Fetch, cancellationToken);
            if (without is not null)
            {
                await commands.RunAsync(In("-f", "-") with { StandardInput = rules }, cancellationToken);
            }

            var said = (await guest.GetStringAsync("/cgi-bin/fetched", cancellationToken)).Trim();
            return int.TryParse(said, CultureInfo.InvariantCulture, out var hundredths)
                ? MiB * 100.0 / hundredths
                : throw new InvalidOperationException($"The guest fetched nothing within {Fetch.TotalSeconds:0} s: {said}");
        }

        HostCommand In(params string[] arguments) => new("nsenter", [$"--net={space}", "--", "nft", .. arguments]);
    }
}
