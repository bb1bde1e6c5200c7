using Nines.Host.Api;

namespace Nines.Host.Vms;

/// <summary>Decides a machine's next step from what it shall be and what is there of it. Pure.</summary>
internal static class VmPlan
{
    /// <summary>
    /// How long to wait before the power button is pressed again: a press during firmware or early boot is lost, and a guest
    /// that is shutting down already ignores another.
    /// </summary>
    public static readonly TimeSpan PressAgainAfter = TimeSpan.FromSeconds(5);

    /// <summary>The next step; <see cref="VmAction.None"/> when there is nothing to do but wait.</summary>
    public static VmStep Next(VmSpec desired, VmObservation observed) => observed.Guest switch
    {
        GuestState.Absent => WithoutProcess(desired, observed),
        GuestState.Running => IsWantedBoot(desired, observed.Record) ? KeepRunning(desired, observed) : Stop(desired, observed),
        _ => AfterShutdown(desired, observed.Record),
    };

    private static bool IsWantedBoot(VmSpec desired, VmRecord record) =>
        desired.Power is VmPower.Running && desired.BootGeneration <= record.BootGeneration;

    private static VmStep WithoutProcess(VmSpec desired, VmObservation observed)
    {
        var record = observed.Record;
        var wanted = desired.Power is VmPower.Running;
        if (wanted && (desired.BootGeneration > record.BootGeneration || record.Phase is VmPhase.Starting))
        {
            return Start(observed.Readiness);
        }

        if (record.Phase is VmPhase.Up)
        {
            return record.StopAskedAt is null
                ? End(VmAction.RecordEnd, VmEndReason.Crashed, "The hypervisor process ended without being asked.")
                : End(VmAction.RecordEnd, VmEndReason.Requested);
        }

        if (desired.Power is VmPower.Terminated)
        {
            return new() { Action = VmAction.Remove, State = VmState.Stopping };
        }

        return record.Phase is VmPhase.Ended && desired.BootGeneration <= record.BootGeneration
            ? new() { State = VmState.Ended }
            : End(VmAction.RecordEnd, VmEndReason.Requested);
    }

    private static VmStep Start(VmReadiness readiness) => readiness.State switch
    {
        VmReadinessState.Ready => new() { Action = VmAction.Start, State = VmState.Starting },
        VmReadinessState.Waiting => new() { State = VmState.Starting, Message = readiness.Message },
        VmReadinessState.Locked => End(VmAction.RecordEnd, VmEndReason.DiskLocked, readiness.Message),
        _ => End(VmAction.RecordEnd, VmEndReason.FailedToStart, readiness.Message),
    };

    private static VmStep KeepRunning(VmSpec desired, VmObservation observed)
    {
        var record = observed.Record;
        return desired.RebootGeneration <= record.RebootGeneration
            ? new() { State = VmState.Running, Message = record.Message }
            : Ask(VmAction.PressPowerButtonToReboot, VmAction.Reset, VmState.Running, record.RebootAskedAt, desired, observed);
    }

    private static VmStep Stop(VmSpec desired, VmObservation observed)
    {
        // Once a guest was asked to shut down, what is in its memory is half gone.
        if (desired is { Power: VmPower.Stopped, Hibernate: true, ForceStop: false } && observed.Record is { StopAskedAt: null, CannotHibernate: false })
        {
            return new() { Action = VmAction.Hibernate, State = VmState.Stopping, EndReason = VmEndReason.Hibernated };
        }

        var step = desired.ForceStop
            ? new VmStep { Action = VmAction.PowerOff, State = VmState.Stopping }
            : Ask(VmAction.PressPowerButton, VmAction.PowerOff, VmState.Stopping, observed.Record.StopAskedAt, desired, observed);
        return step.Action is VmAction.PowerOff ? step with { EndReason = VmEndReason.Requested } : step;
    }

    /// <summary>Asks the guest again and again until its time is over, then does what needs no guest.</summary>
    private static VmStep Ask(VmAction ask, VmAction force, VmState state, DateTimeOffset? askedAt, VmSpec desired, VmObservation observed)
    {
        if (askedAt is not { } asked || observed.Record.PressedAt is not { } pressed)
        {
            return new() { Action = ask, State = state };
        }

        var untilForce = asked + TimeSpan.FromSeconds(desired.StopTimeoutSeconds) - observed.Now;
        if (untilForce <= TimeSpan.Zero)
        {
            return new() { Action = force, State = state };
        }

        var untilPress = pressed + PressAgainAfter - observed.Now;
        return untilPress <= TimeSpan.Zero
            ? new() { Action = ask, State = state }
            : new() { State = state, CheckAfter = untilPress < untilForce ? untilPress : untilForce };
    }

    private static VmStep AfterShutdown(VmSpec desired, VmRecord record)
    {
        if (IsWantedBoot(desired, record) && record.RebootAskedAt is not null)
        {
            return new() { Action = VmAction.Reset, State = VmState.Running };
        }

        return new()
        {
            Action = VmAction.PowerOff,
            State = VmState.Stopping,
            EndReason = record.StopAskedAt is null ? VmEndReason.GuestShutdown : VmEndReason.Requested,
        };
    }

    private static VmStep End(VmAction action, VmEndReason reason, string? message = null) =>
        new() { Action = action, State = VmState.Ended, EndReason = reason, Message = message };
}
