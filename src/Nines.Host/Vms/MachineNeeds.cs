using Nines.Host.Api;
using Nines.Host.Networks;

namespace Nines.Host.Vms;

/// <summary>Whether what a machine needs is there: pure.</summary>
internal static class MachineNeeds
{
    /// <param name="spec">The machine.</param>
    /// <param name="desired">What the host shall be.</param>
    /// <param name="statusOf">How a disk stands; <see langword="null"/> while it is not known.</param>
    /// <param name="isHalf">Whether a snapshot of a disk is half taken.</param>
    /// <param name="applied">The networks as they are.</param>
    public static VmReadiness Look(VmSpec spec, HostState desired, Func<string, VolumeStatus?> statusOf, Func<string, bool> isHalf, AppliedNetworks applied)
    {
        foreach (var disk in spec.Disks)
        {
            var status = statusOf(disk.VolumeId);
            var volume = desired.Volumes.GetValueOrDefault(disk.VolumeId);
            if (volume?.Key is { Failure: { } why })
            {
                return new VmReadiness(VmReadinessState.Locked, why);
            }

            if (status is { State: VolumeState.Failed } || (status is { State: VolumeState.Lost } && volume?.AcceptedCopy != status.CopyOf))
            {
                return new VmReadiness(VmReadinessState.Failed, status.Message);
            }

            if (status is not { State: VolumeState.Ready } || isHalf(disk.VolumeId)
                || (volume is not null && (status.SizeGiB < volume.SizeGiB || volume.Key is { Secret: null })))
            {
                return new VmReadiness(VmReadinessState.Waiting, $"Waits for volume {disk.VolumeId}.");
            }
        }

        foreach (var adapter in spec.Interfaces)
        {
            if (applied.WhyNotReady(adapter) is { } reason)
            {
                return new VmReadiness(VmReadinessState.Waiting, reason);
            }
        }

        return VmReadiness.Ready;
    }
}
