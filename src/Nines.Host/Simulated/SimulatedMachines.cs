using Nines.Host.Api;
using Nines.Host.Reports;
using Nines.Host.Vms;

namespace Nines.Host.Simulated;

/// <summary>
/// Machines in memory, driven by the same plan as real ones; the hypervisor is a clock. Not thread-safe: its owner calls it
/// under a lock.
/// </summary>
/// <param name="options">What the host is like.</param>
/// <param name="time">The clock.</param>
/// <param name="faults">What goes wrong.</param>
/// <param name="log">Where what is observed goes.</param>
/// <param name="readiness">Whether what a machine needs is there.</param>
internal sealed class SimulatedMachines(SimulatedHostOptions options, TimeProvider time, ISimulatedFaults faults, ObservationLog log, Func<VmSpec, VmReadiness> readiness)
{
    private readonly Dictionary<string, SimulatedMachine> _machines = [];
    private readonly PriorityQueue<string, DateTimeOffset> _due = new();

    /// <summary>When <see cref="Advance"/> has something to do, or <see langword="null"/>.</summary>
    public DateTimeOffset? NextDue => _due.TryPeek(out _, out var at) ? at : null;

    public SimulatedMachine? Find(string id) => _machines.GetValueOrDefault(id);

    public void Clear()
    {
        _machines.Clear();
        _due.Clear();
    }

    /// <summary>Drops a machine that is gone and that nobody asks for any more.</summary>
    public void Forget(string id)
    {
        if (_machines.TryGetValue(id, out var machine) && machine.Status?.State is VmState.Gone)
        {
            _machines.Remove(id);
            log.Forget(ObservationKind.Vm, id);
        }
    }

    /// <summary>The machine's process dies.</summary>
    public void Crash(VmSpec desired)
    {
        if (_machines.TryGetValue(desired.Id, out var machine) && machine.Guest is not GuestState.Absent)
        {
            machine.Guest = GuestState.Absent;
            machine.DueAt = null;
            machine.IsBooting = false;
            Reconcile(desired);
        }
    }

    /// <summary>The guest powers itself off.</summary>
    public void ShutDownGuest(VmSpec desired)
    {
        if (_machines.TryGetValue(desired.Id, out var machine) && machine.Guest is GuestState.Running)
        {
            machine.Guest = GuestState.ShutDown;
            machine.DueAt = null;
            Reconcile(desired);
        }
    }

    /// <summary>Lets everything happen whose time has come.</summary>
    /// <param name="desired">What machines shall be, by id.</param>
    public void Advance(IReadOnlyDictionary<string, VmSpec> desired)
    {
        var now = time.GetUtcNow();
        while (_due.TryPeek(out var id, out var at) && at <= now)
        {
            _due.Dequeue();
            if (_machines.TryGetValue(id, out var machine) && desired.TryGetValue(id, out var spec))
            {
                Arrive(machine, now);
                Reconcile(spec);
            }
        }
    }

    /// <summary>Takes a machine as many steps as can be taken now.</summary>
    public void Reconcile(VmSpec desired)
    {
        if (!_machines.TryGetValue(desired.Id, out var machine))
        {
            _machines[desired.Id] = machine = new SimulatedMachine(desired.Id);
        }

        if (machine.Status?.State is VmState.Gone)
        {
            return;
        }

        while (true)
        {
            var now = time.GetUtcNow();
            Arrive(machine, now);
            var step = VmPlan.Next(desired, new VmObservation(machine.Record, machine.Guest, readiness(desired), now));
            Execute(step, machine, desired, now);
            Report(step, machine, desired, now);
            if (step.CheckAfter is { } after)
            {
                _due.Enqueue(desired.Id, now + after);
            }

            if (step.Action is VmAction.None or VmAction.Remove)
            {
                return;
            }
        }
    }

