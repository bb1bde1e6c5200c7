using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Net;
using System.Text;
using Microsoft.Extensions.Logging;
using Nines.Host.Api;
using Nines.Host.Files;
using Nines.Host.Gate;
using Nines.Host.Images;
using Nines.Host.Mirrors;
using Nines.Host.Networks;
using Nines.Host.Processes;
using Nines.Host.Replicas;
using Nines.Host.Reports;
using Nines.Host.Transfers;
using Nines.Host.Vms;
using Nines.Host.Volumes;

namespace Nines.Host;

/// <summary>
/// The host on this machine: accepts desired states, makes networks, disks and machines so, and reports what it observes.
/// Machines outlive it; what it finds at its start it takes over.
/// </summary>
public sealed class HostAgent : IHost, IAsyncDisposable
{
    private static readonly TimeSpan MaxBackOff = TimeSpan.FromSeconds(30);

    /// <summary>How often networks are compared with what they shall be when nothing changes.</summary>
    private static readonly TimeSpan NetworkInspection = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan VolumeRetry = TimeSpan.FromSeconds(5);

    /// <summary>How often volumes with asynchronous copies are looked after, whatever happens: a disk that is lost tells nobody.</summary>
    private static readonly TimeSpan ReplicaInspection = TimeSpan.FromSeconds(10);

    /// <summary>How long a machine that boots is taken to need the processors.</summary>
    private static readonly TimeSpan BootTime = TimeSpan.FromSeconds(20);

    private readonly HostOptions _options;
    private readonly INetworks _networks;
    private readonly TimeProvider _time;
    private readonly ILogger<HostAgent> _logger;
    private readonly ControlGroups _groups;
    private readonly AcceleratorProbe _probe;
    private readonly HypervisorUser _user;
    private readonly DesiredStateFile _file;
    private readonly VmRecords _records;
    private readonly QemuLauncher _launcher;
    private readonly KeptGuests _kept;
    private readonly Zygotes _zygotes;
    private readonly InstantLaunches _instant;
    private readonly VmLaunches _launches;
    private readonly VolumeStore _volumeStore;
    private readonly MirrorStore _mirrors;
    private readonly ReplicaStore _replicas;
    private readonly IHostCommands _commands;
    private readonly ImageStore _images;
    private readonly ILoggerFactory _loggers;
    private readonly ConcurrentDictionary<string, VmReconciler> _machines = new();
    private readonly DiskLocks _locks = new();
    private readonly SemaphoreSlim _applying = new(1, 1);
    private readonly SemaphoreSlim _networking = new(1, 1);
    private readonly SemaphoreSlim _storing = new(1, 1);
    private readonly AsyncSignal _networksWake = new();
    private readonly AsyncSignal _volumesWake = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly DiskCopies _copies;
    private ObservationLog _observations;
    private VolumeReconciler _volumes;
    private SnapshotReconciler _snapshots;
    private TransferReconciler _transfers;
    private VmServices? _services;
    private HostState _desired = new() { Generation = 0 };
    private bool _missesSecrets;
    private AppliedNetworks _applied = AppliedNetworks.None;
    private Task _loops = Task.CompletedTask;

