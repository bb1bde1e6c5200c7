using System.Collections.Immutable;
using Nines.Host.Api;
using Nines.Host.Vms;

namespace Nines.Host.Replicas;

/// <summary>Says how the asynchronous copies of a host's volumes stand.</summary>
internal static class ReplicaSurvey
{
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(2);

    /// <summary>Asks the machines whether they wrote to their disks; those of one that does not say in time are told as older than they may be.</summary>
    public static async Task<ImmutableArray<ReplicaUsage>> MeasureAsync(
        HostState desired, IEnumerable<VmReconciler> machines, Func<VolumeSpec, ReplicaUsage?> usageOf, TimeProvider time, CancellationToken cancellationToken)
    {
        var volumes = desired.Volumes.Values.Where(spec => spec.Replication is VolumeReplication.Asynchronous).ToList();
        if (volumes.Count == 0)
        {
            return [];
        }

        await Task.WhenAll(machines.Select(async machine =>
        {
            try
            {
                await machine.LookAtReplicasAsync(cancellationToken).WaitAsync(s_timeout, time, cancellationToken);
            }
            catch (Exception exception) when (exception is IOException or TimeoutException)
            {
            }
        }));
        return [.. volumes.Select(usageOf).OfType<ReplicaUsage>().OrderBy(usage => usage.VolumeId, StringComparer.Ordinal)];
    }
}