    private void Execute(VmStep step, SimulatedMachine machine, VmSpec desired, DateTimeOffset now)
    {
        switch (step.Action)
        {
            case VmAction.Start:
                Start(machine, desired, now);
                break;
            case VmAction.PressPowerButton or VmAction.PressPowerButtonToReboot:
                machine.Record = machine.Record.Pressed(step.Action is VmAction.PressPowerButtonToReboot, now);
                Press(machine, now);
                break;
            case VmAction.Reset:
                machine.Record = machine.Record.Rebooted(desired);
                machine.Guest = GuestState.Running;
                machine.DueAt = null;
                break;
            // Memory that exists only by its name is saved by saying so.
            case VmAction.PowerOff or VmAction.RecordEnd or VmAction.Hibernate:
                machine.Guest = GuestState.Absent;
                machine.IsBooting = false;
                machine.DueAt = null;
                machine.Record = machine.Record.Ended(desired, step.EndReason, step.Message, now);
                break;
        }
    }

    private void Start(SimulatedMachine machine, VmSpec desired, DateTimeOffset now)
    {
        var fault = faults.At(SimulatedStep.StartMachine, desired.Id);
        machine.Record = machine.Record.Starting(desired, now);
        if (fault is SimulatedFault.Crash)
        {
            machine.Record = machine.Record.Ended(desired, VmEndReason.FailedToStart, "Simulated: the hypervisor did not start.", now);
            return;
        }

        // Only a first start is a copy of kept memory; every later one boots from the machine's own disk.
        var fastLaunched = desired is { FastLaunchOwner: not null, BootGeneration: 1 };
        machine.Record = machine.Record.Started("simulated", fastLaunched, null, now);
        machine.Guest = GuestState.Running;
        machine.IsBooting = true;
        Schedule(machine, now, options.StartTime, fault);
    }

    private void Press(SimulatedMachine machine, DateTimeOffset now)
    {
        // A guest that is booting does not hear the button, and one that is shutting down does not begin again.
        if (machine.IsBooting || machine.DueAt is not null)
        {
            return;
        }

        var fault = faults.At(SimulatedStep.ShutDownMachine, machine.Record.Id);
        if (fault is SimulatedFault.Crash)
        {
            machine.Guest = GuestState.Absent;
            return;
        }

        Schedule(machine, now, options.ShutdownTime, fault);
    }

    private void Schedule(SimulatedMachine machine, DateTimeOffset now, TimeSpan after, SimulatedFault fault)
    {
        machine.DueAt = now + after + (fault is SimulatedFault.Slow ? options.SlowTime : TimeSpan.Zero);
        _due.Enqueue(machine.Record.Id, machine.DueAt.Value);
    }

    /// <summary>A boot or a shutdown whose time has come is over.</summary>
    private void Arrive(SimulatedMachine machine, DateTimeOffset now)
    {
        if (machine.DueAt is not { } due || due > now)
        {
            return;
        }

        machine.DueAt = null;
        if (!machine.IsBooting)
        {
            machine.Guest = GuestState.ShutDown;
            return;
        }

        machine.IsBooting = false;
        if (faults.At(SimulatedStep.RunMachine, machine.Record.Id) is SimulatedFault.Crash)
        {
            machine.Guest = GuestState.Absent;
        }
    }

    private void Report(VmStep step, SimulatedMachine machine, VmSpec desired, DateTimeOffset now)
    {
        if (step.Action is VmAction.Remove)
        {
            step = new VmStep { State = VmState.Gone };
        }
        else if (machine.IsBooting && step.State is VmState.Running)
        {
            step = step with { State = VmState.Starting };
        }

        var status = VmStatuses.Of(desired, machine.Record, step, VolumeIds.Of(desired.Disks.Select(disk => disk.VolumeId)), MacAddresses.Of(desired.Interfaces.Where(adapter => !adapter.Leaving).Select(adapter => adapter.MacAddress)), machine.Status, now);
        // Each wish is answered, also by the same status.
        var isAnswer = !ReferenceEquals(machine.Answered, desired);
        if (isAnswer || status != machine.Status)
        {
            (machine.Status, machine.Answered) = (status, desired);
            log.Publish(status, again: isAnswer);
        }
    }
}
