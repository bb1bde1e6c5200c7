using Nines.Host.Api;

namespace Nines.Host.Vms;

/// <summary>How a machine's record and next step are reported.</summary>
internal static class VmStatuses
{
    /// <summary>What a user should read of a machine that runs, and may not look so.</summary>
    public static string? MessageOf(VmStep step, string? runState, bool hasPanicked) => step.State switch
    {
        VmState.Running when runState is "io-error" => "The host's disk is full; the machine waits for space.",
        VmState.Running when hasPanicked => "The guest's kernel panicked.",
        _ => null,
    };

    /// <summary>The status to report; it keeps the time of the previous one while the state stays the same.</summary>
    public static VmStatus Of(VmSpec desired, VmRecord record, VmStep step, VolumeIds disks, MacAddresses adapters, VmStatus? previous, DateTimeOffset now)
    {
        var ended = step.State is VmState.Ended;
        var status = new VmStatus
        {
            Id = desired.Id,
            State = step.State,
            BootGeneration = step.State is VmState.Starting ? desired.BootGeneration : record.BootGeneration,
            RebootGeneration = record.RebootGeneration,
            EndReason = ended ? record.EndReason : VmEndReason.None,
            Message = step.Message ?? (ended ? record.Message : null),
            Since = now,
            FastLaunched = step.State is VmState.Running or VmState.Stopping && record.FastLaunched,
            Disks = step.State is VmState.Running or VmState.Stopping ? disks : VolumeIds.None,
            Adapters = step.State is VmState.Running or VmState.Stopping ? adapters : MacAddresses.None,
            Accelerator = step.State is VmState.Running or VmState.Stopping ? record.Accelerator : null,
        };
        if (previous is null && record.Phase is VmPhase.Up or VmPhase.Ended)
        {
            // Found by an agent that has just started: it has been so since then.
            return status with { Since = record.Since };
        }

        return previous is not null && previous.State == status.State && previous.BootGeneration == status.BootGeneration
            ? status with { Since = previous.Since }
            : status;
    }

    /// <summary>The status of a machine that no desired state names.</summary>
    public static VmStatus Found(string id, VmRecord record, GuestState guest, VolumeIds disks, MacAddresses adapters, VmStatus? previous, DateTimeOffset now)
    {
        var state = guest is GuestState.Absent ? VmState.Ended : VmState.Running;
        return new VmStatus
        {
            Id = id,
            State = state,
            BootGeneration = record.BootGeneration,
            RebootGeneration = record.RebootGeneration,
            EndReason = guest is GuestState.Absent ? record.EndReason : VmEndReason.None,
            Message = record.Message,
            Since = previous?.State == state ? previous.Since : now,
            FastLaunched = record.FastLaunched,
            Disks = disks,
            Adapters = adapters,
            Accelerator = record.Accelerator,
        };
    }
}
