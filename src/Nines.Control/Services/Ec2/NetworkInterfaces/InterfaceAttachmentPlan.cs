using Nines.Control.Services.Ec2.Instances;
using Nines.Host.Api;

namespace Nines.Control.Services.Ec2.NetworkInterfaces;

/// <summary>What a host's observation of a machine makes of an interface that the machine is to get or to lose: pure.</summary>
internal static class InterfaceAttachmentPlan
{
    /// <summary>The interface as it becomes; the same object when nothing changes.</summary>
    public static NetworkInterface Observe(NetworkInterface adapter, Instance instance, VmStatus observed)
    {
        // What is reported of an earlier start says nothing about this one.
        if (observed.BootGeneration < instance.BootGeneration || adapter.Attachment is not { } attachment)
        {
            return adapter;
        }

        var ended = observed.State is VmState.Ended or VmState.Gone;
        var has = observed.Adapters.Contains(adapter.MacAddress);
        return attachment.State switch
        {
            // A machine that does not run gets it at its next start.
            InterfaceAttachmentState.Attaching when has || ended => adapter with { Attachment = attachment with { State = InterfaceAttachmentState.Attached } },
            InterfaceAttachmentState.Detaching when ended || (!has && observed.State is VmState.Running or VmState.Stopping) => Detached(adapter),
            _ => adapter,
        };
    }

    /// <summary>The interface without its instance; it keeps its addresses.</summary>
    public static NetworkInterface Detached(NetworkInterface adapter) => adapter with { Attachment = null, LinkDown = false };
}
