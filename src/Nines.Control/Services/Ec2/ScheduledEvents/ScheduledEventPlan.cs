using System.Globalization;
using Nines.Api.Ec2;
using Nines.Control.Services.Ec2.Instances;
using Instance = Nines.Control.Services.Ec2.Instances.Instance;
using InstanceState = Nines.Control.Services.Ec2.Instances.InstanceState;
using StateReason = Nines.Control.Services.Ec2.Instances.StateReason;

namespace Nines.Control.Services.Ec2.ScheduledEvents;

/// <summary>What time, and what users do meanwhile, make of an instance's scheduled events: pure.</summary>
internal static class ScheduledEventPlan
{
    /// <summary>How long an event that is over is told (EC2 User Guide: View scheduled events).</summary>
    public static readonly TimeSpan Visible = TimeSpan.FromDays(7);

    /// <summary>The instance with all that is due done; the same object when nothing is.</summary>
    public static Instance Next(Instance instance, DateTimeOffset now)
    {
        if (instance.Events.FirstOrDefault(known => known.CompletedAt is { } at && now >= at + Visible) is { } old)
        {
            return instance with { Events = instance.Events.Remove(old) };
        }

        if (instance.Events.FirstOrDefault(known => known.CompletedAt is null && IsOver(instance, known, now)) is not { } done)
        {
            return instance;
        }

        var acted = HasHappened(instance, done) ? instance : Act(instance, done, now);
        return acted with { Events = acted.Events.Replace(done, done with { CompletedAt = now }) };
    }

    /// <summary>When to look again; <see langword="null"/>: when the instance changes.</summary>
    public static DateTimeOffset? DueAt(Instance instance) => instance.Events.IsDefaultOrEmpty ? null : instance.Events.Min(known => known switch
    {
        { CompletedAt: { } at } => at + Visible,
        { Code: EventCode.SystemMaintenance } => known.NotAfter ?? known.NotBefore,
        _ => known.NotBefore,
    });

    private static bool IsOver(Instance instance, ScheduledEvent scheduled, DateTimeOffset now) =>
        HasHappened(instance, scheduled) || now >= (scheduled.Code == EventCode.SystemMaintenance ? scheduled.NotAfter ?? scheduled.NotBefore : scheduled.NotBefore);

    /// <summary>Whether the user has done it already: a start after a stop is on other ground in AWS's cloud, and a reboot is a reboot.</summary>
    private static bool HasHappened(Instance instance, ScheduledEvent scheduled) =>
        instance.BootGeneration > scheduled.BootGeneration
        || (scheduled.Code == EventCode.InstanceReboot && instance.RebootGeneration > scheduled.RebootGeneration)
        || instance.State.IsEnding();

    private static Instance Act(Instance instance, ScheduledEvent scheduled, DateTimeOffset now) => (scheduled.Code, instance.State) switch
    {
        (EventCode.InstanceReboot or EventCode.SystemReboot, InstanceState.Running) => InstancePlan.Reboot(instance),
        (EventCode.InstanceStop or EventCode.InstanceRetirement, InstanceState.Running) => InstancePlan.Stop(instance, force: false, now) with
        {
            StateReason = StateReason.ScheduledStop,
            StateTransitionReason = string.Create(CultureInfo.InvariantCulture, $"Server.ScheduledStop ({now.UtcDateTime:yyyy-MM-dd HH:mm:ss} GMT)"),
        },

        // What does not run needs nothing of it.
        _ => instance,
    };
}
