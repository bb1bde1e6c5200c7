using Nines.Host.Api;

namespace Nines.Host.Vms;

/// <summary>Whether what a machine needs (disks, adapters, image) is there.</summary>
/// <param name="State">How it stands.</param>
/// <param name="Message">What is missing or broken.</param>
internal sealed record VmReadiness(VmReadinessState State, string? Message = null)
{
    /// <summary>Everything is there.</summary>
    public static readonly VmReadiness Ready = new(VmReadinessState.Ready);

    /// <summary>How long a machine waits for its disks and adapters before its start has failed.</summary>
    private static readonly TimeSpan s_deadline = TimeSpan.FromMinutes(5);

    /// <summary>The same, or that it failed, once a start has waited for too long.</summary>
    /// <param name="desired">What the machine shall be.</param>
    /// <param name="status">How it was last reported.</param>
    /// <param name="now">The time.</param>
    public VmReadiness After(VmSpec desired, VmStatus? status, DateTimeOffset now) =>
        State is VmReadinessState.Waiting && status is { State: VmState.Starting } && status.BootGeneration == desired.BootGeneration && now - status.Since > s_deadline
            ? this with { State = VmReadinessState.Failed }
            : this;
}
