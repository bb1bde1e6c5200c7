using Nines.Api.Ec2;
using Nines.Control.Services.Ec2.Instances;
using Nines.Control.Services.Ec2.Tags;

namespace Nines.Control.Services.Ec2.RootVolumes;

/// <summary>Replacements of root volumes as answers show them.</summary>
internal static class RootReplacementDescriptions
{
    /// <summary>A replacement.</summary>
    public static ReplaceRootVolumeTask Describe(RootReplacement task) => new()
    {
        ReplaceRootVolumeTaskId = task.Id,
        InstanceId = task.InstanceId,
        TaskState = task.State switch
        {
            RootReplacementState.InProgress => ReplaceRootVolumeTaskState.InProgress,
            RootReplacementState.Succeeded => ReplaceRootVolumeTaskState.Succeeded,
            RootReplacementState.Failed => ReplaceRootVolumeTaskState.Failed,
            _ => ReplaceRootVolumeTaskState.FailedDetached,
        },
        StartTime = InstanceFilters.Time(task.StartTime),
        CompleteTime = InstanceFilters.Time(task.CompleteTime),
        Tags = task.Tags.ToApiOrNull(),
        ImageId = task.ImageId,
        SnapshotId = task.SnapshotId,
        DeleteReplacedRootVolume = task.DeletesOld,
    };
}
