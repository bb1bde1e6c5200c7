using Nines.Host.Api;

namespace Nines.Control.Services.Ec2.Volumes;

/// <summary>What a host's observation makes of a volume: pure.</summary>
internal static class VolumePlan
{
    /// <summary>The volume as it becomes; the same object when nothing changes, <see langword="null"/> when it is gone for good.</summary>
    public static Volume? Observe(Volume volume, VolumeStatus observed, DateTimeOffset now) =>
        ObserveState(volume, observed, now) is { } next ? ObserveLoss(ObserveCopies(ObserveMade(next, observed), observed, now), observed, now) : null;

    private static Volume ObserveMade(Volume volume, VolumeStatus observed) =>
        !volume.Made && observed.State is Host.Api.VolumeState.Ready or Host.Api.VolumeState.Lost ? volume with { Made = true } : volume;

    /// <summary>Whether its disk is lost. One that is there again, be it of its copy, is as any other.</summary>
    private static Volume ObserveLoss(Volume volume, VolumeStatus observed, DateTimeOffset now) => (observed.State, volume.Loss) switch
    {
        (Host.Api.VolumeState.Lost, var known) when observed.CopyOf is { } copy && known?.CopyOf != copy => volume with { Loss = new VolumeLoss(copy, now, volume.AutoEnableIo) },
        (Host.Api.VolumeState.Ready, not null) => volume with { Loss = null },
        _ => volume,
    };

    /// <summary>How its copies stand; a volume of which none is left says nothing of them.</summary>
    private static Volume ObserveCopies(Volume volume, VolumeStatus observed, DateTimeOffset now)
    {
        // Every percent would be a write to the disk.
        var (redundancy, percent) = (observed.Redundancy, observed.RebuiltPercent / 10 * 10);
        if (observed.State is not Host.Api.VolumeState.Ready || (volume.Redundancy, volume.RebuiltPercent) == (redundancy, percent))
        {
            return volume;
        }

        var isAsBefore = IsDegraded(volume.Redundancy) == IsDegraded(redundancy);
        return volume with { Redundancy = redundancy, RebuiltPercent = percent, RedundancySince = isAsBefore ? volume.RedundancySince ?? now : now };
    }

    /// <summary>Whether only one copy is good of a volume that has two.</summary>
    public static bool IsDegraded(VolumeRedundancy redundancy) => redundancy is VolumeRedundancy.Degraded or VolumeRedundancy.Rebuilding;

    private static Volume? ObserveState(Volume volume, VolumeStatus observed, DateTimeOffset now) => (volume.State, observed.State) switch
    {
        (VolumeState.Deleting, Host.Api.VolumeState.Gone) => null,
        (VolumeState.Deleting, _) => volume,
        (VolumeState.Creating, Host.Api.VolumeState.Ready) => volume with { State = VolumeState.Available, Ready = true },
        (VolumeState.Error, Host.Api.VolumeState.Ready or Host.Api.VolumeState.Lost) => volume with { State = volume.Attachment is null ? VolumeState.Available : VolumeState.InUse, Ready = true },
        (VolumeState.Error, _) => volume,
        (_, Host.Api.VolumeState.Failed) => volume with { State = VolumeState.Error, Ready = false },
        (_, Host.Api.VolumeState.Ready) when !volume.Ready || IsModified(volume, observed) => Modified(volume, observed, now) with { Ready = true },
        _ => volume,
    };

    private static Volume Modified(Volume volume, VolumeStatus observed, DateTimeOffset now) =>
        IsModified(volume, observed) ? volume with { Modification = volume.Modification! with { EndTime = now } } : volume;

    private static bool IsModified(Volume volume, VolumeStatus observed) =>
        volume.Modification is { EndTime: null } modification && observed.SizeGiB >= modification.Target.SizeGiB;
}
