using Nines.Control.Services.Ec2.Snapshots;

namespace Nines.Control.Services.Ec2.Images;

/// <summary>What becomes of an image whose snapshots are being taken: pure.</summary>
internal static class ImagePlan
{
    /// <summary>The image as it becomes; the same object when nothing changes.</summary>
    /// <param name="snapshotOf">Finds a snapshot of the owner's; <see langword="null"/> when it is gone.</param>
    public static Image Observe(Image image, Func<string, Snapshot?> snapshotOf)
    {
        if (image.State != ImageState.Pending)
        {
            return image;
        }

        var snapshots = image.Mappings.Where(mapping => mapping.SnapshotId is not null).Select(mapping => (Id: mapping.SnapshotId!, Snapshot: snapshotOf(mapping.SnapshotId!))).ToArray();
        return snapshots.FirstOrDefault(item => item.Snapshot is null or { State: SnapshotState.Error or SnapshotState.Deleting }) switch
        {
            { Id: { } id } failed => image with { State = ImageState.Failed, StateMessage = failed.Snapshot?.StateMessage ?? $"The snapshot {id} was deleted." },
            _ => snapshots.All(item => item.Snapshot!.State == SnapshotState.Completed) ? image with { State = ImageState.Available } : image,
        };
    }
}
