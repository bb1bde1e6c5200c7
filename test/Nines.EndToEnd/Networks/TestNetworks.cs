using System.Collections.Immutable;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Nines.Host;
using Nines.Host.Api;
using Nines.Host.Networks;
using Nines.Host.Processes;

namespace Nines.EndToEnd.Networks;

/// <summary>
/// The networks of a cloud of its own, on this machine, and guests in them. A guest is a namespace whose adapter takes the tap's
/// place, so that packets prove what a virtual machine would see, without one. Nothing leaves namespaces and loopback.
/// </summary>
internal sealed class TestNetworks : IAsyncDisposable
{
    public const string VpcId = "vpc-0a0a0a0a0a0a0a0a0";
    public const string SubnetId = "subnet-0b0b0b0b0b0b0b0b0";
    public const string RouteTableId = "rtb-0d0d0d0d0d0d0d0d0";
    public const string GroupId = "sg-0c0c0c0c0c0c0c0c0";

    private readonly string _folder = Directory.CreateTempSubdirectory("nines-networks-").FullName;
    private readonly List<Guest> _guests = [];
    private long _generation;

    /// <param name="configure">Changes the options of a cloud that has no way out and no resolver.</param>
    public TestNetworks(Func<NetworkOptions, NetworkOptions>? configure = null)
    {
        Pool = PublicPools.Next();
        Host = new()
        {
            HostId = "host-1",
            StateDirectory = Path.Combine(_folder, "state"),
            RunDirectory = Path.Combine(_folder, "run"),
            ImagesDirectory = Path.Combine(_folder, "images"),
            QemuUser = "nobody",
        };
        Options = new() { PublicPool = Pool + "0/24", Egress = Egress.None, ResolverFile = null, VerifyInterval = TimeSpan.Zero, SupervisionInterval = TimeSpan.FromMilliseconds(100) };
        Options = configure?.Invoke(Options) ?? Options;
        File.SetUnixFileMode(_folder, (UnixFileMode)0b111_101_101);
        Commands = new(TimeProvider.System, NullLogger<HostCommands>.Instance);
        Start();
    }

    public HostOptions Host { get; }

    public NetworkOptions Options { get; }

    public HostCommands Commands { get; }

    /// <summary>The first three numbers of the public pool with a dot behind.</summary>
    public string Pool { get; }

    public HostNetworks Networks { get; private set; } = null!;

    /// <summary>What shall be; change it and apply.</summary>
    public HostState State { get; set; } = new()
    {
        Generation = 0,
        Vpcs = ImmutableDictionary<string, VpcSpec>.Empty.Add(VpcId, new()
        {
            Id = VpcId,
            CidrBlocks = ["172.31.0.0/16"],
            DomainName = "ec2.internal",
            Subnets = ImmutableDictionary<string, SubnetSpec>.Empty.Add(SubnetId, new(SubnetId, "172.31.16.0/20", RouteTableId)),
            RouteTables = ImmutableDictionary<string, RouteTableSpec>.Empty.Add(
                RouteTableId, new() { Id = RouteTableId, Routes = [new("0.0.0.0/0", RouteTarget.Internet)] }),
            SecurityGroups = ImmutableDictionary<string, SecurityGroupSpec>.Empty.Add(GroupId, Group(GroupId)),
        }),
    };

    public VpcSpec Vpc
    {
        get => State.Vpcs[VpcId];
        set => State = State with { Vpcs = State.Vpcs.SetItem(VpcId, value) };
    }

    public string VpcNamespace => Networks.NamespacePathOf(VpcId);

    /// <summary>A group that lets all out and in only what is given.</summary>
    public static SecurityGroupSpec Group(string id, params SecurityGroupRuleSpec[] ingress) => new()
    {
        Id = id,
        Ingress = [.. ingress],
        Egress = [new(-1, -1, -1, "0.0.0.0/0", null)],
    };

    public static SecurityGroupRuleSpec Tcp(int port, string block = "0.0.0.0/0") => new(6, port, port, block, null);

    /// <summary>Replaces a group's rules for what comes in.</summary>
    public void Allow(params SecurityGroupRuleSpec[] ingress) =>
        Vpc = Vpc with { SecurityGroups = Vpc.SecurityGroups.SetItem(GroupId, Vpc.SecurityGroups[GroupId] with { Ingress = [.. ingress] }) };

    /// <summary>One more network that is like the first, with the same addresses.</summary>
    public void AddNetwork(string vpcId) => State = State with { Vpcs = State.Vpcs.Add(vpcId, Vpc with { Id = vpcId, Interfaces = Vpc.Interfaces.Clear() }) };

