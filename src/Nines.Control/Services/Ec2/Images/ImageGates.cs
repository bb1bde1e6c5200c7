using Nines.Control.Services.Ec2.Snapshots;
using Nines.Control.Store;

namespace Nines.Control.Services.Ec2.Images;

/// <summary>Whether servers of an image that is made of snapshots can start as copies of kept memory.</summary>
internal static class ImageGates
{
    /// <summary>
    /// The image with what its root disk makes of that. A snapshot that is still the disk of the image stores has that disk's kept memory. Of any other a guest of its
    /// own is kept. Of an encrypted one none is, as what it has read would lie in memory files as it is, and of one with further disks neither: what its guest does with those
    /// as it boots would come before they do.
    /// </summary>
    /// <param name="image">The image, with its disks.</param>
    /// <param name="transaction">Where its snapshots are.</param>
    /// <param name="originHasGate">Whether the image that its root disk was once had a gate: what is on the disk has it too.</param>
    public static Image WithGate(this Image image, CloudTransaction transaction, bool originHasGate)
    {
        var root = SnapshotCatalog.DemandOf(transaction, image, image.RootSnapshotId);
        return !originHasGate ? image
            : root.ImageDigest is not null ? image with { HasGate = true }
            : root.Key is null && image.Disks.Length == 1 ? image with { HasGate = true, GateSnapshotId = root.Id }
            : image;
    }
}
