using Nines.Control.Admin;
using Nines.Control.Hosts;
using Nines.Control.Services.Ec2.Images;
using Nines.Control.Services.Ec2.Instances;
using Nines.Control.Services.Ec2.NetworkInterfaces;
using Nines.Control.Services.Ec2.Snapshots;
using Nines.Control.Services.Ec2.Volumes;
using Nines.Control.Services.Ec2.Vpcs;
using Nines.Control.Store;

namespace Nines.Control.Services.Ec2;

/// <summary>What the operator is told about servers and hosts.</summary>
internal sealed class Ec2Status(Cloud cloud, HostStatuses hosts, TimeProvider time)
{
    /// <summary>Counts what there is, and asks the hosts.</summary>
    public async Task<StatusResult> TellAsync(CancellationToken cancellationToken)
    {
        var counts = cloud.ListAll(Instance.Table).CountBy(instance => $"instances {instance.State.Name()}").ToDictionary();
        counts["instances running from kept memory"] = cloud.ListAll(Instance.Table).Count(instance => instance is { State: InstanceState.Running, FastLaunched: true });
        counts["snapshots"] = cloud.ListAll(Snapshot.Table).Count();
        counts["volumes"] = cloud.ListAll(Volume.Table).Count();
        counts["network interfaces"] = cloud.ListAll(NetworkInterface.Table).Count();
        counts["vpcs"] = cloud.ListAll(Vpc.Table).Count();
        counts["images"] = cloud.ListAll(Image.Table).Count();
        return new StatusResult { Counts = counts, Hosts = await hosts.ListAsync(time, cancellationToken) };
    }
}