    /// <summary>A new machine with one adapter, its guest plugged in and its address set.</summary>
    /// <param name="number">1 to 9; the address ends in it and three, unless <paramref name="privateAddress"/> is given.</param>
    public async Task<Guest> AddGuestAsync(int number, string? publicAddress = null, string groupId = GroupId, bool configured = true, string? privateAddress = null, string vpcId = VpcId, string subnetId = SubnetId)
    {
        var adapter = new InterfaceSpec
        {
            Id = $"eni-0000000000000000{number}",
            VmId = $"i-0000000000000000{number}",
            SubnetId = subnetId,
            MacAddress = $"02:00:00:00:00:0{number}",
            PrivateIpAddress = privateAddress ?? $"172.31.16.{number + 3}",
            PublicIpAddress = publicAddress,
            HostName = $"ip-172-31-16-{number + 3}",
            SecurityGroupIds = [groupId],
        };
        var vpc = State.Vpcs[vpcId];
        State = State with
        {
            Vpcs = State.Vpcs.SetItem(vpcId, vpc with { Interfaces = vpc.Interfaces.SetItem(adapter.Id, adapter) }),
            Vms = State.Vms.SetItem(adapter.VmId, MachineOf(adapter, vpcId, number)),
        };
        await ApplyAsync();
        var guest = await PlugAsync(number, vpcId, adapter);
        if (configured)
        {
            await guest.ConfigureAsync(subnetId == SubnetId ? "172.31.16.1" : "172.31.32.1", TestContext.Current.CancellationToken);
        }

        return guest;
    }

    /// <summary>Plugs a guest into an adapter that was applied; its address is not set.</summary>
    public async Task<Guest> PlugAsync(int number, string vpcId, InterfaceSpec adapter)
    {
        // Not the cloud's own name, by which its traces are looked for.
        var guest = new Guest($"nt-{Host.Scope[4..]}{Host.Scope[..4]}-{number}", adapter, Commands);
        _guests.Add(guest);
        await guest.PlugAsync(Path.GetFileName(Networks.NamespacePathOf(vpcId)), Networks.TapOf(adapter.Id), TestContext.Current.CancellationToken);
        await ApplyAsync();
        return guest;
    }

    public async Task<VpcStatus> ApplyAsync()
    {
        State = State with { Generation = ++_generation };
        var statuses = await Networks.ApplyAsync(State, TestContext.Current.CancellationToken);
        statuses.Values.Select(status => status.Message).ShouldAllBe(message => message == null);
        return statuses[VpcId];
    }

    /// <summary>Ends this program's part and begins it anew, as a restart of Nines does.</summary>
    public async Task RestartAsync()
    {
        await Networks.DisposeAsync();
        Start();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var guest in _guests)
        {
            await guest.DisposeAsync();
        }

        await Networks.PurgeAsync(CancellationToken.None);
        await Networks.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private void Start() =>
        Networks = HostNetworks.Create(Host, Options, Commands, TimeProvider.System, NullLoggerFactory.Instance);

    private static VmSpec MachineOf(InterfaceSpec adapter, string vpcId, int number) => new()
    {
        Id = adapter.VmId,
        ImageDigest = "sha256-tiny",
        InstanceType = "t3.micro",
        Power = VmPower.Running,
        BootGeneration = 1,
        VCpus = 2,
        MemoryMiB = 1024,
        CpuLimitPercent = 20,
        Interfaces = [new(adapter.Id, vpcId, adapter.MacAddress, 0)],
        Metadata = new()
        {
            AccountId = "123456789012",
            Region = "us-east-1",
            AvailabilityZone = "us-east-1a",
            AvailabilityZoneId = "use1-az1",
            ImageId = "ami-0123456789abcdef0",
            ReservationId = "r-0123456789abcdef0",
            LaunchIndex = 0,
            LaunchTime = DateTimeOffset.UnixEpoch.AddDays(number),
        },
    };

    /// <summary>What is on the machine that has this cloud's name or folder, by kind; empty after a purge.</summary>
    public async Task<List<string>> TracesAsync()
    {
        var traces = new List<string>();
        foreach (var (program, arguments) in new[] { ("ip", "netns list"), ("ip", "-o link show"), ("ip", "route show"), ("nft", "list tables") })
        {
            var result = await Commands.RunAsync(new(program, [.. arguments.Split(' ')]), CancellationToken.None);
            traces.AddRange(result.Output.Split('\n').Where(line => line.Contains(Host.Scope, StringComparison.Ordinal) || line.Contains(Pool, StringComparison.Ordinal)));
        }

        traces.AddRange(Directory.GetDirectories("/proc").Where(path => int.TryParse(Path.GetFileName(path), CultureInfo.InvariantCulture, out _)).Select(CommandLine).Where(line => line.Contains(_folder, StringComparison.Ordinal)));
        traces.AddRange(Directory.Exists(Host.RunDirectory) ? Directory.GetFileSystemEntries(Host.RunDirectory) : []);
        return traces;
    }

    private static string CommandLine(string processFolder)
    {
        try
        {
            return File.ReadAllText(Path.Combine(processFolder, "cmdline"));
        }
        catch (IOException)
        {
            return "";
        }
    }
}
