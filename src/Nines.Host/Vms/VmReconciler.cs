using Nines.Host.Api;
using Nines.Host.Mirrors;
using Nines.Host.Processes;
using Nines.Host.Vms.Qmp;
using Nines.Host.Volumes;

namespace Nines.Host.Vms;

/// <summary>
/// Makes one machine what it shall be. Level-triggered: every round looks at what there is, takes the plan's next step, and
/// sleeps until something changes. Never two rounds at once.
/// </summary>
internal sealed class VmReconciler : IAsyncDisposable
{
    /// <summary>How often to look without being woken: notices what sends no event, and bounds the console's log.</summary>
    private static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(5);

    /// <summary>How often to look while a disk or an adapter is on its way in or out; a guest that lets go of one is heard at once.</summary>
    private static readonly TimeSpan DevicesPollInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan MaxBackOff = TimeSpan.FromSeconds(30);

    private readonly VmServices _services;
    private readonly VmFiles _files;
    private readonly AsyncSignal _wake = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly ConsoleRing _consoleRing;
    private readonly SerialConsole _console;
    private readonly MachineDisks _disks;
    private readonly MachineAdapters _adapters;
    private readonly MachineMirrors _mirrors;
    private readonly SemaphoreSlim _screen = new(1, 1);
    private readonly Task _loop;
    private VmSpec? _desired;
    private VmRecord _record;
    private QemuMachine? _machine;
    private VmStatus? _status;
    private VmSpec? _answered;
    private bool _panicked;
    private readonly RebootHold _hold = new();
    private int? _cpuLimitPercent;
    private GuestReachability _reachability;

    public VmReconciler(string id, VmServices services)
    {
        (Id, _services) = (id, services);
        _files = new VmFiles(services.Options, id);
        _consoleRing = new ConsoleRing(_files, services.Commands);
        _console = new SerialConsole(_files.ConsoleSocket);
        _disks = services.NewDisks(_files);
        _mirrors = services.NewMirrors(_files);
        _adapters = new MachineAdapters(services.OpenTap, services.Time);
        _record = services.Records.Load(id);
        _reachability = GuestReachability.Found(services.Time.GetUtcNow());
        Adopt();
        _loop = Task.Run(RunAsync);
    }

    /// <summary>The machine.</summary>
    public string Id { get; }

    /// <summary>What was last reported.</summary>
    public VmStatus? Status => Volatile.Read(ref _status);

    /// <summary>Volumes that a process may have open.</summary>
    public IEnumerable<string> VolumesInUse() =>
        Volatile.Read(ref _machine) is null && Volatile.Read(ref _record).Phase is not (VmPhase.Starting or VmPhase.Up)
            ? []
            : (Volatile.Read(ref _desired)?.Disks.Select(disk => disk.VolumeId) ?? []).Union(_disks.Plugged.All);

    /// <summary>Whether the machine's process may have a volume open.</summary>
    public bool MayHaveOpen(string volumeId) => Volatile.Read(ref _machine) is not null && (!_disks.IsKnown || VolumesInUse().Contains(volumeId));

    /// <summary>The path by which the machine opened the file that it writes a volume to; <see langword="null"/> when it has not got it open.</summary>
    /// <remarks>Whoever asks has the disk's lock: the machine neither starts with the disk nor gets it meanwhile.</remarks>
    /// <exception cref="IOException">The machine does not say.</exception>
    public Task<string?> FileOfAsync(string volumeId, CancellationToken cancellationToken) =>
        AskAsync(monitor => _disks.FileOfAsync(monitor, volumeId, cancellationToken), cancellationToken);

    /// <summary>Has the machine write volumes to other files from now on, all at one moment, as far as it has them open.</summary>
    /// <remarks>Whoever asks has the disks' locks.</remarks>
    /// <exception cref="IOException">The machine refused, or does not say.</exception>
    public Task SwitchAsync(IReadOnlyCollection<NextFile> disks, CancellationToken cancellationToken) => AskAsync(monitor => _disks.SwitchAsync(monitor, disks, cancellationToken), cancellationToken);

