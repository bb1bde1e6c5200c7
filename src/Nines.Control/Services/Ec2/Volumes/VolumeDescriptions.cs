using System.Globalization;
using Nines.Api.Ec2;
using Nines.Control.Services.Ec2.Tags;

namespace Nines.Control.Services.Ec2.Volumes;

/// <summary>Volumes as a client sees them: pure.</summary>
internal static class VolumeDescriptions
{
    /// <summary>A volume.</summary>
    public static Api.Ec2.Volume Describe(Volume volume) => new()
    {
        Attachments = volume.Attachment is null ? [] : [DescribeAttachment(volume)],
        AvailabilityZone = volume.Zone,
        CreateTime = volume.CreateTime,
        Encrypted = volume.Key is not null,
        KmsKeyId = volume.Key?.KmsKeyArn,
        Size = volume.SizeGiB,
        SnapshotId = volume.SnapshotId ?? "",
        State = Name(volume.State),
        VolumeId = volume.Id,
        Iops = volume.Iops,
        Tags = volume.Tags.ToApiOrNull(),
        VolumeType = volume.VolumeType,
        MultiAttachEnabled = false,
        Throughput = volume.ThroughputMiBps,
    };

    /// <summary>That an instance has it.</summary>
    public static Api.Ec2.VolumeAttachment DescribeAttachment(Volume volume) => new()
    {
        AttachTime = volume.Attachment!.AttachTime,
        Device = volume.Attachment.DeviceName,
        InstanceId = volume.Attachment.InstanceId,
        State = volume.Ready || volume.Attachment.State == VolumeAttachmentState.Detaching ? StatusOf(volume.Attachment) : "attaching",
        VolumeId = volume.Id,
        DeleteOnTermination = volume.Attachment.DeleteOnTermination,
    };

    /// <summary>Whether it can be read and written.</summary>
    public static VolumeStatusItem DescribeStatus(Volume volume)
    {
        var failed = volume.State == VolumeState.Error || volume.Loss is not null;
        var degraded = VolumePlan.IsDegraded(volume.Redundancy);
        return new()
        {
            Actions = volume.Loss is { IsAccepted: false } ? [DescribeEnabling(volume)] : [],
            AvailabilityZone = volume.Zone,
            Events = volume.Loss is { } loss ? [DescribeLoss(volume, loss)] : degraded ? [DescribeDegraded(volume)] : [],
            VolumeId = volume.Id,
            VolumeStatus = new VolumeStatusInfo
            {
                Status = failed ? VolumeStatusInfoStatus.Impaired : degraded ? Warning : VolumeStatusInfoStatus.Ok,
                Details =
                [
                    new VolumeStatusDetails { Name = VolumeStatusName.IoEnabled, Status = failed ? "failed" : "passed" },
                    new VolumeStatusDetails { Name = VolumeStatusName.IoPerformance, Status = PerformanceOf(volume) },
                ],
            },
        };
    }

    private const string PotentialDataInconsistency = "potential-data-inconsistency";

    private static VolumeStatusEvent DescribeLoss(Volume volume, VolumeLoss loss) => new()
    {
        EventType = PotentialDataInconsistency,
        EventId = LossIdOf(volume),
        Description = loss.IsAccepted
            ? $"The volume's disk is lost. It is being made of its copy of {loss.CopyOf.UtcDateTime:yyyy-MM-dd HH:mm:ss'Z'}, which was accepted."
            : $"The volume's disk is lost. There is a copy of {loss.CopyOf.UtcDateTime:yyyy-MM-dd HH:mm:ss'Z'}; what was written later is not in it.",
        NotBefore = loss.Since,
        InstanceId = volume.Attachment?.InstanceId,
    };

    private static VolumeStatusAction DescribeEnabling(Volume volume) => new()
    {
        Code = "enable-volume-io",
        Description = "Enable Volume I/O",
        EventId = LossIdOf(volume),
        EventType = PotentialDataInconsistency,
    };

    private static string LossIdOf(Volume volume) => "evol-" + volume.Id[(volume.Id.IndexOf('-', StringComparison.Ordinal) + 1)..];

    /// <summary>Newer than the model: "Monitor the status of your volumes" of the EBS user guide.</summary>
    private const string Warning = "warning";

    /// <summary>AWS says it of volumes whose performance is provisioned; here, those are the ones that have two copies.</summary>
    private static string PerformanceOf(Volume volume) => volume.Redundancy is Host.Api.VolumeRedundancy.None ? "not-applicable" : VolumePlan.IsDegraded(volume.Redundancy) ? "degraded" : "normal";

    private static VolumeStatusEvent DescribeDegraded(Volume volume) => new()
    {
        EventType = "io-performance:degraded",
        Description = volume.Redundancy is Host.Api.VolumeRedundancy.Rebuilding
            ? string.Create(CultureInfo.InvariantCulture, $"Only one of the volume's two copies is whole; the other is made anew from it ({volume.RebuiltPercent} % done).")
            : "Only one of the volume's two copies is whole.",
        NotBefore = volume.RedundancySince,
        InstanceId = volume.Attachment?.InstanceId,
    };

    /// <summary>The newest change of a volume.</summary>
    public static Api.Ec2.VolumeModification DescribeModification(Volume volume)
    {
        var modification = volume.Modification!;
        return new()
        {
            VolumeId = volume.Id,
            ModificationState = StateOf(modification),
            TargetSize = modification.Target.SizeGiB,
            TargetIops = modification.Target.Iops,
            TargetVolumeType = modification.Target.VolumeType,
            TargetThroughput = modification.Target.ThroughputMiBps,
            TargetMultiAttachEnabled = false,
            OriginalSize = modification.Original.SizeGiB,
            OriginalIops = modification.Original.Iops,
            OriginalVolumeType = modification.Original.VolumeType,
            OriginalThroughput = modification.Original.ThroughputMiBps,
            OriginalMultiAttachEnabled = false,
            Progress = modification.EndTime is null ? 0 : 100,
            StartTime = modification.StartTime,
            EndTime = modification.EndTime,
        };
    }

    /// <summary>A modification's state.</summary>
    public static string StateOf(VolumeModification modification) =>
        modification.EndTime is null ? VolumeModificationState.Modifying : VolumeModificationState.Completed;

    /// <summary>An attachment's state.</summary>
    public static string StatusOf(VolumeAttachment attachment) => attachment.State switch
    {
        VolumeAttachmentState.Attached => "attached",
        VolumeAttachmentState.Attaching => "attaching",
        _ => "detaching",
    };

    /// <summary>A volume's state.</summary>
    public static string Name(VolumeState state) => state switch
    {
        VolumeState.Creating => "creating",
        VolumeState.Available => "available",
        VolumeState.InUse => "in-use",
        VolumeState.Deleting => "deleting",
        VolumeState.Error => "error",
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, null),
    };

    /// <summary>A time as filters compare it.</summary>
    public static string? Time(DateTimeOffset? time) => time?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
