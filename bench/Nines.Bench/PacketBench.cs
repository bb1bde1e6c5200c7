using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Nines.Host;
using Nines.Host.Api;
using Nines.Host.Networks;
using Nines.Host.Processes;

namespace Nines.Bench;

/// <summary>
/// What rules cost packets: how soon one obeys a changed group, and how many pass between two adapters beside the same network with all its rules taken
/// away, and with flow logs. Guests are namespaces in the taps' place. Needs root; everything is inside namespaces of its own, for half a minute.
/// </summary>
internal static class PacketBench
{
    private const string VpcId = "vpc-0be0be0be0be0be0c";
    private const string SubnetId = "subnet-0be0be0be0be0be0c";
    private const string GroupId = "sg-0be0be0be0be0be0c";
    private const int Port = 5001;
    private const int Changes = 10;
    private const int Rounds = 5;
    private static readonly TimeSpan Round = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public static async Task RunAsync(TextWriter output, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("nines-bench-").FullName;
        File.SetUnixFileMode(folder, (UnixFileMode)0b111_101_101);
        var host = new HostOptions { HostId = "bench", StateDirectory = folder + "/state", RunDirectory = folder + "/run", ImagesDirectory = folder, QemuUser = "nobody" };
        var options = new NetworkOptions { PublicPool = "240.254.252.0/24", Egress = Egress.None, ResolverFile = null, VerifyInterval = TimeSpan.Zero };
        var commands = new HostCommands(TimeProvider.System, NullLogger<HostCommands>.Instance);
        await using var networks = HostNetworks.Create(host, options, commands, TimeProvider.System, NullLoggerFactory.Instance);
        string[] guests = [.. Enumerable.Range(1, 2).Select(number => $"nb-{host.Scope}-{number}")];
        var bed = new Bed(networks, commands, guests);
        try
        {
            await bed.ApplyAsync(isOpen: true, isLogged: false, cancellationToken);
            for (var number = 1; number <= guests.Length; number++)
            {
                await bed.PlugAsync(number, cancellationToken);
            }

            await MeasureChangesAsync(bed, output, cancellationToken);
            await MeasureThroughputAsync(bed, output, cancellationToken);
        }
        finally
        {
            foreach (var guest in guests)
            {
                await commands.RunAsync(new HostCommand("ip", "netns", "delete", guest) { AcceptedExitCodes = [0, 1] }, CancellationToken.None);
            }

            await networks.PurgeAsync(CancellationToken.None);
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>From the order to open a port until a datagram comes through it; one is sent each millisecond.</summary>
    private static async Task MeasureChangesAsync(Bed bed, TextWriter output, CancellationToken cancellationToken)
    {
        var times = new List<double>();
        for (var change = 0; change < Changes; change++)
        {
            await bed.ApplyAsync(isOpen: false, isLogged: false, cancellationToken);
            using var receiver = bed.Open(2, SocketType.Dgram);
            receiver.Bind(new IPEndPoint(IPAddress.Any, Port));

            // A socket of its own each time: the kernel would know the connection of the last.
            using var sender = bed.Open(1, SocketType.Dgram);
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            stop.CancelAfter(Patience);
            var arrival = receiver.ReceiveAsync(new byte[16], stop.Token).AsTask();
            var sending = SendEachMillisecondAsync(sender, stop.Token);
            var started = TimeProvider.System.GetTimestamp();
            await Task.WhenAll(bed.ApplyAsync(isOpen: true, isLogged: false, cancellationToken), arrival);
            times.Add(TimeProvider.System.GetElapsedTime(started).TotalMilliseconds);
            await stop.CancelAsync();
            await sending;
        }

        await output.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture, $"group changed to first packet through: median {times.Median():N0} ms, most {times.Max():N0} ms of {times.Count}").AsMemory(), cancellationToken);
    }

