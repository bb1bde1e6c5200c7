using System.Globalization;
using Nines.Host.Api;

namespace Nines.Control.Services.Ec2.Instances;

/// <summary>
/// The life cycle of an instance, pure: what a call asks for and what a host observes, to the instance's next state. No
/// step takes two edges of AWS's life cycle at once (EC2 User Guide: Amazon EC2 instance state changes).
/// </summary>
internal static class InstancePlan
{
    /// <summary>How long a terminated instance can still be described.</summary>
    public static readonly TimeSpan TerminatedVisible = TimeSpan.FromHours(1);

    /// <summary>What StartInstances makes of an instance.</summary>
    /// <exception cref="Nines.Wire.AwsException"><c>IncorrectInstanceState</c>.</exception>
    public static Instance Start(Instance instance, DateTimeOffset now) => instance.State switch
    {
        InstanceState.Pending or InstanceState.Running => instance,
        InstanceState.Stopped => Enter(instance, InstanceState.Pending, now) with
        {
            Power = InstancePower.Running,
            ForceStop = false,
            Hibernate = false,
            CpuThrottled = false,
            BootGeneration = instance.BootGeneration + 1,
            RebootGeneration = 0,
            LaunchTime = WholeSecond(now),
            StateReason = StateReason.Pending,
            StateTransitionReason = null,
        },
        _ => throw InstanceErrors.CannotStart(instance.Id),
    };

    /// <summary>What StopInstances makes of an instance.</summary>
    /// <exception cref="Nines.Wire.AwsException"><c>IncorrectInstanceState</c>.</exception>
    public static Instance Stop(Instance instance, bool force, DateTimeOffset now, bool hibernate = false) => instance.State switch
    {
        InstanceState.Stopped => instance,
        InstanceState.Stopping => force && !instance.ForceStop ? Forced(instance) : instance,
        InstanceState.Pending when !instance.HasRun => throw InstanceErrors.NeverRan(instance.Id),
        InstanceState.Running or InstanceState.Pending => Enter(instance, InstanceState.Stopping, now) with
        {
            Power = InstancePower.Stopped,
            ForceStop = force,
            Hibernate = hibernate,
            StateReason = hibernate ? StateReason.UserInitiatedHibernate : StateReason.UserInitiatedShutdown,
            StateTransitionReason = UserInitiated(now),
        },
        _ => throw InstanceErrors.CannotStop(instance.Id),
    };

    /// <summary>What TerminateInstances makes of an instance; one that does not run is terminated at once.</summary>
    public static InstanceStep Terminate(Instance instance, DateTimeOffset now)
    {
        if (instance.State.IsEnding())
        {
            return new InstanceStep(instance);
        }

        var stopped = instance.State == InstanceState.Stopped;
        var next = Enter(instance, stopped ? InstanceState.Terminated : InstanceState.ShuttingDown, now) with
        {
            Power = InstancePower.Terminated,
            Hibernate = false,
            StateReason = StateReason.UserInitiatedShutdown,
            StateTransitionReason = UserInitiated(now),
        };
        return new InstanceStep(next, stopped ? InstanceEffects.ReleasePublicAddresses | InstanceEffects.ReleaseDevices : InstanceEffects.None);
    }

    /// <summary>What RebootInstances makes of an instance.</summary>
    /// <exception cref="Nines.Wire.AwsException"><c>IncorrectInstanceState</c>.</exception>
    public static Instance Reboot(Instance instance) => instance.State == InstanceState.Running
        ? instance with { RebootGeneration = instance.RebootGeneration + 1 }
        : throw InstanceErrors.NotRunning(instance.Id);

    /// <summary>The next step that a host's observation leads to; repeat it until the instance stays the same.</summary>
    public static InstanceStep Observe(Instance instance, VmStatus observed, DateTimeOffset now) => instance.State switch
    {
        // What is reported of an earlier start says nothing about this one.
        InstanceState.Pending or InstanceState.Running or InstanceState.Stopping when observed.BootGeneration < instance.BootGeneration => new(instance),
        InstanceState.Pending => ObservePending(instance, observed, now),
        InstanceState.Running when observed is { State: VmState.Running, Reachability: not VmReachability.Unknown } && observed.Reachability != instance.Reachability =>
            new(instance with { Reachability = observed.Reachability, ReachabilitySince = now }),
        InstanceState.Running when observed.State is VmState.Ended or VmState.Gone => new(EndedByItself(instance, observed, now)),
        InstanceState.Stopping when observed.State is VmState.Ended or VmState.Gone =>
            new(Enter(Saved(instance, observed), InstanceState.Stopped, now), InstanceEffects.ReleasePublicAddresses),
        InstanceState.ShuttingDown when observed.State == VmState.Gone => Terminated(instance with { HostId = null }, now),
        InstanceState.Terminated when observed.State == VmState.Gone && instance.HostId is not null => new(instance with { HostId = null }),
        _ => new InstanceStep(instance),
    };

