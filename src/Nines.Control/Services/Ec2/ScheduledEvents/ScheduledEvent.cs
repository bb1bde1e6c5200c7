using Nines.Api.Ec2;

namespace Nines.Control.Services.Ec2.ScheduledEvents;

/// <summary>That the operator will do something to an instance (EC2 User Guide: Scheduled events for your instances).</summary>
internal sealed record ScheduledEvent
{
    /// <summary>The id, <c>instance-event-…</c>.</summary>
    public required string Id { get; init; }

    /// <summary>AWS's code: <c>instance-reboot</c>, <c>system-reboot</c>, <c>system-maintenance</c>, <c>instance-stop</c> or <c>instance-retirement</c>.</summary>
    public required string Code { get; init; }

    /// <summary>What a user reads.</summary>
    public required string Description { get; init; }

    /// <summary>When it begins.</summary>
    public required DateTimeOffset NotBefore { get; init; }

    /// <summary>When it is over at the latest, or <see langword="null"/>.</summary>
    public DateTimeOffset? NotAfter { get; init; }

    /// <summary>Until when its user may put it off, or <see langword="null"/>: not at all.</summary>
    public DateTimeOffset? NotBeforeDeadline { get; init; }

    /// <summary>The instance's start in which it was scheduled: a later one is on mended ground.</summary>
    public long BootGeneration { get; init; }

    /// <summary>The instance's reboots until it was scheduled: a user may reboot before the operator does.</summary>
    public long RebootGeneration { get; init; }

    /// <summary>When it was over, or <see langword="null"/>.</summary>
    public DateTimeOffset? CompletedAt { get; init; }

    /// <summary>As answers show it.</summary>
    public InstanceStatusEvent Describe() => new()
    {
        InstanceEventId = Id,
        Code = Code,
        Description = CompletedAt is null ? Description : $"[Completed] {Description}",
        NotAfter = NotAfter,
        NotBefore = NotBefore,
        NotBeforeDeadline = NotBeforeDeadline,
    };
}
