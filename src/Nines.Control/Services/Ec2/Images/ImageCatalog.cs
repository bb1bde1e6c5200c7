using Nines.Control.Services.Ec2.Query;
using Nines.Control.Store;
using Nines.Host.Api;

namespace Nines.Control.Services.Ec2.Images;

/// <summary>Which images there are: what the image stores hold, recorded so that accounts can list and launch it.</summary>
internal sealed class ImageCatalog(Cloud cloud)
{
    private const int IdDigits = 17;
    private const long BytesPerGiB = 1L << 30;

    /// <summary>The id of the image with that content.</summary>
    public static string IdOf(string digest) => string.Concat(ResourceKind.Image.Prefix, "-", digest.AsSpan(0, IdDigits));

    /// <summary>
    /// Records an image that a store holds. An owner's image of the same name but other content, and another owner's of the
    /// same content, give way to it: machines that were launched from them keep what they have. Changes nothing when everything is recorded already.
    /// </summary>
    /// <returns>The image's id.</returns>
    public Task<string> RegisterAsync(ImageFacts facts, CancellationToken cancellationToken)
    {
        var owner = facts.OwnerAccountId ?? ImageOwners.CloudAccountId;
        return cloud.WriteAsync(
            transaction =>
            {
                foreach (var other in transaction.List(Image.Table, owner).Where(image => image.IsStored && image.Name == facts.Name && image.Digest != facts.Digest).ToList())
                {
                    transaction.Delete(Image.Table, other);
                }

                foreach (var other in transaction.By(Image.ById, IdOf(facts.Digest)).Where(image => image.AccountId != owner).ToList())
                {
                    transaction.Delete(Image.Table, other);
                }

                var recorded = transaction.Find(Image.Table, owner, IdOf(facts.Digest));
                var image = NewImage(owner, facts);
                image = recorded is null ? image : Refreshed(recorded, image);
                if (image != recorded)
                {
                    transaction.Put(Image.Table, image);
                }

                return image.Id;
            },
            cancellationToken);
    }

    /// <summary>Forgets every image that no store holds under a name any more; machines that were launched from one, and images that were made of those, keep what they have.</summary>
    /// <param name="digests">The digests of those that are held.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task RetainAsync(IReadOnlySet<string> digests, CancellationToken cancellationToken) => cloud.WriteAsync(
        transaction =>
        {
            foreach (var image in transaction.ListAll(Image.Table).Where(image => image.IsStored && !digests.Contains(image.Digest)).ToList())
            {
                transaction.Delete(Image.Table, image);
            }
        },
        cancellationToken);

    /// <summary>The image of that id that an account may see, or <see langword="null"/>.</summary>
    public Image? Find(string accountId, string imageId) => cloud.By(Image.ById, imageId).FirstOrDefault(image => image.IsVisibleTo(accountId));

    /// <summary>The image of the hosts' image stores that a digest is of, or <see langword="null"/>.</summary>
    public Image? StoreHas(string digest) => cloud.ListAll(Image.Table).FirstOrDefault(image => image.IsStored && image.Digest == digest);

    /// <summary>The image that users call so, their own before the cloud's, or <see langword="null"/>.</summary>
    public Image? FindByName(string accountId, string name) =>
        Visible(accountId).Where(image => image.Name == name && (image.AccountId == accountId || image.AccountId == ImageOwners.CloudAccountId))
            .MinBy(image => image.AccountId == accountId ? 0 : 1);

    /// <summary>Every image that an account may see.</summary>
    public IEnumerable<Image> Visible(string accountId) => cloud.ListAll(Image.Table).Where(image => image.IsVisibleTo(accountId));

    /// <summary>What the store says, with what the owner said since.</summary>
    private static Image Refreshed(Image recorded, Image image) => recorded with
    {
        Name = image.Name,
        Architecture = image.Architecture,
        BootMode = image.BootMode,
        RootDeviceName = image.RootDeviceName,
        RootVolumeSizeGiB = image.RootVolumeSizeGiB,
        MinimumMemoryMiB = image.MinimumMemoryMiB,
        HasGate = image.HasGate,
        DefaultUser = image.DefaultUser,
        CreationDate = image.CreationDate,
    };

    private static Image NewImage(string owner, ImageFacts facts) => new()
    {
        AccountId = owner,
        Id = IdOf(facts.Digest),
        Name = facts.Name,
        Description = facts.Description,
        Digest = facts.Digest,
        IsPublic = facts.OwnerAccountId is null,
        Architecture = facts.Architecture,
        Platform = facts.Platform,
        Devices = facts.Devices,
        EnaSupport = facts.Devices is DeviceModel.Virtio,
        BootMode = facts.BootMode,
        RootDeviceName = facts.RootDeviceName,
        RootVolumeSizeGiB = (int)Math.Max(1, (facts.RootDiskBytes + BytesPerGiB - 1) / BytesPerGiB),
        MinimumMemoryMiB = facts.MinimumMemoryMiB,
        HasGate = facts.HasGate,
        DefaultUser = facts.DefaultUser,
        CreationDate = facts.BuiltAt.ToUniversalTime(),
    };
}
