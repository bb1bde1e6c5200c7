using Nines.Control.Audit;
using Nines.Control.Gateway;
using Nines.Control.Services.Ec2.Query;
using Nines.Control.Store;

namespace Nines.Control.Services.Ec2.Volumes;

/// <summary>Changes of one volume in the name of a call.</summary>
internal static class VolumeWrites
{
    /// <summary>Finds the volume that a request names and writes what becomes of it.</summary>
    /// <exception cref="Nines.Wire.AwsException"><c>MissingParameter</c>, <c>InvalidVolumeID.Malformed</c>, <c>InvalidVolume.NotFound</c>, or what the change refuses.</exception>
    public static Task<Volume> ChangeVolumeAsync(this Cloud cloud, string? volumeId, Call call, Func<CloudTransaction, Volume, Volume> change, CancellationToken cancellationToken)
    {
        var id = ResourceId.Parse<VolumeId>(volumeId ?? throw Ec2Errors.MissingParameter("volumeId")).Value;
        return cloud.WriteAsync(
            call,
            transaction => change(transaction, transaction.Find(Volume.Table, call.AccountId, id) ?? throw Ec2Errors.NotFound(ResourceKind.Volume, id)),
            cancellationToken);
    }
}
