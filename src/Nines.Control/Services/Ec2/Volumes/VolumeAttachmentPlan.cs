using Nines.Control.Services.Ec2.Instances;
using Nines.Host.Api;

namespace Nines.Control.Services.Ec2.Volumes;

/// <summary>What a host's observation of a machine makes of a volume that the machine is to get or to lose: pure.</summary>
internal static class VolumeAttachmentPlan
{
    /// <summary>The volume as it becomes; the same object when nothing changes.</summary>
    public static Volume Observe(Volume volume, Instance instance, VmStatus observed)
    {
        // What is reported of an earlier start says nothing about this one.
        if (observed.BootGeneration < instance.BootGeneration || volume.Attachment is not { } attachment)
        {
            return volume;
        }

        var ended = observed.State is VmState.Ended or VmState.Gone;
        var has = observed.Disks.Contains(volume.Id);
        return attachment.State switch
        {
            // A machine that does not run gets it at its next start.
            VolumeAttachmentState.Attaching when has || ended => volume with { Attachment = attachment with { State = VolumeAttachmentState.Attached } },
            VolumeAttachmentState.Detaching when ended || (!has && observed.State is VmState.Running or VmState.Stopping) => Detached(volume),
            _ => volume,
        };
    }

    /// <summary>The volume without its instance.</summary>
    public static Volume Detached(Volume volume) => volume with { State = VolumeState.Available, Attachment = null };
}
