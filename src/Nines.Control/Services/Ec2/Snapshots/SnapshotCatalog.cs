using Nines.Control.Services.Ec2.Images;
using Nines.Control.Services.Ec2.PublicAccess;
using Nines.Control.Services.Ec2.Query;
using Nines.Control.Store;

namespace Nines.Control.Services.Ec2.Snapshots;

/// <summary>The snapshots that an account knows: its own, those that are shared with it or with everybody, and those that the images it sees stand for.</summary>
internal sealed class SnapshotCatalog(Cloud cloud)
{
    /// <summary>All of them, ordered by id.</summary>
    public IEnumerable<Snapshot> Visible(string accountId) => cloud.ListAll(Snapshot.Table)
        .Where(snapshot => IsVisible(snapshot, accountId))
        .Concat(cloud.ListAll(Image.Table).Where(image => image.IsStored && image.IsVisibleTo(accountId)).Select(Of))
        .OrderBy(snapshot => snapshot.Id, StringComparer.Ordinal);

    /// <summary>The snapshot of that id; <see langword="null"/> when the account knows none.</summary>
    public Snapshot? Find(string accountId, string id) =>
        cloud.By(Snapshot.ById, id).FirstOrDefault(snapshot => IsVisible(snapshot, accountId)) ?? (ImageOf(accountId, id) is { } image ? Of(image) : null);

    /// <summary>The image of the hosts' image stores that a snapshot is the root disk of, among those that an account sees.</summary>
    public Image? ImageOf(string accountId, string id) => cloud.ListAll(Image.Table).FirstOrDefault(image => image.IsStored && image.IsVisibleTo(accountId) && image.RootSnapshotId == id);

    /// <summary>The snapshot of that id, as of a transaction.</summary>
    /// <exception cref="Nines.Wire.AwsException"><c>InvalidSnapshot.NotFound</c>.</exception>
    public Snapshot Demand(CloudTransaction transaction, string accountId, string id)
    {
        var known = Find(accountId, id) ?? throw Ec2Errors.NotFound(ResourceKind.Snapshot, id);
        return cloud.By(Snapshot.ById, id).Count == 0
            ? known
            : transaction.Find(Snapshot.Table, known.AccountId, id) is { } snapshot && IsVisible(snapshot, accountId) ? snapshot : throw Ec2Errors.NotFound(ResourceKind.Snapshot, id);
    }

    /// <summary>An account's own snapshot, as of a transaction.</summary>
    /// <exception cref="Nines.Wire.AwsException"><c>InvalidSnapshot.NotFound</c>, or <c>AuthFailure</c> for one that is only shared with it.</exception>
    public Snapshot DemandOwn(CloudTransaction transaction, string accountId, string id) =>
        transaction.Find(Snapshot.Table, accountId, id) is { State: not SnapshotState.Deleting } snapshot
            ? snapshot
            : throw (Find(accountId, id) is null ? Ec2Errors.NotFound(ResourceKind.Snapshot, id) : SnapshotErrors.NotOwner(id));

    /// <summary>A snapshot that an image names, as of a transaction, for whoever may launch the image.</summary>
    /// <exception cref="Nines.Wire.AwsException"><c>InvalidSnapshot.NotFound</c>.</exception>
    public static Snapshot DemandOf(CloudTransaction transaction, Image image, string id) => image.IsStored
        ? Of(image)
        : transaction.Find(Snapshot.Table, image.AccountId, id) is { State: not SnapshotState.Deleting } snapshot ? snapshot : throw Ec2Errors.NotFound(ResourceKind.Snapshot, id);

    private bool IsVisible(Snapshot snapshot, string accountId) =>
        snapshot.State != SnapshotState.Deleting && (snapshot.IsOf(accountId) || (snapshot.IsPublic && !HidesPublic(snapshot.AccountId)));

    private bool HidesPublic(string accountId) => PublicAccessBlock.Of(cloud, accountId).Snapshots == Api.Ec2.SnapshotBlockPublicAccessState.BlockAllSharing;

    private static Snapshot Of(Image image) => new()
    {
        AccountId = image.AccountId,
        Id = image.RootSnapshotId,
        VolumeId = Snapshot.NoVolume,
        SizeGiB = image.RootVolumeSizeGiB,
        ImageDigest = image.Digest,
        BootDigest = image.Digest,
        State = SnapshotState.Completed,
        StartTime = image.CreationDate,
        Description = $"Root disk of {image.Name}",
        IsPublic = image.IsPublic,
    };
}
