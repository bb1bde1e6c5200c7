using System.Globalization;
using Nines.Control.Admin;
using Nines.Control.Services.Ec2.Volumes;
using Nines.Control.Store;
using Nines.Host.Api;

namespace Nines.Control.Services.Ec2;

/// <summary>How the copies of volumes stand, from the records and from the hosts' own measurements.</summary>
internal sealed class Ec2Copies(Cloud cloud, Ec2Usage usage)
{
    /// <summary>Asks the hosts that have asynchronous copies; those of one that does not answer in time are told without figures.</summary>
    public async Task<VolumesResult> TellAsync(VolumesRequest request, CancellationToken cancellationToken)
    {
        var volumes = (request.VolumeIds is { } ids ? ids.Distinct().SelectMany(id => cloud.By(Volume.ById, id)) : cloud.ListAll(Volume.Table))
            .Where(volume => volume.State != Volumes.VolumeState.Deleting).OrderBy(volume => volume.Id, StringComparer.Ordinal).ToArray();
        var hosts = volumes.Where(volume => ReplicationOf(volume) is VolumeReplication.Asynchronous).Select(volume => volume.HostId).OfType<string>().Distinct().ToArray();
        var measured = await Task.WhenAll(hosts.Select(host => usage.MeasureAsync(host, cancellationToken)));
        var copies = measured.OfType<HostUsage>().SelectMany(host => host.Replicas).ToDictionary(copy => copy.VolumeId, StringComparer.Ordinal);
        return new VolumesResult([.. volumes.Select(volume => Tell(volume, copies.GetValueOrDefault(volume.Id)))]);
    }

    /// <summary>A volume with its copies: pure.</summary>
    /// <param name="measured">What its host says of its asynchronous copy, if it does.</param>
    public static VolumeLine Tell(Volume volume, ReplicaUsage? measured)
    {
        var replication = ReplicationOf(volume);
        var copy = replication is VolumeReplication.Asynchronous ? measured : null;
        return new VolumeLine(
            volume.Id, volume.VolumeType, volume.SizeGiB, VolumeDescriptions.Name(volume.State), volume.Attachment?.InstanceId,
            replication switch
            {
                VolumeReplication.Synchronous => "synchronous",
                VolumeReplication.Asynchronous => "asynchronous",
                _ => "none",
            },
            volume.Loss is { } loss ? loss.IsAccepted ? "lost, being made of its copy" : "lost, a copy is left"
            : replication is VolumeReplication.Asynchronous ? Say(copy) : Say(volume))
        {
            CopyOf = volume.Loss?.CopyOf ?? copy?.CopyOf,
            LagSeconds = volume.Loss is null ? copy?.LagSeconds : null,
        };
    }

    private static VolumeReplication ReplicationOf(Volume volume) => VolumeRules.ReplicationOf(volume.VolumeType, volume.Tags);

    private static string? Say(Volume volume) => volume.Redundancy switch
    {
        VolumeRedundancy.Whole => "both whole",
        VolumeRedundancy.Degraded => "one of two",
        VolumeRedundancy.Rebuilding => string.Create(CultureInfo.InvariantCulture, $"one of two, the other {volume.RebuiltPercent} % made"),
        _ => null,
    };

    private static string? Say(ReplicaUsage? copy) => copy switch
    {
        null => null,
        { CopyOf: null, Message: { } why } => $"none: {why}",
        { CopyOf: null, Percent: { } percent } => string.Create(CultureInfo.InvariantCulture, $"first copy, {percent} % made"),
        { CopyOf: null } => "none yet",
        { Message: { } why } => $"falls behind: {why}",
        { LagSeconds: 0 } => "current",
        _ => "follows",
    };
}
