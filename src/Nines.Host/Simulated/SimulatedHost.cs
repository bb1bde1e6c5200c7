using System.Collections.Immutable;
using Nines.Host.Api;
using Nines.Host.Reports;
using Nines.Host.Streams;
using Nines.Host.Vms;

namespace Nines.Host.Simulated;

/// <summary>
/// A host in memory: machines take their states and times, nothing boots. For those who only need the API, for tests of
/// scale, and for the seeded simulation, which lets things go wrong.
/// </summary>
public sealed class SimulatedHost : IHost, IDisposable
{
    private readonly SimulatedHostOptions _options;
    private readonly TimeProvider _time;
    private readonly ISimulatedFaults _faults;
    private readonly Lock _lock = new();
    private readonly ObservationLog _log;
    private readonly SimulatedMachines _machines;
    private readonly ITimer _timer;
    private HostState _desired = new() { Generation = 0 };
    private DateTimeOffset? _timerDue;

    /// <summary>An empty host.</summary>
    public SimulatedHost(SimulatedHostOptions options, TimeProvider time, ISimulatedFaults? faults = null)
    {
        _options = options;
        _time = time;
        _faults = faults ?? NoFaults.Instance;
        _log = new ObservationLog(firstSequence: 1, time);
        _machines = new SimulatedMachines(options, time, _faults, _log, ReadinessOf);
        _timer = time.CreateTimer(_ => Advance(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <inheritdoc/>
    public Task<HostFacts> DescribeAsync(CancellationToken cancellationToken) => CallAsync(
        SimulatedStep.Describe,
        () => Task.FromResult(new HostFacts
        {
            Id = _options.HostId,
            Cpus = _options.Cpus,
            MemoryMiB = _options.MemoryMiB,
            Accelerators = ["simulated"],
            Simulated = true,
        }),
        cancellationToken);

    /// <inheritdoc/>
    public Task<ApplyResult> ApplyAsync(HostState desired, CancellationToken cancellationToken) =>
        CallAsync(SimulatedStep.Apply, () => Task.FromResult(Apply(desired)), cancellationToken);

    /// <inheritdoc/>
    public Task<HostReport> ReportAsync(long afterSequence, TimeSpan wait, CancellationToken cancellationToken) => CallAsync(
        SimulatedStep.Report,
        () => _log.ReadAsync(afterSequence, wait, () => Volatile.Read(ref _desired).Generation, cancellationToken),
        cancellationToken);

    /// <summary>Machines that exist only by their names take nothing; those that run are told all the same.</summary>
    public Task<HostUsage> MeasureAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            return Task.FromResult(new HostUsage
            {
                MeasuredAt = _time.GetUtcNow(),
                AvailableBytes = _options.MemoryMiB << 20,
                KeptGuests = _desired.FastLaunches.Length,
                Vms =
                [
                    .. _desired.Vms.Keys.Where(id => _machines.Find(id) is { Guest: not GuestState.Absent }).Order(StringComparer.Ordinal)
                        .Select(id => new VmUsage(id, 0, 0, 0)),
                ],
            });
        }
    }

    /// <inheritdoc/>
    public Task<ProcessorTimes> MeasureProcessorsAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            return Task.FromResult(new ProcessorTimes(
                _time.GetUtcNow(),
                [
                    .. _desired.Vms.Keys.Select(_machines.Find).OfType<SimulatedMachine>().Where(machine => machine.Guest is not GuestState.Absent)
                        .Select(machine => new VmProcessorTime(machine.Record.Id, machine.Record.BootGeneration, machine.ProcessorSeconds)),
                ]));
        }
    }

    /// <inheritdoc/>
    public Task<ReadOnlyMemory<byte>> ReadConsoleAsync(string vmId, int maxBytes, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            var machine = _machines.Find(vmId) ?? throw new VmNotFoundException(vmId);
            ReadOnlyMemory<byte> text = machine.Record.BootGeneration == 0 ? default : SimulatedScreen.ConsoleOf(vmId);
            return Task.FromResult(text.Length > maxBytes ? text[^maxBytes..] : text);
        }
    }

    /// <inheritdoc/>
    public Task<Stream> OpenConsoleAsync(string vmId, CancellationToken cancellationToken)
    {
        DemandRunning(vmId);
        return Task.FromResult<Stream>(new EchoStream(SimulatedScreen.ConsoleOf(vmId)));
    }

    /// <inheritdoc/>
    public Task<ReadOnlyMemory<byte>> ScreenshotAsync(string vmId, CancellationToken cancellationToken)
    {
        DemandRunning(vmId);
        return Task.FromResult(SimulatedScreen.Png);
    }

    /// <inheritdoc/>
    public Task<ReadOnlyMemory<byte>> ReadTpmKeyAsync(string vmId, TpmKeyType type, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            return _machines.Find(vmId) is { Record.BootGeneration: > 0 } && _desired.Vms.GetValueOrDefault(vmId) is { HasTpm: true }
                ? Task.FromResult<ReadOnlyMemory<byte>>(SimulatedTpm.KeyOf(vmId, type))
                : throw new VmNotFoundException(vmId);
        }
    }

    /// <inheritdoc/>
    public Task<ReadOnlyMemory<byte>> ReadPasswordAsync(string vmId, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            var machine = _machines.Find(vmId) ?? throw new VmNotFoundException(vmId);
            return Task.FromResult(machine.Record.BootGeneration == 0 ? default : SimulatedScreen.PasswordOf(vmId));
        }
    }

    /// <inheritdoc/>
    public Task<ReadOnlyMemory<byte>> ReadUefiVariablesAsync(string vmId, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            return _machines.Find(vmId) is { Record.BootGeneration: > 0 } ? Task.FromResult(SimulatedFirmware.NoVariables) : throw new VmNotFoundException(vmId);
        }
    }

    /// <inheritdoc/>
    public Task PurgeAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            Volatile.Write(ref _desired, new HostState { Generation = 0 });
            _machines.Clear();
            _log.Clear();
        }

        return Task.CompletedTask;
    }

    /// <summary>A machine's process dies.</summary>
    public void CrashMachine(string vmId)
    {
        lock (_lock)
        {
            _machines.Crash(_desired.Vms[vmId]);
        }
    }

    /// <summary>A machine has used that much processor time since its boot.</summary>
    public void UseProcessors(string vmId, double seconds)
    {
        lock (_lock)
        {
            _machines.Find(vmId)!.ProcessorSeconds = seconds;
        }
    }

    /// <summary>A guest stops answering on its network, or answers again.</summary>
    public void SetReachability(string vmId, VmReachability reachability)
    {
        lock (_lock)
        {
            var machine = _machines.Find(vmId)!;
            machine.Status = machine.Status! with { Reachability = reachability };
            _log.Publish(machine.Status);
        }
    }

    /// <summary>A guest powers itself off.</summary>
    public void ShutDownGuest(string vmId)
    {
        lock (_lock)
        {
            _machines.ShutDownGuest(_desired.Vms[vmId]);
        }
    }

    /// <summary>The agent dies and starts again: machines live on, readers must begin with a full report.</summary>
    public void RestartAgent()
    {
        lock (_lock)
        {
            _log.Clear();
            PublishNetworksAndVolumes(new HostState { Generation = 0 }, _desired);
            PublishFastLaunches(new HostState { Generation = 0 }, _desired);
            foreach (var id in _desired.Vms.Keys.Order(StringComparer.Ordinal))
            {
                if (_machines.Find(id)?.Status is { } status)
                {
                    _log.Publish(status);
                }
            }
        }
    }

    /// <summary>The power fails: every machine dies.</summary>
    public void CutPower()
    {
        lock (_lock)
        {
            foreach (var spec in _desired.Vms.Values.OrderBy(spec => spec.Id, StringComparer.Ordinal))
            {
                _machines.Crash(spec);
            }
        }

        RestartAgent();
    }

    /// <inheritdoc/>
    public void Dispose() => _timer.Dispose();

    private async Task<T> CallAsync<T>(SimulatedStep step, Func<Task<T>> call, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        switch (_faults.At(step, null))
        {
            case SimulatedFault.LostRequest:
                throw new IOException($"Simulated: the request of {step} was lost.");
            case SimulatedFault.LostReply:
                await call();
                throw new IOException($"Simulated: the reply of {step} was lost.");
            case SimulatedFault.Crash:
                await call();
                RestartAgent();
                throw new IOException($"Simulated: the agent died during {step}.");
            case SimulatedFault.Repeat:
                await call();
                return await call();
            case SimulatedFault.Slow:
                await Task.Delay(_options.SlowTime, _time, cancellationToken);
                return await call();
            default:
                return await call();
        }
    }

    private ApplyResult Apply(HostState desired)
    {
        lock (_lock)
        {
            var previous = _desired;
            if (desired.Generation <= previous.Generation)
            {
                return new ApplyResult(false, previous.Generation);
            }

            Volatile.Write(ref _desired, desired);
            PublishNetworksAndVolumes(previous, desired);
            PublishFastLaunches(previous, desired);
            var vms = DesiredChanges.Between(previous.Vms, desired.Vms, DesiredChanges.Named(previous, desired)?.Vms);
            foreach (var spec in vms.Changed)
            {
                _machines.Reconcile(spec);
            }

            foreach (var id in vms.Dropped)
            {
                _machines.Forget(id);
            }

            ArmTimer();
            return new ApplyResult(true, desired.Generation);
        }
    }

    private VmReadiness ReadinessOf(VmSpec spec) =>
        spec.Disks.Select(disk => _desired.Volumes.GetValueOrDefault(disk.VolumeId)?.Key?.Failure).OfType<string>().FirstOrDefault() is { } why
            ? new VmReadiness(VmReadinessState.Locked, why)
            : VmReadiness.Ready;

    private void PublishNetworksAndVolumes(HostState previous, HostState desired)
    {
        var vpcs = DesiredChanges.Between(previous.Vpcs, desired.Vpcs, DesiredChanges.Named(previous, desired)?.Vpcs);
        foreach (var vpc in vpcs.Changed)
        {
            _log.Publish(new VpcStatus(vpc.Id, vpc.Presence is Presence.Absent));
        }

        foreach (var id in vpcs.Dropped.Where(id => previous.Vpcs[id].Presence is Presence.Absent))
        {
            _log.Forget(ObservationKind.Vpc, id);
        }

        var volumes = DesiredChanges.Between(previous.Volumes, desired.Volumes, DesiredChanges.Named(previous, desired)?.Volumes);
        foreach (var volume in volumes.Changed)
        {
            var state = volume.Presence is Presence.Absent ? VolumeState.Gone : VolumeState.Ready;
            var redundancy = volume.Replication is not VolumeReplication.Synchronous || state is VolumeState.Gone ? VolumeRedundancy.None : VolumeRedundancy.Whole;
            _log.Publish(new VolumeStatus(volume.Id, state, volume.SizeGiB, Redundancy: redundancy));
        }

        foreach (var id in volumes.Dropped.Where(id => previous.Volumes[id].Presence is Presence.Absent))
        {
            _log.Forget(ObservationKind.Volume, id);
        }

        PublishSnapshots(previous, desired);
        PublishTransfers(previous, desired);
    }

    /// <summary>Every disk that comes here is one that a BIOS starts, and it is there at once, as is every file that one becomes.</summary>
    private void PublishTransfers(HostState previous, HostState desired)
    {
        var transfers = DesiredChanges.Between(previous.Transfers, desired.Transfers);
        foreach (var spec in transfers.Changed)
        {
            var disk = spec.IsExport ? null : new ImportedDisk(spec.Format ?? DiskFormat.Raw, 1 << 20, 1, HasBootSector: true, HasEfiSystemPartition: false);
            _log.Publish(
                spec.Presence is Presence.Absent ? new TransferStatus(spec.Id, TransferState.Gone)
                : spec.DiskKey?.Failure is { } failure ? new TransferStatus(spec.Id, TransferState.Failed, 0, failure)
                : new TransferStatus(spec.Id, TransferState.Ready, 100) { Disk = disk });
        }

        foreach (var id in transfers.Dropped)
        {
            _log.Forget(ObservationKind.Transfer, id);
        }
    }

    /// <summary>Nothing is copied here, so a snapshot is taken as soon as it is asked for.</summary>
    private void PublishSnapshots(HostState previous, HostState desired)
    {
        var snapshots = DesiredChanges.Between(previous.Snapshots, desired.Snapshots, DesiredChanges.Named(previous, desired)?.Snapshots);
        foreach (var snapshot in snapshots.Changed)
        {
            var state = snapshot.Presence is Presence.Absent ? SnapshotState.Gone : SnapshotState.Ready;
            _log.Publish(new SnapshotStatus(snapshot.Id, state, desired.Volumes.GetValueOrDefault(snapshot.VolumeId)?.SizeGiB ?? 0));
        }

        foreach (var id in snapshots.Dropped.Where(id => previous.Snapshots[id].Presence is Presence.Absent))
        {
            _log.Forget(ObservationKind.Snapshot, id);
        }
    }

    /// <summary>Memory that exists only by its name is kept as soon as it is asked for.</summary>
    private void PublishFastLaunches(HostState previous, HostState desired)
    {
        foreach (var spec in previous.FastLaunches.Except(desired.FastLaunches))
        {
            _log.Forget(spec);
        }

        foreach (var spec in desired.FastLaunches)
        {
            _log.Publish(new FastLaunchStatus(spec.ImageDigest, spec.Owner, spec.InstanceType, FastLaunchReadiness.Ready, SnapshotId: spec.SnapshotId, IsEnabled: spec.IsEnabled));
        }
    }

    private void Advance()
    {
        lock (_lock)
        {
            _timerDue = null;
            _machines.Advance(_desired.Vms);
            ArmTimer();
        }
    }

    private void ArmTimer()
    {
        if (_machines.NextDue is not { } due || due >= _timerDue)
        {
            return;
        }

        var after = due - _time.GetUtcNow();
        _timerDue = due;
        _timer.Change(after > TimeSpan.Zero ? after : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }

    private void DemandRunning(string vmId)
    {
        lock (_lock)
        {
            if (_machines.Find(vmId) is not { Guest: GuestState.Running, IsBooting: false })
            {
                throw new VmNotFoundException(vmId);
            }
        }
    }
}
