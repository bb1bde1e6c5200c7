using Nines.Control.Services.Ec2.ClientTokens;
using Nines.Control.Store;

namespace Nines.Control.Services.Ec2.Volumes;

/// <summary>Writes what belongs to a volume together with it.</summary>
internal static class VolumeRecords
{
    /// <summary>Its type in tag specifications, and in what client tokens made.</summary>
    public const string ResourceType = "volume";

    /// <summary>Has a volume go, with its host's part of it where there is one; the token that made it is free again.</summary>
    public static void Delete(CloudTransaction transaction, Volume volume)
    {
        ClientToken.Forget(transaction, volume.AccountId, ResourceType, volume.ClientToken);
        if (volume.HostId is null)
        {
            transaction.Delete(Volume.Table, volume);
        }
        else
        {
            transaction.Put(Volume.Table, volume with { State = VolumeState.Deleting, Attachment = null });
        }
    }
}
