using Nines.Control.Services.Ec2.Instances;
using Nines.Control.Services.Ec2.Volumes;
using FirmwareBoot = Nines.Host.Api.FirmwareBoot;

namespace Nines.Control.Services.Ec2.RootVolumes;

/// <summary>The life of a root volume's replacement, pure: how it is asked for, and what its instance's life makes of it.</summary>
internal static class RootReplacementPlan
{
    private const string HostFailed = "Server.InternalError";

    /// <summary>
    /// The instance with another root volume: the same boot cannot have it, so it is another boot, though the instance runs all the time for its user. The old
    /// volume stays named until the machine has let it go.
    /// </summary>
    /// <param name="instance">The instance.</param>
    /// <param name="newVolumeId">The volume.</param>
    /// <param name="bootDigest">What starts the volume, where that is known. Firmware is the instance's own: its devices may have been changed since the volume's image.</param>
    public static Instance Begin(Instance instance, string newVolumeId, string? bootDigest) => instance with
    {
        VolumeIds = [newVolumeId, .. instance.VolumeIds.Skip(1), instance.VolumeIds[0]],
        ImageDigest = FirmwareBoot.Find(instance.ImageDigest) is null ? bootDigest ?? instance.ImageDigest : instance.ImageDigest,
        BootGeneration = instance.BootGeneration + 1,
        RebootGeneration = 0,
        FastLaunched = false,
    };

    /// <summary>How far a task is, seen from its instance; <see langword="null"/> for an instance that is forgotten.</summary>
    /// <param name="task">The task.</param>
    /// <param name="instance">The instance.</param>
    /// <param name="old">The old root volume; <see langword="null"/> when it is gone.</param>
    public static RootReplacementState Observe(RootReplacement task, Instance? instance, Volume? old)
    {
        if (task.State != RootReplacementState.InProgress)
        {
            return task.State;
        }

        return instance switch
        {
            null => RootReplacementState.Failed,
            { State: InstanceState.ShuttingDown or InstanceState.Terminated } => RootReplacementState.Failed,
            { State: InstanceState.Stopped, StateReason.Code: HostFailed } => IsFree(task, old) ? RootReplacementState.Failed : RootReplacementState.FailedDetached,

            // A machine that was stopped on the way has let go of the old volume too, and starts from the new one.
            { State: InstanceState.Running or InstanceState.Stopped } when old?.Attachment?.InstanceId != task.InstanceId => RootReplacementState.Succeeded,
            _ => RootReplacementState.InProgress,
        };
    }

    /// <summary>The instance with its old root volume again, or with none.</summary>
    public static Instance Undo(RootReplacement task, Instance instance, bool hasOld) => instance with
    {
        VolumeIds = [.. hasOld ? [task.OldVolumeId] : Enumerable.Empty<string>(), .. instance.VolumeIds.Where(id => id != task.NewVolumeId && id != task.OldVolumeId)],
        ImageDigest = task.OldImageDigest,
    };

    private static bool IsFree(RootReplacement task, Volume? old) =>
        old is { State: VolumeState.Available or VolumeState.InUse } && (old.Attachment is null || old.Attachment.InstanceId == task.InstanceId);
}