    /// <summary>An agent that does nothing yet; see <see cref="StartAsync"/>.</summary>
    public HostAgent(
        HostOptions options, INetworks networks, ImageStore images, IHostCommands commands, TimeProvider time, ILoggerFactory loggers)
    {
        (_options, _networks, _commands, _images, _time, _loggers) = (options, networks, commands, images, time, loggers);
        _logger = loggers.CreateLogger<HostAgent>();
        _groups = new ControlGroups($"nines-{options.Scope}", File.ReadAllText("/proc/mounts"), time, loggers.CreateLogger<ControlGroups>());
        _user = new HypervisorUser(options, commands);
        _probe = new AcceleratorProbe(options, commands, images, _user, loggers.CreateLogger<AcceleratorProbe>());
        _file = new DesiredStateFile(options);
        _records = new VmRecords(options);
        _copies = new DiskCopies(_volumesWake.Set);
        _mirrors = new MirrorStore(options, _copies, _volumesWake.Set);
        _zygotes = new Zygotes(loggers.CreateLogger<Zygotes>());
        _kept = new KeptGuests(options, time, loggers.CreateLogger<KeptGuests>(), _zygotes.Remove);
        _volumeStore = new VolumeStore(options, commands, images, _kept, _user);
        _replicas = new ReplicaStore(options, commands, _volumeStore, _copies, time);
        _launcher = new QemuLauncher(options, commands, _user, _groups, _mirrors, _replicas, time, loggers.CreateLogger<QemuLauncher>());
        _instant = new InstantLaunches(
            new GateKeys(options, commands, _probe, images), new GateKeeper(options, commands, networks, _user, _launcher, _kept, time), _kept,
            new ZygoteMaker(options, commands, networks, _user, _launcher, _kept, time, loggers.CreateLogger<ZygoteMaker>()), _zygotes, images,
            options.UnaskedZygoteBytes, IsBusy, ReportFastLaunch, time, loggers.CreateLogger<InstantLaunches>());
        _launches = new VmLaunches(options, images, networks, _probe, _instant, _volumeStore, _mirrors, _replicas, _records, () => Volatile.Read(ref _desired));
        _observations = new ObservationLog(1, time);
        _snapshots = NewSnapshots();
        _transfers = NewTransfers();
        _volumes = NewVolumes();
    }

    /// <summary>Makes the folders and the user that machines need, and nothing else; <see cref="StartAsync"/> does so by itself.</summary>
    /// <exception cref="HostSetupException">Something is wrong that the user must mend.</exception>
    public Task SetUpAsync(CancellationToken cancellationToken) => new HostSetup(_options, _user).EnsureAsync(cancellationToken);

    /// <summary>Prepares the machine, takes over what runs, and begins to make the last accepted state so.</summary>
    /// <exception cref="HostSetupException">Something is wrong that the user must mend.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await SetUpAsync(cancellationToken);
        var starts = await _file.CountStartAsync(cancellationToken);
        _observations = new ObservationLog(starts << 32, _time);
        _snapshots = NewSnapshots();
        _transfers = NewTransfers();
        _volumes = NewVolumes();
        _services = new VmServices
        {
            Options = _options,
            Records = _records,
            Launcher = _launcher,
            User = _user,
            Observations = _observations,
            Commands = _commands,
            Time = _time,
            Logger = _loggers.CreateLogger<VmReconciler>(),
            Readiness = ReadinessOf,
            Locks = _locks,
            Volumes = VolumeOf,
            Mirrors = _mirrors,
            Replicas = _replicas,
            MakeDisk = _volumeStore.MakeEmptyAsync,
            SnapshotsAwait = spec => _snapshots.Await(Volatile.Read(ref _desired), spec),
            Answers = AnswersAsync,
            Adapters = adapter => Volatile.Read(ref _applied).WhyNotReady(adapter) is null,
            OpenTap = adapter => TapDescriptor.Open(_networks.NamespacePathOf(adapter.VpcId), _networks.TapOf(adapter.Id)),
            Prepare = _launches.PrepareAsync,
            Released = _volumesWake.Set,
        };
        _desired = _file.Load();
        _missesSecrets = _desired.Volumes.Values.Any(volume => volume.Key is not null) || _desired.Snapshots.Values.Any(snapshot => snapshot.Key is not null)
            || _desired.Transfers.Values.Any(transfer => transfer.DiskKey is not null);
        foreach (var id in _records.Ids().Union(_desired.Vms.Keys))
        {
            MachineOf(id).Desire(_desired.Vms.GetValueOrDefault(id));
        }

