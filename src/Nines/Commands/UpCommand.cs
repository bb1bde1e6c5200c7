using System.CommandLine;
using System.Net;
using System.Text.RegularExpressions;
using Nines.Composition;
using Nines.Control.Identity;
using Nines.Control.Services.Ec2.Addresses;
using Nines.Terminal;

namespace Nines.Commands;

/// <summary><c>nines up</c></summary>
internal static partial class UpCommand
{
    public static Command Create()
    {
        var state = CommonOptions.State();
        var detach = new Option<bool>("--detach", "-d") { Description = "Return when the cloud is ready; it goes on in the background." };
        var port = new Option<int>("--port") { Description = "TCP port of the API; 0 takes a free one.", DefaultValueFactory = _ => CloudOptions.DefaultPort };
        var listen = new Option<string>("--listen") { Description = "Address that the API listens on.", DefaultValueFactory = _ => "127.0.0.1", HelpName = "ADDRESS" };
        var zones = new Option<int>("--zones") { Description = "Number of availability zones (1 to 6).", DefaultValueFactory = _ => 3 };
        var simulated = new Option<int?>("--simulated-hosts") { Description = "Run over N hosts in memory: servers take their states and times, nothing boots, no root needed. A state directory stays what it was begun as.", HelpName = "N" };
        var account = new Option<string?>("--account") { Description = "Account id, 12 digits (default: $NINES_ACCOUNT_ID, else 123456789012).", HelpName = "ID" };
        var region = new Option<string?>("--region") { Description = "Region's name (default: $NINES_REGION, else us-east-1).", HelpName = "NAME" };
        var accessKey = new Option<string?>("--access-key") { Description = "Root access key id (default: $NINES_ACCESS_KEY_ID, else made at the first start).", HelpName = "ID" };
        var noEgress = new Option<bool>("--no-egress") { Description = "Do not let servers reach what this machine reaches." };
        var pool = new Option<string>("--public-pool") { Description = "Block that public addresses are of; two clouds on one machine need two.", DefaultValueFactory = _ => Host.Api.PublicPool.Default, HelpName = "CIDR" };
        var overcommit = new Option<int>("--memory-overcommit") { Description = "Memory that servers may be promised, in percent of what the hosts have; above 100 a host may run out of it.", DefaultValueFactory = _ => 100, HelpName = "PERCENT" };
        var cpuOvercommit = new Option<int>("--cpu-overcommit") { Description = "Virtual processors that servers may be promised for each processor of a host.", DefaultValueFactory = _ => 64, HelpName = "N" };
        var mirror = new Option<string?>("--mirror") { Description = "A folder on another disk: io2 volumes have a second copy there, and every write is on both before a server is told that it is done; volumes tagged nines:replication=asynchronous have one that follows. Remembered.", HelpName = "DIR" };
        var scrub = new Option<double>("--scrub-hours") { Description = "How often the two copies of each io2 volume in use are compared, in hours; parts of hours too.", DefaultValueFactory = _ => 24, HelpName = "HOURS" };
        var copy = new Option<double>("--copy-seconds") { Description = "How often a volume in use that is tagged nines:replication=asynchronous is copied to the folder of --mirror, in seconds.", DefaultValueFactory = _ => 10, HelpName = "SECONDS" };
        var accessLog = new Option<bool>("--access-log") { Description = "Log a line for every request." };
        var command = new Command("up", "Start the cloud. Servers that ran before go on running and are found again.")
        {
            state, detach, port, listen, zones, simulated, account, region, accessKey, noEgress, pool, overcommit, cpuOvercommit, mirror, scrub, copy, accessLog,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var directory = parsed.GetState(state);
            var options = Check(new CloudOptions
            {
                State = directory,
                Listen = IPAddress.TryParse(parsed.GetValue(listen), out var address) ? address : throw Usage($"--listen takes an IP address, not '{parsed.GetValue(listen)}'"),
                Port = parsed.GetValue(port),
                Zones = parsed.GetValue(zones),
                SimulatedHosts = CloudKind.SimulatedHostsOf(directory, parsed.GetValue(simulated)),
                AccountId = parsed.GetValue(account) ?? Variable("NINES_ACCOUNT_ID"),
                Region = parsed.GetValue(region) ?? Variable("NINES_REGION") ?? IdentityOptions.DefaultRegion,
                AccessKeyId = parsed.GetValue(accessKey) ?? Variable("NINES_ACCESS_KEY_ID"),
                // Never an option: other users can read a process's arguments.
                SecretAccessKey = Variable("NINES_SECRET_ACCESS_KEY"),
                Egress = !parsed.GetValue(noEgress),
                PublicPool = parsed.GetValue(pool)!,
                CpuOvercommit = parsed.GetValue(cpuOvercommit),
                MemoryOvercommitPercent = parsed.GetValue(overcommit),
                Mirror = MirrorFolder.Find(directory, parsed.GetValue(mirror)),
                ScrubInterval = parsed.GetValue(scrub) is > 0 and <= CloudOptions.MaxScrubHours and var hours ? TimeSpan.FromHours(hours) : throw Usage($"--scrub-hours takes a number above 0, {CloudOptions.MaxScrubHours} at most"),
                ReplicaInterval = parsed.GetValue(copy) is >= 1 and <= CloudOptions.MaxCopySeconds and var seconds ? TimeSpan.FromSeconds(seconds) : throw Usage($"--copy-seconds takes 1 to {CloudOptions.MaxCopySeconds}"),
                AccessLog = parsed.GetValue(accessLog),
            });
            if (options.Mirror is { } second && Directory.Exists(directory.Path) && FileSystems.AreOne(second, directory.Path))
            {
                Output.Note($"second copies in {second} lie on the file system of the first: they do not outlive it. Name a folder on another disk with --mirror");
            }

            return parsed.GetValue(detach)
                ? await DetachAsync(options, cancellationToken)
                : await CloudDaemon.RunAsync(options, cancellationToken);
        });
        return command;
    }

    private static async Task<int> DetachAsync(CloudOptions options, CancellationToken cancellationToken)
    {
        var endpoint = await Step.RunAsync("start the cloud", progress => DetachedCloud.StartAsync(options, cancellationToken));
        Output.Note($"the API listens on {endpoint.Url}; for any AWS tool: eval \"$(nines env{options.State.Option})\"");
        return ExitCode.Success;
    }

    private static CloudOptions Check(CloudOptions options)
    {
        if (options.Port is < 0 or > 65535)
        {
            throw Usage($"--port takes 0 to 65535, not {options.Port}");
        }

        if (options.Zones is < 1 or > CloudOptions.MaxZones)
        {
            throw Usage($"--zones takes 1 to {CloudOptions.MaxZones}, not {options.Zones}");
        }

        if (options.SimulatedHosts is < 0 or > CloudOptions.MaxSimulatedHosts)
        {
            throw Usage($"--simulated-hosts takes 0 to {CloudOptions.MaxSimulatedHosts}, not {options.SimulatedHosts}");
        }

        if (options.MemoryOvercommitPercent is < 1 or > CloudOptions.MaxMemoryOvercommitPercent)
        {
            throw Usage($"--memory-overcommit takes 1 to {CloudOptions.MaxMemoryOvercommitPercent} percent, not {options.MemoryOvercommitPercent}");
        }

        if (options.CpuOvercommit is < 1 or > CloudOptions.MaxCpuOvercommit)
        {
            throw Usage($"--cpu-overcommit takes 1 to {CloudOptions.MaxCpuOvercommit}, not {options.CpuOvercommit}");
        }

        if (options.AccountId is { } id && !AccountId().IsMatch(id))
        {
            throw Usage($"an account id has 12 digits: '{options.AccountId}' does not");
        }

        if (!RegionName().IsMatch(options.Region))
        {
            throw Usage($"'{options.Region}' is not the name of a region, such as us-east-1");
        }

        if (options.AccessKeyId is null != options.SecretAccessKey is null)
        {
            throw Usage("give both root keys or none: NINES_ACCESS_KEY_ID (or --access-key) and NINES_SECRET_ACCESS_KEY");
        }

        if (!Ipv4Block.TryParse(options.PublicPool, out var pool) || pool.PrefixLength is < 8 or > 24)
        {
            throw Usage($"--public-pool takes an IPv4 block from /8 to /24, not '{options.PublicPool}'");
        }

        if (options.SimulatedHosts == 0 && !Environment.IsPrivilegedProcess)
        {
            throw new UserException(
                "real servers need root (namespaces, taps, cgroups): start again with sudo, or with --simulated-hosts 1 for the API alone", ExitCode.NoPermission);
        }

        return options;
    }

    private static UserException Usage(string message) => new(message, ExitCode.Usage);

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;

    [GeneratedRegex(@"^\d{12}$")]
    private static partial Regex AccountId();

    [GeneratedRegex(@"^[a-z]{2,3}(-[a-z]+)+-\d$")]
    private static partial Regex RegionName();
}
