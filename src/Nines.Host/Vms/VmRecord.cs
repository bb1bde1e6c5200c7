using Nines.Host.Api;
using Nines.Host.Processes;

namespace Nines.Host.Vms;

/// <summary>What must be remembered of a machine over a restart of the agent. Written before a step is begun and after it is done.</summary>
internal sealed record VmRecord
{
    /// <summary>The instance id.</summary>
    public required string Id { get; init; }

    public VmPhase Phase { get; init; }

    /// <summary>The newest boot that was begun, or that was over before it began.</summary>
    public long BootGeneration { get; init; }

    /// <summary>The newest reboot that this boot has had.</summary>
    public long RebootGeneration { get; init; }

    public VmEndReason EndReason { get; init; }

    public string? Message { get; init; }

    /// <summary>When the phase was entered.</summary>
    public DateTimeOffset Since { get; init; }

    /// <summary>When this boot was first asked to end, or <see langword="null"/>.</summary>
    public DateTimeOffset? StopAskedAt { get; init; }

    /// <summary>When the reboot that is under way was first asked for, or <see langword="null"/>.</summary>
    public DateTimeOffset? RebootAskedAt { get; init; }

    /// <summary>When the power button was last pressed.</summary>
    public DateTimeOffset? PressedAt { get; init; }

    /// <summary>Accelerator of this boot.</summary>
    public string? Accelerator { get; init; }

    /// <summary>Whether this boot began as a copy of kept memory.</summary>
    public bool FastLaunched { get; init; }

    /// <summary>Whether saving this boot's memory was tried in vain.</summary>
    public bool CannotHibernate { get; init; }

    /// <summary>What its saved memory fits; only after a boot that ended with <see cref="VmEndReason.Hibernated"/>, and starts since then that came to no process.</summary>
    public HibernatedMachine? Hibernated { get; init; }

    /// <summary>The hypervisor process of this boot, or <see langword="null"/>.</summary>
    public ProcessIdentity? Process { get; init; }

    /// <summary>A boot of the machine begins; it counts for every reboot asked for until now.</summary>
    public VmRecord Starting(VmSpec spec, DateTimeOffset now) => new()
    {
        Id = Id,
        Phase = VmPhase.Starting,
        BootGeneration = spec.BootGeneration,
        RebootGeneration = spec.RebootGeneration,
        Since = now,
    };

    /// <summary>The boot has its process.</summary>
    public VmRecord Started(string accelerator, bool fastLaunched, ProcessIdentity? process, DateTimeOffset now) => this with
    {
        FastLaunched = fastLaunched,
        Phase = VmPhase.Up,
        Accelerator = accelerator,
        Process = process,
        Since = now,
    };

    /// <summary>The power button was pressed, to stop the machine or as the first half of a reboot.</summary>
    public VmRecord Pressed(bool forReboot, DateTimeOffset now) => this with
    {
        PressedAt = now,
        StopAskedAt = forReboot ? StopAskedAt : StopAskedAt ?? now,
        RebootAskedAt = forReboot ? RebootAskedAt ?? now : null,
    };

    /// <summary>The machine was reset: every reboot asked for until now is done.</summary>
    public VmRecord Rebooted(VmSpec spec) => this with
    {
        RebootGeneration = spec.RebootGeneration,
        RebootAskedAt = null,
        PressedAt = null,
    };

    /// <summary>The boot goes on at the next start.</summary>
    public VmRecord Saved(VmSpec spec, HibernatedMachine hibernated, DateTimeOffset now) =>
        Ended(spec, VmEndReason.Hibernated, null, now) with { Hibernated = hibernated };

    /// <summary>The boot is over.</summary>
    public VmRecord Ended(VmSpec spec, VmEndReason reason, string? message, DateTimeOffset now) => new()
    {
        Id = Id,
        Phase = VmPhase.Ended,
        BootGeneration = Phase is VmPhase.Up ? BootGeneration : spec.BootGeneration,
        RebootGeneration = RebootGeneration,
        EndReason = reason,
        Message = message,
        Hibernated = Phase is VmPhase.Ended ? Hibernated : null,
        Since = now,
    };
}