        _networksWake.Set();
        _volumesWake.Set();
        _instant.Want(_desired.FastLaunches);
        _instant.Resume();
        _loops = Task.WhenAll(Task.Run(ReconcileNetworksAsync, CancellationToken.None), Task.Run(ReconcileVolumesAsync, CancellationToken.None));
    }

    /// <inheritdoc/>
    public async Task<HostFacts> DescribeAsync(CancellationToken cancellationToken) => new()
    {
        Id = _options.HostId,
        Cpus = Environment.ProcessorCount,
        MemoryMiB = MachineMemory.TotalBytes() >> 20,
        Accelerators = await _probe.GetAsync(cancellationToken),
    };

    /// <inheritdoc/>
    public async Task<ApplyResult> ApplyAsync(HostState desired, CancellationToken cancellationToken)
    {
        await _applying.WaitAsync(cancellationToken);
        try
        {
            var previous = _desired;
            if (desired.Generation <= previous.Generation)
            {
                return new ApplyResult(false, previous.Generation);
            }

            await _file.SaveAsync(desired, cancellationToken);
            Volatile.Write(ref _desired, desired);
            Volatile.Write(ref _missesSecrets, false);
            _logger.GenerationAccepted(desired.Generation);
            var changes = DesiredChanges.Between(previous.Vms, desired.Vms, DesiredChanges.Named(previous, desired)?.Vms);
            foreach (var spec in changes.Changed)
            {
                MachineOf(spec.Id).Desire(spec);
            }

            foreach (var id in changes.Dropped)
            {
                await DropAsync(id);
            }

            _networksWake.Set();
            _volumesWake.Set();
            _instant.Want(desired.FastLaunches);
            return new ApplyResult(true, desired.Generation);
        }
        finally
        {
            _applying.Release();
        }
    }

    /// <inheritdoc/>
    public async Task<HostReport> ReportAsync(long afterSequence, TimeSpan wait, CancellationToken cancellationToken) =>
        await _observations.ReadAsync(afterSequence, wait, () => Volatile.Read(ref _desired).Generation, cancellationToken) with { MissesSecrets = Volatile.Read(ref _missesSecrets) };

    /// <inheritdoc/>
    public async Task<HostUsage> MeasureAsync(CancellationToken cancellationToken)
    {
        var vms = _machines.Values.Select(machine => machine.Measure()).OfType<VmUsage>().OrderBy(vm => vm.Id, StringComparer.Ordinal).ToImmutableArray();
        var (guests, loaded, stored) = _kept.Measure();
        return new HostUsage
        {
            MeasuredAt = _time.GetUtcNow(),
            ProcessorSeconds = MachineMemory.ProcessorSeconds(),
            AvailableBytes = MachineMemory.AvailableBytes(),
            KeptGuests = guests,
            KeptMemoryBytes = loaded + _zygotes.MeasureBytes(),
            KeptDiskBytes = stored,
            Vms = vms,
            Replicas = await ReplicaSurvey.MeasureAsync(Volatile.Read(ref _desired), _machines.Values, _volumes.UsageOf, _time, cancellationToken),
        };
    }

    /// <inheritdoc/>
    public Task<ProcessorTimes> MeasureProcessorsAsync(CancellationToken cancellationToken) =>
        Task.FromResult(new ProcessorTimes(_time.GetUtcNow(), [.. _machines.Values.Select(machine => machine.MeasureProcessors()).OfType<VmProcessorTime>()]));

    /// <inheritdoc/>
    public Task<ReadOnlyMemory<byte>> ReadConsoleAsync(string vmId, int maxBytes, CancellationToken cancellationToken) =>
        Machine(vmId).ReadConsoleAsync(maxBytes, cancellationToken);

    /// <inheritdoc/>
    public Task<Stream> OpenConsoleAsync(string vmId, CancellationToken cancellationToken) => Task.FromResult(Machine(vmId).OpenConsole());

    /// <inheritdoc/>
    public async Task<ReadOnlyMemory<byte>> ReadTpmKeyAsync(string vmId, TpmKeyType type, CancellationToken cancellationToken)
    {
        var file = new VmFiles(_options, Machine(vmId).Id).TpmKey(type);
        return File.Exists(file) ? await File.ReadAllBytesAsync(file, cancellationToken) : throw new VmNotFoundException(vmId);
    }

    /// <inheritdoc/>
    public async Task<ReadOnlyMemory<byte>> ReadPasswordAsync(string vmId, CancellationToken cancellationToken) =>
        Encoding.ASCII.GetBytes(await GuestPassword.ReadAsync(new VmFiles(_options, Machine(vmId).Id), cancellationToken));

    /// <inheritdoc/>
    public async Task<ReadOnlyMemory<byte>> ReadUefiVariablesAsync(string vmId, CancellationToken cancellationToken)
    {
        var file = new VmFiles(_options, Machine(vmId).Id).UefiVariables;
        return File.Exists(file) ? await File.ReadAllBytesAsync(file, cancellationToken) : throw new VmNotFoundException(vmId);
    }

    /// <inheritdoc/>
    public Task<ReadOnlyMemory<byte>> ScreenshotAsync(string vmId, CancellationToken cancellationToken) =>
        Machine(vmId).ScreenshotAsync(cancellationToken);

    /// <inheritdoc/>
    public async Task PurgeAsync(CancellationToken cancellationToken)
    {
        await _instant.PauseAsync();
        await _applying.WaitAsync(cancellationToken);
        await _networking.WaitAsync(cancellationToken);
        await _storing.WaitAsync(cancellationToken);
        try
        {
            var transfers = _desired.Transfers;
            Volatile.Write(ref _desired, new HostState { Generation = 0 });
            Volatile.Write(ref _applied, AppliedNetworks.None);
            _file.Delete();
            foreach (var id in _machines.Keys)
            {
                if (_machines.TryRemove(id, out var machine))
                {
                    await machine.DisposeAsync();
                }
            }

            await _copies.AbandonAllAsync();
            _transfers.Purge(transfers);
            await new QemuSweep(_options, _records, _launcher, _time).RunAsync(cancellationToken);
            await _networks.PurgeAsync(cancellationToken);
            await _groups.RemoveAllAsync(cancellationToken);
            Empty(VmFiles.AllOf(_options));
            _kept.RemoveOf(VolumeFiles.DirectoryOf(_options), all: true);
            Empty(VolumeFiles.DirectoryOf(_options));
            _replicas.Purge();
            _mirrors.Purge();
            Empty(Path.Combine(_options.StateDirectory, "gate"));
            _kept.RemoveStaged();
            _probe.Forget();
            _snapshots = NewSnapshots();
            _transfers = NewTransfers();
            _volumes = NewVolumes();
            _instant.Want([]);
            _observations.Clear();
        }
        finally
        {
            _storing.Release();
            _networking.Release();
            _applying.Release();
            _instant.Resume();
        }
    }

    /// <summary>Lets go of everything; machines live on.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _instant.PauseAsync();
        await _loops;
        await _copies.AbandonAllAsync();
        await Task.WhenAll(_machines.Values.Select(machine => machine.DisposeAsync().AsTask()));
        _instant.Dispose();
        _zygotes.Dispose();
        _kept.Dispose();
        _probe.Dispose();
        _applying.Dispose();
        _networking.Dispose();
        _storing.Dispose();
        _stop.Dispose();
    }

    private static void Empty(string folder)
    {
        foreach (var entry in Directory.Exists(folder) ? Directory.GetFiles(folder) : [])
        {
            File.Delete(entry);
        }

        foreach (var entry in Directory.Exists(folder) ? Directory.GetDirectories(folder) : [])
        {
            Directory.Delete(entry, recursive: true);
        }
    }

    private VmReconciler MachineOf(string id) => _machines.GetOrAdd(id, static (key, services) => new VmReconciler(key, services), _services!);

    private VmReconciler Machine(string id) => _machines.GetValueOrDefault(id) ?? throw new VmNotFoundException(id);

    /// <summary>Nobody names the machine any more: it is forgotten when it is gone, and else left as it is.</summary>
    private async Task DropAsync(string id)
    {
        if (!_machines.TryGetValue(id, out var machine))
        {
            return;
        }

        if (machine.Status?.State is not VmState.Gone)
        {
            machine.Desire(null);
            return;
        }

        _machines.TryRemove(id, out _);
        await machine.DisposeAsync();
        _observations.Forget(ObservationKind.Vm, id);
    }

    private VmReadiness ReadinessOf(VmSpec spec) => MachineNeeds.Look(spec, Volatile.Read(ref _desired), _volumes.StatusOf, _snapshots.IsHalf, Volatile.Read(ref _applied));

    /// <summary>A guest is asked for its primary adapter's address.</summary>
    private Task<bool?> AnswersAsync(VmSpec spec, CancellationToken cancellationToken)
    {
        var desired = Volatile.Read(ref _desired);
        return spec.Interfaces is [var primary, ..]
            && desired.Vpcs.TryGetValue(primary.VpcId, out var network)
            && network.Interfaces.TryGetValue(primary.Id, out var adapter)
            && network.Subnets.TryGetValue(adapter.SubnetId, out var subnet)
            ? _networks.AnswersAsync(
                network.Id, LinkFailover.CarrierOf(adapter, network.Interfaces.Values).Id, IPNetwork.Parse(subnet.CidrBlock).At(1), IPAddress.Parse(adapter.PrivateIpAddress), cancellationToken)
            : Task.FromResult<bool?>(null);
    }

    private VolumeReadiness VolumeOf(string volumeId)
    {
        var spec = Volatile.Read(ref _desired).Volumes.GetValueOrDefault(volumeId);
        return new(
            _volumes.StatusOf(volumeId) is { State: VolumeState.Ready } && !_snapshots.IsHalf(volumeId) && spec?.Key is not { Secret: null },
            (long)(spec?.SizeGiB ?? 0) << 30,
            spec?.IopsLimit ?? 0,
            spec?.BytesPerSecondLimit ?? 0,
            spec?.Key,
            spec?.Replication is VolumeReplication.Asynchronous && _replicas.IsOffered);
    }

    private VolumeReconciler NewVolumes() => new(
        _volumeStore, new VolumeMirrors(_mirrors, _volumeStore, _locks, _copies, _loggers.CreateLogger<VolumeMirrors>()),
        new VolumeReplicas(_options, _replicas, _volumeStore, _locks, _copies, _time, _loggers.CreateLogger<VolumeReplicas>()), _copies, id => _snapshots.IsComing(id),
        _launches.KeptForAsync, _observations, _loggers.CreateLogger<VolumeReconciler>());

    private SnapshotReconciler NewSnapshots() => new(
        new SnapshotStore(_options, _volumeStore), new OpenDisks(() => _machines.Values), id => _mirrors.StateOf(id) is MirrorState.SecondOnly, _locks, _copies, _observations, _loggers.CreateLogger<SnapshotReconciler>());

    private TransferReconciler NewTransfers()
    {
        var (buckets, snapshots, qemuImg) = (new BucketFolders(_options.BucketsDirectory), new SnapshotStore(_options, _volumeStore), new QemuImg(_commands));
        return new TransferReconciler(
            new DiskImports(buckets, snapshots, _volumeStore, qemuImg), new DiskExports(buckets, snapshots, _images, qemuImg), _copies, _observations, _loggers.CreateLogger<TransferReconciler>());
    }

    private void ReportFastLaunch(FastLaunchSpec spec, FastLaunchStatus? status)
    {
        if (status is null)
        {
            _observations.Forget(spec);
        }
        else
        {
            _observations.Publish(status);
        }
    }

    /// <summary>A machine that is on its way up would have to share the processors with a guest that is booted to be kept.</summary>
    private bool IsBusy()
    {
        var now = _time.GetUtcNow();
        return _machines.Values.Select(machine => machine.Status).OfType<VmStatus>().Any(status =>
            status.State is VmState.Starting or VmState.Stopping
            || (status is { State: VmState.Running, FastLaunched: false } && now - status.Since < BootTime));
    }

    private async Task ReconcileNetworksAsync()
    {
        var wait = Timeout.InfiniteTimeSpan;
        var backOff = TimeSpan.FromSeconds(1);
        while (await WaitAsync(_networksWake, wait))
        {
            try
            {
                await _networking.WaitAsync(_stop.Token);
                bool settled;
                try
                {
                    settled = await ApplyNetworksAsync();
                }
                finally
                {
                    _networking.Release();
                }

                if (settled)
                {
                    (wait, backOff) = (NetworkInspection, TimeSpan.FromSeconds(1));
                }
                else
                {
                    wait = backOff;
                    backOff = backOff * 2 < MaxBackOff ? backOff * 2 : MaxBackOff;
                }
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                _logger.NetworksFailed(exception, backOff.TotalSeconds);
                wait = backOff;
                backOff = backOff * 2 < MaxBackOff ? backOff * 2 : MaxBackOff;
            }
        }
    }

    /// <returns>Whether every network is as it shall be.</returns>
    private async Task<bool> ApplyNetworksAsync()
    {
        var desired = Volatile.Read(ref _desired);
        var statuses = await _networks.ApplyAsync(desired, _stop.Token);
        foreach (var status in statuses.Values)
        {
            _observations.Publish(status);
        }

        var applied = new AppliedNetworks(desired.Vpcs, statuses);
        foreach (var id in Volatile.Read(ref _applied).GoneAndDropped(applied))
        {
            _observations.Forget(ObservationKind.Vpc, id);
        }

        Volatile.Write(ref _applied, applied);
        WakeMachines();
        return statuses.Values.All(status => status.Message is null);
    }

    private async Task ReconcileVolumesAsync()
    {
        var wait = Timeout.InfiniteTimeSpan;
        while (await WaitAsync(_volumesWake, wait))
        {
            try
            {
                await _storing.WaitAsync(_stop.Token);
                try
                {
                    wait = await ApplyVolumesAsync(Volatile.Read(ref _desired));
                }
                finally
                {
                    _storing.Release();
                }
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                _logger.VolumesFailed(exception, VolumeRetry.TotalSeconds);
                wait = VolumeRetry;
            }

            WakeMachines();
        }
    }

    /// <summary>
    /// Snapshots come before volumes, which may be about to grow or go; and once more after them, for those of a volume that is
    /// made by the same state and of one that is made of them.
    /// </summary>
    /// <returns>When to look again.</returns>
    private async Task<TimeSpan> ApplyVolumesAsync(HostState desired)
    {
        var (transferred, collects) = await _transfers.ApplyAsync(desired.Transfers, _stop.Token);
        var (settled, superfluous) = await _snapshots.ApplyAsync(desired, _stop.Token);
        collects |= superfluous;
        for (var round = 0; ; round++)
        {
            var inUse = _machines.Values.SelectMany(machine => machine.VolumesInUse()).Concat(_snapshots.Pending(desired)).ToHashSet();
            var made = await _volumes.ApplyAsync(desired.Volumes, inUse, _stop.Token);
            if (!settled && round == 0)
            {
                (settled, var more) = await _snapshots.ApplyAsync(desired, _stop.Token);
                collects |= more;
                continue;
            }

            if (collects)
            {
                _volumeStore.Collect();
            }

            return !settled || !made || !transferred ? VolumeRetry
                : _replicas.IsOffered && desired.Volumes.Values.Any(spec => spec.Replication is VolumeReplication.Asynchronous) ? ReplicaInspection : Timeout.InfiniteTimeSpan;
        }
    }

    private async Task<bool> WaitAsync(AsyncSignal signal, TimeSpan timeout)
    {
        try
        {
            await signal.WaitAsync(timeout, _time, _stop.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private void WakeMachines()
    {
        foreach (var machine in _machines.Values)
        {
            machine.Wake();
        }
    }
}