    private static async Task SendEachMillisecondAsync(Socket sender, CancellationToken stop)
    {
        try
        {
            while (true)
            {
                await sender.SendToAsync(new byte[] { 1 }, new IPEndPoint(IPAddress.Parse(Bed.AddressOf(2)), Port), stop);
                await Task.Delay(1, stop);
            }
        }
        catch (OperationCanceledException)
        {
            // It came, or never will.
        }
    }

    private static async Task MeasureThroughputAsync(Bed bed, TextWriter output, CancellationToken cancellationToken)
    {
        var modes = new (string Name, Func<Task> Set)[]
        {
            ("rules", () => bed.ApplyAsync(isOpen: true, isLogged: false, cancellationToken)),
            ("rules and flow logs", () => bed.ApplyAsync(isOpen: true, isLogged: true, cancellationToken)),
            ("no rules", () => bed.FlushAsync(cancellationToken)),
        };
        var figures = modes.ToDictionary(mode => mode.Name, _ => (Bytes: new List<double>(), Datagrams: new List<double>()));
        for (var round = 0; round < Rounds; round++)
        {
            foreach (var (name, set) in modes)
            {
                await set();
                figures[name].Bytes.Add(await StreamAsync(bed, cancellationToken));
                figures[name].Datagrams.Add(await DatagramsAsync(bed, cancellationToken));
            }
        }

        var peer = figures["no rules"];
        await output.WriteLineAsync("with                   TCP MB/s  beside none   UDP datagrams/s  beside none".AsMemory(), cancellationToken);
        foreach (var (name, _) in modes)
        {
            var (bytes, datagrams) = (figures[name].Bytes.Median(), figures[name].Datagrams.Median());
            await output.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture,
                $"{name,-21} {bytes / 1e6,9:N0} {bytes / peer.Bytes.Median(),12:P0} {datagrams,17:N0} {datagrams / peer.Datagrams.Median(),12:P0}").AsMemory(), cancellationToken);
        }
    }

    /// <summary>Bytes a second of one TCP connection.</summary>
    private static async Task<double> StreamAsync(Bed bed, CancellationToken cancellationToken)
    {
        using var listener = bed.Open(2, SocketType.Stream);
        listener.Bind(new IPEndPoint(IPAddress.Any, Port));
        listener.Listen();
        using var sender = bed.Open(1, SocketType.Stream);
        await sender.ConnectAsync(IPAddress.Parse(Bed.AddressOf(2)), Port, cancellationToken);
        using var receiver = await listener.AcceptAsync(cancellationToken);
        var receiving = Task.Run(() => Count(receiver, 1 << 18, bytes => bytes), cancellationToken);
        var started = TimeProvider.System.GetTimestamp();
        var buffer = new byte[1 << 18];
        await Task.Run(
            () =>
            {
                while (TimeProvider.System.GetElapsedTime(started) < Round)
                {
                    sender.Send(buffer);
                }
            },
            cancellationToken);
        sender.Shutdown(SocketShutdown.Send);
        return await receiving / TimeProvider.System.GetElapsedTime(started).TotalSeconds;
    }

    /// <summary>Small datagrams a second that come through.</summary>
    private static async Task<double> DatagramsAsync(Bed bed, CancellationToken cancellationToken)
    {
        using var receiver = bed.Open(2, SocketType.Dgram);
        receiver.Bind(new IPEndPoint(IPAddress.Any, Port));
        receiver.ReceiveTimeout = 200;
        using var sender = bed.Open(1, SocketType.Dgram);
        await sender.ConnectAsync(IPAddress.Parse(Bed.AddressOf(2)), Port, cancellationToken);
        var receiving = Task.Run(() => Count(receiver, 2048, _ => 1), cancellationToken);
        var started = TimeProvider.System.GetTimestamp();
        await Task.Run(
            () =>
            {
                var datagram = new byte[64];
                while (TimeProvider.System.GetElapsedTime(started) < Round)
                {
                    sender.Send(datagram);
                }
            },
            cancellationToken);
        return await receiving / Round.TotalSeconds;
    }

    private static double Count(Socket receiver, int size, Func<int, long> of)
    {
        var buffer = new byte[size];
        var sum = 0L;
        try
        {
            while (receiver.Receive(buffer) is var read and > 0)
            {
                sum += of(read);
            }
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.TimedOut)
        {
            // The last datagram came.
        }

        return sum;
    }

    /// <summary>The network, and the namespaces that stand for its guests.</summary>
    private sealed class Bed(HostNetworks networks, HostCommands commands, string[] guests)
    {
        private long _generation;

        public static string AddressOf(int number) => $"172.31.16.{number + 3}";

        public async Task ApplyAsync(bool isOpen, bool isLogged, CancellationToken cancellationToken)
        {
            var status = (await networks.ApplyAsync(new() { Generation = ++_generation, Vpcs = ImmutableDictionary<string, VpcSpec>.Empty.Add(VpcId, Network(isOpen, isLogged)) }, cancellationToken))[VpcId];
            if (status.Message is { } message)
            {
                throw new InvalidOperationException(message);
            }
        }

        /// <summary>Takes all rules away.</summary>
        public Task FlushAsync(CancellationToken cancellationToken) =>
            commands.RunAsync(new("nsenter", $"--net={networks.NamespacePathOf(VpcId)}", "--", "nft", "flush", "ruleset"), cancellationToken);

        public async Task PlugAsync(int number, CancellationToken cancellationToken)
        {
            var (guest, vpc, adapter) = (guests[number - 1], Path.GetFileName(networks.NamespacePathOf(VpcId)), Adapter(number));
            var tap = networks.TapOf(adapter.Id);
            string[] lines =
            [
                $"netns add {guest}",
                $"-n {vpc} link delete dev {tap}",
                $"-n {vpc} link add {tap} type veth peer name eth0 netns {guest}",
                $"-n {guest} link set eth0 address {adapter.MacAddress} up",
                $"-n {guest} address add {AddressOf(number)}/20 dev eth0",
                $"-n {guest} route add default via 172.31.16.1",
            ];
            foreach (var line in lines)
            {
                await commands.RunAsync(new("ip", [.. line.Split(' ')]), cancellationToken);
            }

            await ApplyAsync(isOpen: true, isLogged: false, cancellationToken);
        }

        public Socket Open(int number, SocketType type) =>
            NetworkNamespace.Run(NetworkNames.PathOf(guests[number - 1]), () => new Socket(AddressFamily.InterNetwork, type, ProtocolType.Unspecified));

        private static VpcSpec Network(bool isOpen, bool isLogged) => new()
        {
            Id = VpcId,
            CidrBlocks = ["172.31.0.0/16"],
            DomainName = "ec2.internal",
            Subnets = ImmutableDictionary<string, SubnetSpec>.Empty.Add(SubnetId, new(SubnetId, "172.31.16.0/20")),
            SecurityGroups = ImmutableDictionary<string, SecurityGroupSpec>.Empty.Add(GroupId, new()
            {
                Id = GroupId,
                Ingress = isOpen ? [new(6, Port, Port, "0.0.0.0/0", null), new(17, Port, Port, "0.0.0.0/0", null)] : [],
                Egress = [new(-1, -1, -1, "0.0.0.0/0", null)],
            }),
            Interfaces = Enumerable.Range(1, 2).Select(Adapter).ToImmutableDictionary(adapter => adapter.Id),
            FlowLogs = isLogged ? new() { AccountId = "1", Region = "us-east-1", Logs = [new("fl-1", VpcId, FlowTraffic.All, "bench", FlowLogFormat.Default)] } : null,
        };

        private static InterfaceSpec Adapter(int number) => new()
        {
            Id = $"eni-{number:x17}",
            VmId = $"i-{number:x17}",
            SubnetId = SubnetId,
            MacAddress = $"02:00:00:00:00:0{number}",
            PrivateIpAddress = AddressOf(number),
            HostName = $"ip-172-31-16-{number + 3}",
            SecurityGroupIds = [GroupId],
        };
    }
}