    /// <summary>Whether the guest is off for a reboot, or that reboot is over, or no guest runs at all.</summary>
    public bool HasComeTo(SnapshotMoment moment)
    {
        var (machine, record) = (Volatile.Read(ref _machine), Volatile.Read(ref _record));
        return machine is null
            || record.BootGeneration > moment.BootGeneration
            || Math.Max(record.RebootGeneration, _hold.RebootGeneration) >= moment.RebootGeneration;
    }

    /// <summary>Looks whether the asynchronous copies of its disks are as the disks are.</summary>
    /// <exception cref="IOException">The machine does not say.</exception>
    public Task LookAtReplicasAsync(CancellationToken cancellationToken) => AskAsync(monitor => _disks.Replicas.LookAsync(monitor, cancellationToken), cancellationToken);

    /// <summary>What the machine's process takes; <see langword="null"/> when it has none.</summary>
    public VmUsage? Measure() => Volatile.Read(ref _machine) is { } machine && ProcessUsage.Of(machine.Process) is { } usage
        ? new VmUsage(Id, usage.ProcessorSeconds, usage.OwnBytes, usage.SharedBytes)
        : null;

    /// <summary>Processor time of the machine's process; <see langword="null"/> when it has none.</summary>
    public VmProcessorTime? MeasureProcessors() => Volatile.Read(ref _machine) is { } machine && ProcessUsage.ProcessorSecondsOf(machine.Process) is { } seconds
        ? new VmProcessorTime(Id, Volatile.Read(ref _record).BootGeneration, seconds)
        : null;

    /// <summary>Says what the machine shall be; <see langword="null"/>: nobody says, so it is left as it is.</summary>
    public void Desire(VmSpec? desired)
    {
        Volatile.Write(ref _desired, desired);
        _wake.Set();
    }

    /// <summary>Something that the machine waits for may have come.</summary>
    public void Wake() => _wake.Set();

    public Task<ReadOnlyMemory<byte>> ReadConsoleAsync(int maxBytes, CancellationToken cancellationToken) =>
        _consoleRing.ReadAsync(maxBytes, cancellationToken);

    /// <summary>The serial console, live.</summary>
    /// <exception cref="VmNotFoundException">The machine does not run.</exception>
    public Stream OpenConsole()
    {
        DemandMachine();
        return _console.Open() ?? throw new VmNotFoundException(Id);
    }

    /// <summary>A picture of the screen, as PNG.</summary>
    /// <exception cref="VmNotFoundException">The machine does not run.</exception>
    public async Task<ReadOnlyMemory<byte>> ScreenshotAsync(CancellationToken cancellationToken)
    {
        var monitor = await DemandMachine().MonitorAsync(cancellationToken);
        await _screen.WaitAsync(cancellationToken);
        try
        {
            await monitor.ScreendumpAsync(_files.Screenshot, cancellationToken);

            // The hypervisor's user could have put a link there to something that only root can read.
            return new FileInfo(_files.Screenshot).LinkTarget is null
                ? await File.ReadAllBytesAsync(_files.Screenshot, cancellationToken)
                : throw new VmNotFoundException(Id);
        }
        finally
        {
            File.Delete(_files.Screenshot);
            _screen.Release();
        }
    }

    /// <summary>Lets go of the machine; it lives on.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loop;
        await Task.WhenAll(_mirrors.StopAsync(), _disks.Replicas.StopAsync());
        _console.Dispose();
        if (_machine is not null)
        {
            await _machine.DisposeAsync();
        }

