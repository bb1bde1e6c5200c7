using System.Collections.Immutable;
using Nines.Control.Gateway;
using Nines.Control.Ids;
using Nines.Control.Services.Ec2.Encryption;
using Nines.Control.Services.Ec2.Volumes;
using Nines.Control.Services.Kms;
using Nines.Control.Store;
using Nines.Host.Api;
using Volume = Nines.Control.Services.Ec2.Volumes.Volume;

namespace Nines.Control.Services.Ec2.Snapshots;

/// <summary>Writes and removes the records of snapshots.</summary>
internal static class SnapshotRecords
{
    /// <summary>Records a snapshot of a volume that is to be taken.</summary>
    /// <param name="setId">The set that is of one moment with it, or <see langword="null"/>.</param>
    /// <param name="moment">The reboot to wait for, or <see langword="null"/>.</param>
    /// <exception cref="Nines.Wire.AwsException"><c>IncorrectState</c>: there is nothing to take yet or any more.</exception>
    public static Snapshot Add(
        CloudTransaction transaction, IIdSource ids, Call call, Volume volume, string description, ImmutableSortedDictionary<string, string> tags, string? setId = null, SnapshotMoment? moment = null)
    {
        if (volume.State is not (Volumes.VolumeState.Available or Volumes.VolumeState.InUse))
        {
            throw VolumeErrors.NotAvailable(volume.Id, VolumeDescriptions.Name(volume.State));
        }

        var snapshot = new Snapshot
        {
            AccountId = call.AccountId,
            Id = ids.Next("snap"),
            VolumeId = volume.Id,
            SizeGiB = volume.SizeGiB,
            HostId = volume.HostId,
            ImageDigest = volume.HostId is null ? volume.ImageDigest : null,
            BootDigest = volume.ImageDigest ?? volume.BootDigest,
            SetId = setId,
            Moment = moment,

            // Of a volume that lies nowhere yet there is nothing to keep.
            State = volume.HostId is null ? SnapshotState.Completed : SnapshotState.Pending,
            StartTime = call.Now,
            Description = description,
            Tags = tags,
        };
        snapshot = Locked(transaction, snapshot with { Key = volume.Key });
        transaction.Insert(Snapshot.Table, snapshot);
        return snapshot;
    }

    /// <summary>
    /// Has an image begin to name a snapshot. It is written, though it stays as it is: who deletes it at the same time sees that an image has it now.
    /// </summary>
    /// <exception cref="Nines.Wire.AwsException"><c>IncorrectState</c>: it is not taken.</exception>
    public static Snapshot Use(CloudTransaction transaction, Snapshot snapshot)
    {
        if (snapshot.State != SnapshotState.Completed)
        {
            throw SnapshotErrors.NotCompleted(snapshot.Id, SnapshotDescriptions.Name(snapshot.State));
        }

        transaction.Put(Snapshot.Table, snapshot);
        return snapshot;
    }

    /// <summary>Records a copy that the account owns; it lies where its source does.</summary>
    /// <param name="keys">Makes its data key.</param>
    /// <param name="asked">What the request says of its encryption.</param>
    /// <exception cref="Nines.Wire.AwsException"><c>IncorrectState</c>: the source is not taken; or what says that it cannot be encrypted so.</exception>
    public static Snapshot Copy(
        CloudTransaction transaction, IIdSource ids, VolumeKeys keys, Call call, Snapshot source, EncryptionRequest asked, string description, ImmutableSortedDictionary<string, string> tags)
    {
        if (source.State != SnapshotState.Completed)
        {
            throw SnapshotErrors.NotCompleted(source.Id, SnapshotDescriptions.Name(source.State));
        }

        var copy = new Snapshot
        {
            AccountId = call.AccountId,
            Id = ids.Next("snap"),
            VolumeId = Snapshot.NoVolume,
            SizeGiB = source.SizeGiB,
            HostId = source.HostId,
            ImageDigest = source.ImageDigest,
            BootDigest = source.BootDigest,
            CopyOf = source.HostId is null ? null : source.Id,
            State = source.HostId is null ? SnapshotState.Completed : SnapshotState.Pending,
            StartTime = call.Now,
            Description = description,
            Tags = tags,
        };
        var key = keys.ForCopy(transaction, call.AccountId, asked, source, call.Now);
        copy = Locked(transaction, copy with { Key = keys.Make(copy.Id, key, source.Key), SourceKey = source.Key });
        transaction.Insert(Snapshot.Table, copy);
        return copy;
    }

    /// <summary>The snapshot, unless a key that it needs cannot be used: then it comes to nothing, as on AWS, where that is seen after the answer.</summary>
    private static Snapshot Locked(CloudTransaction transaction, Snapshot snapshot) =>
        VolumeKeys.IsUsable(transaction, snapshot.AccountId, snapshot.Key) && VolumeKeys.IsUsable(transaction, snapshot.AccountId, snapshot.SourceKey)
            ? snapshot
            : snapshot with { State = SnapshotState.Error, StateMessage = "Given key ID is not accessible", HostId = null };

    /// <summary>Has a snapshot go; its owner sees it no more.</summary>
    public static void Delete(CloudTransaction transaction, Snapshot snapshot)
    {
        if (snapshot.HostId is null)
        {
            transaction.Delete(Snapshot.Table, snapshot);
        }
        else
        {
            transaction.Put(Snapshot.Table, snapshot with { State = SnapshotState.Deleting });
        }
    }
}
