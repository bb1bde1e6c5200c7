using Nines.Host.Api;

namespace Nines.Host.Volumes;

/// <summary>Decides what to do with a disk. Pure.</summary>
internal static class VolumePlan
{
    /// <summary>The next step.</summary>
    /// <param name="sizeBytes">Size of the disk that is there, or <see langword="null"/> when there is none.</param>
    /// <param name="inUse">Whether a machine has it open: an open disk is neither changed nor removed.</param>
    public static VolumeAction Next(VolumeSpec desired, long? sizeBytes, bool inUse) => (desired.Presence, sizeBytes) switch
    {
        (Presence.Absent, null) => VolumeAction.None,
        (Presence.Absent, _) => inUse ? VolumeAction.None : VolumeAction.Delete,
        (_, null) => desired.IsMade ? VolumeAction.Miss : VolumeAction.Create,
        var (_, size) => size < (long)desired.SizeGiB << 30 && !inUse ? VolumeAction.Grow : VolumeAction.None,
    };
}
