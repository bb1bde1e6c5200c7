using System.Collections.Immutable;
using System.Diagnostics;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Nines.Host;
using Nines.Host.Api;
using Nines.Host.Images;
using Nines.Host.Networks;
using Nines.Host.Processes;

namespace Nines.EndToEnd.Host;

/// <summary>A real host on this machine, in folders of its own, with one network; ends with nothing left.</summary>
internal sealed class TestHost : IAsyncDisposable
{
    public const string FastLaunchOwner = "everybody";
    public const string VpcId = "vpc-0d0d0d0d0d0d0d0d0";
    public const string OtherVpcId = "vpc-0d0d0d0d0d0d0d0d1";
    private const string SubnetId = "subnet-0d0d0d0d0d0d0d0d0";
    private const string RouteTableId = "rtb-0d0d0d0d0d0d0d0d0";
    private const string GroupId = "sg-0d0d0d0d0d0d0d0d0";
    private readonly string _folder = Directory.CreateTempSubdirectory("nines-host-").FullName;
    private HostNetworks? _networks;
    private long _generation;

    public TestHost()
    {
        File.SetUnixFileMode(_folder, (UnixFileMode)0b111_001_001);
        Options = new()
        {
            HostId = "host-1",
            StateDirectory = Path.Combine(_folder, "state"),
            RunDirectory = Path.Combine(_folder, "run"),
            ImagesDirectory = Path.Combine(Path.GetTempPath(), "nines-test-images"),
        };
        NetworkOptions = new() { PublicPool = PublicPools.Next() + "0/24", Egress = Egress.None, ResolverFile = null };
        Commands = new(TimeProvider.System, NullLogger<HostCommands>.Instance);
        Images = new(Options.ImagesDirectory, Commands, TimeProvider.System);
        Desired = new()
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
                SecurityGroups = ImmutableDictionary<string, SecurityGroupSpec>.Empty.Add(
                    GroupId, new() { Id = GroupId, Egress = [new(-1, -1, -1, "0.0.0.0/0", null)] }),
            }),
        };
    }

    public HostOptions Options { get; set; }

    public NetworkOptions NetworkOptions { get; }

    public HostCommands Commands { get; }

    public ImageStore Images { get; }

    public HostAgent Agent { get; private set; } = null!;

    /// <summary>What shall be; change it and apply.</summary>
    public HostState Desired { get; set; }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>The image tiny, built once for all tests of this machine.</summary>
    public async Task<Image> TinyAsync()
    {
        var builder = new ImageBuilder(Images, Commands, TimeProvider.System, NullLogger<ImageBuilder>.Instance);
        return await builder.BuildAsync(new("tiny", Path.Combine(SourceFolder.Root, "images", "tiny")), rebuild: false, null, Cancellation);
    }

    /// <summary>Begins the host's agent.</summary>
    public async Task StartAsync()
    {
        Directory.CreateDirectory(Options.StateDirectory);
        _networks = HostNetworks.Create(Options, NetworkOptions, Commands, TimeProvider.System, TestLog.ForCurrentTest());
        Agent = new(Options, _networks, Images, Commands, TimeProvider.System, TestLog.ForCurrentTest());
        await Agent.StartAsync(Cancellation);
    }

    /// <summary>Ends the agent and begins another, as a restart of Nines does.</summary>
    public async Task RestartAsync()
    {
        await Agent.DisposeAsync();
        await _networks!.DisposeAsync();
        await StartAsync();
    }

    /// <summary>Adds a machine of the image tiny with a disk and an adapter of its own.</summary>
    public async Task<VmSpec> AddMachineAsync(int number)
    {
        var image = await TinyAsync();
        var id = $"i-{number:x17}";
        var adapter = new InterfaceSpec
        {
            Id = $"eni-{number:x17}",
            VmId = id,
            SubnetId = SubnetId,
            MacAddress = $"02:00:00:00:01:{number:x2}",
            PrivateIpAddress = $"172.31.16.{number + 3}",
            HostName = $"ip-172-31-16-{number + 3}",
            SecurityGroupIds = [GroupId],
        };
        var volume = new VolumeSpec { Id = $"vol-{number:x17}", SizeGiB = 2, ImageDigest = image.Digest };
        var vpc = Desired.Vpcs[VpcId];
        var vm = new VmSpec
        {
            Id = id,
            ImageDigest = image.Digest,
            InstanceType = "t3.micro",
            Power = VmPower.Running,
            BootGeneration = 1,
            VCpus = 2,
            MemoryMiB = 1024,
            CpuLimitPercent = 200,
            Disks = [new(volume.Id, "/dev/xvda")],
            Interfaces = [new(adapter.Id, VpcId, adapter.MacAddress, 0)],
            Metadata = Metadata(image),
        };
        Desired = Desired with
        {
            Vpcs = Desired.Vpcs.SetItem(VpcId, vpc with { Interfaces = vpc.Interfaces.SetItem(adapter.Id, adapter) }),
            Volumes = Desired.Volumes.SetItem(volume.Id, volume),
            Vms = Desired.Vms.SetItem(id, vm),
        };
        return vm;
    }

    /// <summary>Adds a machine that may start as a copy of a kept guest, with user data.</summary>
    public async Task<VmSpec> AddFastMachineAsync(int number, string userData)
    {
        var vm = await AddMachineAsync(number);
        vm = vm with { FastLaunchOwner = FastLaunchOwner, Metadata = vm.Metadata with { UserData = [.. Encoding.UTF8.GetBytes(userData)] } };
        Desired = Desired with { Vms = Desired.Vms.SetItem(vm.Id, vm) };
        return vm;
    }

    /// <summary>Gives a machine more disks, empty ones of as many GiB.</summary>
    public VmSpec AddDisks(VmSpec vm, params int[] sizesGiB)
    {
        foreach (var size in sizesGiB)
        {
            var id = $"{vm.Disks[0].VolumeId[..^1]}{(char)('a' + vm.Disks.Length)}";
            vm = vm with { Disks = vm.Disks.Add(new(id, $"/dev/sd{(char)('e' + vm.Disks.Length)}")) };
            Desired = Desired with { Volumes = Desired.Volumes.SetItem(id, new() { Id = id, SizeGiB = size }), Vms = Desired.Vms.SetItem(vm.Id, vm) };
        }

        return vm;
    }

    /// <summary>Adds a network with the same addresses as the first one.</summary>
    public void AddOtherNetwork() =>
        Desired = Desired with { Vpcs = Desired.Vpcs.Add(OtherVpcId, Desired.Vpcs[VpcId] with { Id = OtherVpcId }) };

    /// <summary>Moves a machine that was not applied yet to the other network, to the address that another machine has in the first.</summary>
    public VmSpec MoveToOtherNetwork(VmSpec vm, VmSpec twin)
    {
        var (first, other) = (Desired.Vpcs[VpcId], Desired.Vpcs[OtherVpcId]);
        var id = vm.Interfaces[0].Id;
        var adapter = first.Interfaces[id] with { PrivateIpAddress = first.Interfaces[twin.Interfaces[0].Id].PrivateIpAddress };
        vm = vm with { Interfaces = [vm.Interfaces[0] with { VpcId = OtherVpcId }] };
        Desired = Desired with
        {
            Vpcs = Desired.Vpcs
                .SetItem(VpcId, first with { Interfaces = first.Interfaces.Remove(id) })
                .SetItem(OtherVpcId, other with { Interfaces = other.Interfaces.Add(id, adapter) }),
            Vms = Desired.Vms.SetItem(vm.Id, vm),
        };
        return vm;
    }

    /// <summary>The host key that a machine's SSH daemon shows, as <c>ssh-ed25519 AAAA…</c>, once there is one: a daemon that does not listen yet refuses.</summary>
    public async Task<string> HostKeyAsync(VmSpec vm, CancellationToken cancellationToken)
    {
        var address = Desired.Vpcs[VpcId].Interfaces[vm.Interfaces[0].Id].PrivateIpAddress;
        HostCommand scan = new("nsenter", $"--net={NamespacePathOf(VpcId)}", "--", "ssh-keyscan", "-T", "20", "-t", "ed25519", address) { AcceptedExitCodes = [0, 1] };
        var elapsed = Stopwatch.StartNew();
        while (true)
        {
            var said = await Commands.RunAsync(scan, cancellationToken);
            if (said.Output.Split('\n').FirstOrDefault(line => line.StartsWith(address + " ", StringComparison.Ordinal)) is { } line)
            {
                return line[(address.Length + 1)..];
            }

            elapsed.Elapsed.ShouldBeLessThan(TimeSpan.FromMinutes(4), $"{vm.Id} shows no host key: {said.Error}");
            await Task.Delay(500, cancellationToken);
        }
    }

    /// <summary>Where the host has made a network.</summary>
    public string NamespacePathOf(string vpcId) => _networks!.NamespacePathOf(vpcId);

    /// <summary>Waits until the host has kept a guest of the image tiny.</summary>
    /// <returns>The folder of what is kept.</returns>
    public async Task<string> KeepTinyAsync(bool isEnabled = false)
    {
        var image = await TinyAsync();
        Desired = Desired with { FastLaunches = [new(image.Digest, FastLaunchOwner, "t3.micro", 2, 1024, IsEnabled: isEnabled)] };
        await ApplyAsync();
        await WaitUntilKeptAsync();
        return KeptFolders().First(folder => File.ReadAllText(Path.Combine(folder, "kept.json")).Contains(image.Digest, StringComparison.Ordinal));
    }

    /// <summary>Waits until the agent says that what it was asked to keep is kept, and can be forked.</summary>
    public async Task WaitUntilKeptAsync()
    {
        var elapsed = Stopwatch.StartNew();
        FastLaunchStatus? last = null;
        while (elapsed.Elapsed < TimeSpan.FromSeconds(180))
        {
            last = (await Agent.ReportAsync(0, TimeSpan.FromSeconds(1), Cancellation)).FastLaunches.FirstOrDefault();
            if (last is { Readiness: FastLaunchReadiness.Ready } && last.IsOf(Desired.FastLaunches[0]))
            {
                return;
            }

            await Task.Delay(100, Cancellation);
        }

        throw new TimeoutException($"No guest was kept: {last}");
    }

    /// <summary>Gives the agent the desired state, with a machine changed.</summary>
    public async Task ApplyAsync(VmSpec? changed = null)
    {
        Desired = Desired with
        {
            Generation = ++_generation,
            Vms = changed is null ? Desired.Vms : Desired.Vms.SetItem(changed.Id, changed),
        };
        (await Agent.ApplyAsync(Desired, Cancellation)).ShouldBe(new ApplyResult(true, _generation));
    }

    /// <summary>Waits until a machine is reported so.</summary>
    public async Task<VmStatus> WaitAsync(string id, Func<VmStatus, bool> condition, int seconds = 90)
    {
        var elapsed = Stopwatch.StartNew();
        var sequence = 0L;
        VmStatus? last = null;
        while (elapsed.Elapsed < TimeSpan.FromSeconds(seconds))
        {
            var report = await Agent.ReportAsync(sequence, TimeSpan.FromSeconds(1), Cancellation);
            sequence = report.Sequence;
            last = report.Vms.FirstOrDefault(vm => vm.Id == id) ?? last;
            if (last is not null && condition(last))
            {
                return last;
            }
        }

        throw new TimeoutException($"Machine {id} is {last}; its console said: {await ConsoleAsync(id)}");
    }

    /// <summary>Waits until the serial console has said something.</summary>
    public async Task WaitForConsoleAsync(string id, string text, int seconds = 90)
    {
        var elapsed = Stopwatch.StartNew();
        while (!(await ConsoleAsync(id)).Contains(text, StringComparison.Ordinal))
        {
            if (elapsed.Elapsed > TimeSpan.FromSeconds(seconds))
            {
                throw new TimeoutException($"The console of {id} did not say '{text}' but: {await ConsoleAsync(id)}");
            }

            await Task.Delay(100, Cancellation);
        }
    }

    /// <summary>Waits until the serial console has said something as often.</summary>
    public async Task WaitForTextAgainAsync(string id, string text, int times)
    {
        var elapsed = Stopwatch.StartNew();
        while ((await ConsoleAsync(id)).Split(text).Length <= times)
        {
            elapsed.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(90), $"the console of {id} did not say '{text}' {times} times");
            await Task.Delay(100, Cancellation);
        }
    }

    public async Task<string> ConsoleAsync(string id) =>
        Encoding.UTF8.GetString((await Agent.ReadConsoleAsync(id, 1 << 16, Cancellation)).Span);

    /// <summary>The machine's hypervisor process, by the file that its launch left.</summary>
    public int PidOf(string id) =>
        int.Parse(File.ReadAllText(Path.Combine(Options.RunDirectory, id + ".pid")), System.Globalization.CultureInfo.InvariantCulture);

    public async ValueTask DisposeAsync()
    {
        try
        {
            await Agent.PurgeAsync(CancellationToken.None);
        }
        finally
        {
            await Agent.DisposeAsync();
            await _networks!.DisposeAsync();
            Directory.Delete(_folder, recursive: true);
        }
    }

    private IEnumerable<string> KeptFolders()
    {
        var all = Path.Combine(Options.ImagesDirectory, "kept");
        return Directory.Exists(all) ? Directory.GetDirectories(all).Where(folder => File.Exists(Path.Combine(folder, "kept.json"))) : [];
    }

    private static InstanceMetadata Metadata(Image image) => new()
    {
        AccountId = "123456789012",
        Region = "us-east-1",
        AvailabilityZone = "us-east-1a",
        AvailabilityZoneId = "use1-az1",
        ImageId = image.AmiId,
        ReservationId = "r-00000000000000001",
        LaunchIndex = 0,
        LaunchTime = TimeProvider.System.GetUtcNow(),
    };
}