        _screen.Dispose();
        _stop.Dispose();
    }

    /// <summary>Finds the process of a boot that another life of the agent began.</summary>
    private void Adopt()
    {
        if (_record.Phase is not (VmPhase.Starting or VmPhase.Up) || QemuLauncher.Find(_files, _record.Process) is not { } process)
        {
            return;
        }

        if (_record.Phase is VmPhase.Starting && ProcessTable.ArgumentsOf(process.Pid).Any(argument => argument is "-incoming" or "-preconfig"))
        {
            // Half made from saved memory, or before its disks were opened, and nobody knows how far: what it lacks it would wait for for ever. It boots.
            ProcessTable.Kill(process);
            return;
        }

        _machine = Attach(process);
        _services.Logger.VmAdopted(Id, process.Pid);
    }

    private QemuMachine Attach(ProcessIdentity process) => new(_files, process, _services.Time, OnEvent, _wake.Set);

    private void OnEvent(QmpEvent happened)
    {
        _mirrors.OnEvent(happened);
        if (happened.Name is QmpEvent.GuestPanicked)
        {
            Volatile.Write(ref _panicked, true);
        }
        else if (happened.Name is QmpEvent.Reset)
        {
            Volatile.Write(ref _panicked, false);
            Volatile.Write(ref _reachability, GuestReachability.Booting(_services.Time.GetUtcNow()));
        }

        _wake.Set();
    }

    private async Task RunAsync()
    {
        var backOff = TimeSpan.FromSeconds(1);
        while (!_stop.IsCancellationRequested)
        {
            TimeSpan wait;
            try
            {
                wait = await ReconcileAsync(_stop.Token);
                backOff = TimeSpan.FromSeconds(1);
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                _services.Logger.VmReconcileFailed(exception, Id, backOff.TotalSeconds);
                wait = backOff;
                backOff = backOff * 2 < MaxBackOff ? backOff * 2 : MaxBackOff;
            }

            try
            {
                await _wake.WaitAsync(wait, _services.Time, _stop.Token);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    /// <summary>Takes as many steps as can be taken now.</summary>
    /// <returns>When to look again.</returns>
    private async Task<TimeSpan> ReconcileAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var (guest, runState) = await ObserveAsync(cancellationToken);
            if (Volatile.Read(ref _desired) is not { } desired)
            {
                ReportUnknown(guest);
                return PollInterval;
            }

            if (_status?.State is VmState.Gone)
            {
                return Timeout.InfiniteTimeSpan;
            }

            var now = _services.Time.GetUtcNow();
            var step = VmPlan.Next(desired, new VmObservation(_record, guest, _services.Readiness(desired).After(desired, _status, now), now));
            var unsettled = step is { Action: VmAction.None, State: VmState.Running }
                && await PlugDisksAsync(desired, cancellationToken) | await PlugAdaptersAsync(desired, cancellationToken);
            LimitProcessors(desired);
            if (step.Action is not VmAction.RecordEnd)
            {
                // An end is reported once its reason is remembered.
                Report(desired, step with { Message = step.Message ?? VmStatuses.MessageOf(step, runState, Volatile.Read(ref _panicked)) });
            }

            if (step.Action is VmAction.Reset && _services.SnapshotsAwait(desired) && _hold.Begin(desired.RebootGeneration, now, out var isNew))
            {
                if (isNew)
                {
                    // Those who wait for it can take them now.
                    _services.Released();
                }

                return DevicesPollInterval;
            }

            if (step is { Action: VmAction.None, State: VmState.Running } && await CheckGuestAsync(desired, cancellationToken))
            {
                Report(desired, step with { Message = step.Message ?? VmStatuses.MessageOf(step, runState, Volatile.Read(ref _panicked)) });
            }

            if (step.Action is VmAction.None)
            {
                await _consoleRing.TrimAsync(cancellationToken);
                return step.State is VmState.Ended ? Timeout.InfiniteTimeSpan : unsettled ? DevicesPollInterval : step.CheckAfter < PollInterval ? step.CheckAfter.Value : PollInterval;
            }

            _services.Logger.VmStepTaken(Id, step.Action);
            await ExecuteAsync(step, desired, now, cancellationToken);
        }
    }

    /// <summary>Asks the guest whether it answers, when it is time to.</summary>
    /// <returns>Whether that is news.</returns>
    private async Task<bool> CheckGuestAsync(VmSpec desired, CancellationToken cancellationToken)
    {
        var known = Volatile.Read(ref _reachability);
        if (!known.IsDue(_services.Time.GetUtcNow()))
        {
            return false;
        }

        var next = known.After(await _services.Answers(desired, cancellationToken), _services.Time.GetUtcNow());

        // A reset meanwhile counts more than an answer from before it.
        return ReferenceEquals(Interlocked.CompareExchange(ref _reachability, next, known), known) && next.State != known.State;
    }

    /// <summary>A machine that runs takes a new share of the processors at once.</summary>
    private void LimitProcessors(VmSpec desired)
    {
        if (_machine is not null && _cpuLimitPercent != desired.CpuLimitPercent && _services.Launcher.LimitProcessors(Id, desired.CpuLimitPercent))
        {
            _cpuLimitPercent = desired.CpuLimitPercent;
        }
    }

    /// <returns>Whether a disk is still to come or to go.</returns>
    private async Task<bool> PlugDisksAsync(VmSpec desired, CancellationToken cancellationToken)
    {
        try
        {
            using var held = await _services.Locks.AcquireAsync(desired.Disks.Select(disk => disk.VolumeId).Union(_disks.Plugged.All), cancellationToken);
            var (unsettled, changed) = await _disks.ReconcileAsync(_machine!, desired.Disks, _services.Volumes, cancellationToken);
            if (changed)
            {
                _services.Released();
            }

            unsettled |= await _disks.Replicas.ReconcileAsync(_machine!, _disks.Plugged, _services.Volumes, cancellationToken);
            return unsettled | await _mirrors.ReconcileAsync(_machine!, _disks.Plugged, _services.Volumes, cancellationToken);
        }
        catch (Exception exception) when (exception is QmpException or IOException or InvalidDataException)
        {
            _services.Logger.DisksNotPlugged(exception, Id);
            return true;
        }
    }

    /// <returns>Whether an adapter is still to come or to go.</returns>
    private async Task<bool> PlugAdaptersAsync(VmSpec desired, CancellationToken cancellationToken)
    {
        try
        {
            return await _adapters.ReconcileAsync(_machine!, desired.Interfaces, _services.Adapters, cancellationToken);
        }
        catch (QmpException exception)
        {
            _services.Logger.AdaptersNotPlugged(exception, Id);
            return true;
        }
    }

    /// <summary>Asks the machine's monitor; the default when its process is gone.</summary>
    private async Task<T?> AskAsync<T>(Func<QmpClient, Task<T?>> ask, CancellationToken cancellationToken)
        where T : class
    {
        if (Volatile.Read(ref _machine) is not { } machine)
        {
            return null;
        }

        try
        {
            return await ask(await machine.MonitorAsync(cancellationToken));
        }
        catch (QmpException) when (!ProcessTable.IsAlive(machine.Process))
        {
            return null;
        }
        catch (QmpException exception)
        {
            throw new IOException($"Machine {Id} was asked about its disks.", exception);
        }
    }

    private async Task<(GuestState Guest, string? RunState)> ObserveAsync(CancellationToken cancellationToken)
    {
        if (_machine is null)
        {
            return (GuestState.Absent, null);
        }

        var (guest, runState) = await _machine.ObserveAsync(cancellationToken);
        switch (runState)
        {
            case "internal-error":
                // The accelerator gave up; the processors will never run again.
                await _machine.PowerOffAsync(cancellationToken);
                guest = GuestState.Absent;
                break;
            case "postmigrate" when Volatile.Read(ref _desired) is { } desired && desired is not { Power: VmPower.Stopped, Hibernate: true }:
                // Saved, and then wanted again before it was gone.
                File.Delete(_files.HibernatedState);
                await (await _machine.MonitorAsync(cancellationToken)).ContinueAsync(cancellationToken);
                break;
            case "io-error" or "paused":
                // The host's disk was full, or a copy of a disk is lost: what failed is tried again, and the guest stops again if it still fails.
                await _mirrors.GoOnAsync(_machine, _disks.Plugged, _services.Volumes, _services.Locks, cancellationToken);
                break;
        }

        if (guest is GuestState.Absent)
        {
            await ReleaseAsync();
        }
        else if (_record.Phase is VmPhase.Starting)
        {
            // The agent died between the launch and its note of it.
            await RememberAsync(_record.Started(_record.Accelerator ?? "tcg", _record.FastLaunched, _machine.Process, _services.Time.GetUtcNow()), cancellationToken);
        }

        return (guest, runState);
    }

    private async Task ExecuteAsync(VmStep step, VmSpec desired, DateTimeOffset now, CancellationToken cancellationToken)
    {
        switch (step.Action)
        {
            case VmAction.Start:
                await StartAsync(desired, now, cancellationToken);
                break;
            case VmAction.PressPowerButton or VmAction.PressPowerButtonToReboot:
                await RememberAsync(_record.Pressed(step.Action is VmAction.PressPowerButtonToReboot, now), cancellationToken);
                await (await _machine!.MonitorAsync(cancellationToken)).PressPowerButtonAsync(cancellationToken);
                break;
            case VmAction.Reset:
                var monitor = await _machine!.MonitorAsync(cancellationToken);
                await monitor.ResetAsync(cancellationToken);
                await monitor.ContinueAsync(cancellationToken);
                await RememberAsync(_record.Rebooted(desired), cancellationToken);
                _hold.End();
                break;
            case VmAction.Hibernate:
                await HibernateAsync(desired, now, cancellationToken);
                break;
            case VmAction.PowerOff:
                await FinishReplicasAsync(cancellationToken);
                await _machine!.PowerOffAsync(cancellationToken);
                await ReleaseAsync();
                await RememberAsync(_record.Ended(desired, step.EndReason, step.Message, now), cancellationToken);
                break;
            case VmAction.RecordEnd:
                if (step.EndReason is VmEndReason.Crashed)
                {
                    _services.Logger.VmCrashed(Id, QemuLauncher.LastWords(_files));
                }

                await RememberAsync(_record.Ended(desired, step.EndReason, step.Message, now), cancellationToken);
                break;
            case VmAction.Remove:
                _services.Records.Remove(Id);
                Report(desired, new VmStep { State = VmState.Gone });
                break;
        }
    }

    private async Task StartAsync(VmSpec desired, DateTimeOffset now, CancellationToken cancellationToken)
    {
        // A disk may be getting another file: the machine would not see what was written there.
        using var held = await _services.Locks.AcquireAsync(desired.Disks.Select(disk => disk.VolumeId), cancellationToken);
        if (_services.Readiness(desired).State is not VmReadinessState.Ready)
        {
            return;
        }

        var before = _record;
        await RememberAsync(_record.Starting(desired, now), cancellationToken);
        try
        {
            var launch = await _services.Prepare(desired, before, cancellationToken);
            Volatile.Write(ref _record, _record with { Accelerator = launch.Accelerator, FastLaunched = launch.Restored is not null || launch is { IsResumed: true, Memory: not null } });
            Volatile.Write(ref _panicked, false);
            Volatile.Write(ref _reachability, GuestReachability.Booting(now));
            var (machine, launched) = await LaunchAsync(launch, desired, cancellationToken);
            Volatile.Write(ref _machine, machine);
            await RememberAsync(_record.Started(launch.Accelerator, launched.Memory is not null, machine.Process, _services.Time.GetUtcNow()), cancellationToken);
        }
        catch (Exception exception) when (exception is VmStartException or HostCommandException or IOException or UnauthorizedAccessException)
        {
            _services.Logger.VmStartFailed(exception, Id);
            await _mirrors.ReleaseAsync(desired.Disks.Select(disk => disk.VolumeId), isWritten: false);
            await _disks.Replicas.ReleaseAsync(desired.Disks.Select(disk => disk.VolumeId), isWritten: false);
            await RememberAsync(_record.Ended(desired, VmEndReason.FailedToStart, exception.Message, _services.Time.GetUtcNow()), cancellationToken);
        }
    }

    /// <summary>What plugs the disks in that a copy has beside its root disk; <see langword="null"/> when it has none. Its volumes are held.</summary>
    private Func<QemuMachine, CancellationToken, Task>? PlugOthers(VmSpec desired) =>
        desired.Disks.Length == 1 ? null : (machine, cancellationToken) => _disks.PlugInOrderAsync(machine, desired.Disks, _services.Volumes, cancellationToken);

    private Task FinishReplicasAsync(CancellationToken cancellationToken) => AskAsync(monitor => _disks.Replicas.FinishAllAsync(monitor, _services.Locks, cancellationToken), cancellationToken);

    private async Task HibernateAsync(VmSpec desired, DateTimeOffset now, CancellationToken cancellationToken)
    {
        try
        {
            var launch = await _services.Prepare(desired, _record, cancellationToken);
            var memory = _record.FastLaunched ? GuestMemory.Own : null;
            var hibernated = new HibernatedMachine(_record.FastLaunched, Hibernation.DevicesOf(launch with { Memory = memory }));
            if (!File.Exists(_files.HibernatedState))
            {
                await FinishReplicasAsync(cancellationToken);
                // Those too that are on their way out.
                var keys = launch.Disks.Select(disk => disk.Key).Concat(_disks.Plugged.All.Select(id => _services.Volumes(id).Key));
                await Hibernation.SaveAsync(_machine!, _files, _services.User, SavedMemoryCipher.Of(keys), _services.Time, cancellationToken);
            }

            await _machine!.PowerOffAsync(cancellationToken);
            await ReleaseAsync();
            await RememberAsync(_record.Saved(desired, hibernated, now), cancellationToken);
        }
        catch (Exception exception) when (exception is QmpException or VmStartException)
        {
            _services.Logger.HibernationFailed(exception, Id);
            await RememberAsync(_record with { CannotHibernate = true }, cancellationToken);
        }
    }

    /// <summary>Starts the process. A copy that does not come to life is thrown away, and the machine boots from the same disk.</summary>
    private async Task<(QemuMachine Machine, VmLaunch Launch)> LaunchAsync(VmLaunch launch, VmSpec desired, CancellationToken cancellationToken)
    {
        if (launch.Restored is not null || launch.IsResumed)
        {
            try
            {
                return (await _services.Launcher.StartAsync(launch, Attach, cancellationToken, PlugOthers(desired)), launch);
            }
            catch (VmStartException exception)
            {
                _services.Logger.FastLaunchFailed(exception, Id);
                _disks.Forget();
                await _mirrors.ReleaseAsync(desired.Disks.Select(disk => disk.VolumeId), isWritten: false);
            }

            launch = await _services.Prepare(desired, _record, cancellationToken);
        }

        File.Delete(_files.HibernatedState); // a boot writes to the disks, and what was saved fits them no longer
        var boot = launch with { IsResumed = false, Memory = null };
        return (await _services.Launcher.StartAsync(boot, Attach, cancellationToken), boot);
    }

    private async Task ReleaseAsync()
    {
        if (_machine is null)
        {
            return;
        }

        _console.Close();
        await _mirrors.ReleaseAsync(VolumesInUse(), _machine.HasQuit);
        await _disks.Replicas.ReleaseAsync(VolumesInUse(), _machine.HasQuit);
        await _machine.DisposeAsync();
        Volatile.Write(ref _machine, null);
        _disks.Forget();
        _hold.End();
        _adapters.Forget();
        await _services.Launcher.CleanUpAsync(_files, CancellationToken.None);
        _services.Released();
    }

    private async Task RememberAsync(VmRecord record, CancellationToken cancellationToken)
    {
        await _services.Records.SaveAsync(record, cancellationToken);
        Volatile.Write(ref _record, record);
    }

    private void Report(VmSpec desired, VmStep step) =>
        Publish(VmStatuses.Of(desired, _record, step, _disks.Plugged, _adapters.Plugged, _status, _services.Time.GetUtcNow()) with
        {
            Reachability = step.State is VmState.Running ? Volatile.Read(ref _reachability).State : VmReachability.Unknown,
        }, desired);

    /// <summary>A machine that no desired state names is reported as it is.</summary>
    private void ReportUnknown(GuestState guest) =>
        Publish(VmStatuses.Found(Id, _record, guest, _disks.Plugged, _adapters.Plugged, _status, _services.Time.GetUtcNow()));

    /// <summary>Each wish is answered, also by the same status: who waits for a disk to go must hear that the guest never had it.</summary>
    private void Publish(VmStatus status, VmSpec? answers = null)
    {
        Volatile.Write(ref _status, status);
        _services.Observations.Publish(status, again: !ReferenceEquals(answers, _answered));
        _answered = answers;
    }

    private QemuMachine DemandMachine() => Volatile.Read(ref _machine) ?? throw new VmNotFoundException(Id);
}
