using Nines.Api.Ec2;
using Nines.Control.Services.Ec2.Images;
using Nines.Control.Services.Ec2.Tags;

namespace Nines.Control.Services.Ec2.Snapshots;

/// <summary>Snapshots as a client sees them: pure.</summary>
internal static class SnapshotDescriptions
{
    /// <summary>A snapshot.</summary>
    public static Api.Ec2.Snapshot Describe(Snapshot snapshot) => new()
    {
        Description = snapshot.Description,
        Encrypted = snapshot.Key is not null,
        KmsKeyId = snapshot.Key?.KmsKeyArn,
        OwnerId = snapshot.AccountId,
        OwnerAlias = AliasOf(snapshot),
        Progress = snapshot.Progress,
        SnapshotId = snapshot.Id,
        StartTime = snapshot.StartTime,
        State = Name(snapshot.State),
        StateMessage = snapshot.StateMessage,
        VolumeId = snapshot.VolumeId,
        VolumeSize = snapshot.SizeGiB,
        StorageTier = StorageTier.Standard,
        Tags = snapshot.Tags.ToApiOrNull(),
    };

    /// <summary>A snapshot of a set, as it was asked for.</summary>
    public static SnapshotInfo DescribeInfo(Snapshot snapshot) => new()
    {
        Description = snapshot.Description,
        Tags = snapshot.Tags.ToApiOrNull(),
        Encrypted = snapshot.Key is not null,
        VolumeId = snapshot.VolumeId,
        State = Api.Ec2.SnapshotState.Pending,
        VolumeSize = snapshot.SizeGiB,
        StartTime = snapshot.StartTime,
        Progress = "",
        OwnerId = snapshot.AccountId,
        SnapshotId = snapshot.Id,
    };

    /// <summary>What the owner is known as, or <see langword="null"/>.</summary>
    public static string? AliasOf(Snapshot snapshot) => snapshot.AccountId == ImageOwners.CloudAccountId ? ImageOwners.CloudAlias : null;

    /// <summary>A snapshot's state.</summary>
    public static string Name(SnapshotState state) => state switch
    {
        SnapshotState.Pending => Api.Ec2.SnapshotState.Pending,
        SnapshotState.Completed => Api.Ec2.SnapshotState.Completed,
        SnapshotState.Error => Api.Ec2.SnapshotState.Error,
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, null),
    };
}