    /// <summary>What time alone makes of an instance.</summary>
    public static InstanceStep Age(Instance instance, DateTimeOffset now) =>
        instance is { State: InstanceState.Terminated, HostId: null } && now >= ForgetAt(instance)
            ? new InstanceStep(instance, InstanceEffects.Forget)
            : new InstanceStep(instance);

    /// <summary>When a terminated instance is forgotten.</summary>
    public static DateTimeOffset ForgetAt(Instance instance) => instance.StateSince + TerminatedVisible;

    /// <summary>A time as EC2 keeps launches and attachments: without a fraction of a second.</summary>
    public static DateTimeOffset WholeSecond(DateTimeOffset time) => new(time.Ticks - (time.Ticks % TimeSpan.TicksPerSecond), time.Offset);

    /// <summary>A stop that shall not wait for the guest does not wait for its memory either.</summary>
    private static Instance Forced(Instance instance) => instance with
    {
        ForceStop = true,
        Hibernate = false,
        StateReason = instance.Hibernate ? StateReason.UserInitiatedShutdown : instance.StateReason,
    };

    /// <summary>Memory that no host has saved is not told as saved: the next start is a boot.</summary>
    private static Instance Saved(Instance instance, VmStatus observed) => instance.Hibernate && observed.EndReason != VmEndReason.Hibernated
        ? instance with { Hibernate = false, StateReason = StateReason.UserInitiatedShutdown }
        : instance;

    private static InstanceStep ObservePending(Instance instance, VmStatus observed, DateTimeOffset now)
    {
        // A guest that shut itself down before anyone looked did run: it takes the same way as one that was seen.
        if (observed.State is VmState.Running or VmState.Stopping || observed is { State: VmState.Ended, EndReason: VmEndReason.GuestShutdown })
        {
            return new(Enter(instance, InstanceState.Running, now) with
            {
                HasRun = true,
                FastLaunched = observed.FastLaunched,
                StateReason = null,
                Reachability = observed.Reachability,
                ReachabilitySince = now,
            });
        }

        if (observed.State != VmState.Ended || observed.EndReason is VmEndReason.None)
        {
            return new(instance);
        }

        var reason = observed.EndReason == VmEndReason.DiskLocked ? StateReason.KeyUnusable : StateReason.LaunchFailed(observed.Message);
        if (instance.HasRun)
        {
            var stopped = Enter(instance, InstanceState.Stopped, now) with { Power = InstancePower.Stopped, StateReason = reason, StateTransitionReason = reason.Code };
            return new(stopped, InstanceEffects.ReleasePublicAddresses);
        }

        return Terminated(instance with { Power = InstancePower.Terminated, StateReason = reason, StateTransitionReason = reason.Code }, now);
    }

    private static Instance EndedByItself(Instance instance, VmStatus observed, DateTimeOffset now)
    {
        if (observed.EndReason != VmEndReason.GuestShutdown)
        {
            // The shutdown behaviour speaks of guests that shut down; a machine that crashed keeps its disks.
            var failure = StateReason.HypervisorFailed(observed.Message);
            return Enter(instance, InstanceState.Stopping, now) with { Power = InstancePower.Stopped, StateReason = failure, StateTransitionReason = failure.Code };
        }

        var terminate = instance.ShutdownBehavior == ShutdownBehavior.Terminate;
        return Enter(instance, terminate ? InstanceState.ShuttingDown : InstanceState.Stopping, now) with
        {
            Power = terminate ? InstancePower.Terminated : InstancePower.Stopped,
            StateReason = StateReason.InstanceInitiatedShutdown,
            StateTransitionReason = null,
        };
    }

    private static InstanceStep Terminated(Instance instance, DateTimeOffset now) =>
        new(Enter(instance, InstanceState.Terminated, now), InstanceEffects.ReleasePublicAddresses | InstanceEffects.ReleaseDevices);

    private static Instance Enter(Instance instance, InstanceState state, DateTimeOffset now) => instance with { State = state, StateSince = now };

    private static string UserInitiated(DateTimeOffset now) =>
        string.Create(CultureInfo.InvariantCulture, $"User initiated ({now.UtcDateTime:yyyy-MM-dd HH:mm:ss} GMT)");
}
