using Nines.Control.Audit;
using Nines.Control.Gateway;
using Nines.Control.Services.Ec2.Query;
using Nines.Control.Store;

namespace Nines.Control.Services.Ec2.Images;

/// <summary>Changes of one image in the name of a call.</summary>
internal static class ImageWrites
{
    /// <summary>Finds the image that a request names, which must be the account's own, and writes what becomes of it.</summary>
    /// <exception cref="Nines.Wire.AwsException"><c>MissingParameter</c>, <c>InvalidAMIID.Malformed</c>, <c>InvalidAMIID.NotFound</c>, <c>AuthFailure</c>, or what the change refuses.</exception>
    public static Task<T> ChangeImageAsync<T>(
        this Cloud cloud, ImageCatalog catalog, string? imageId, Call call, Func<CloudTransaction, Image, T> change, CancellationToken cancellationToken)
    {
        var id = IdOf(imageId);
        return cloud.WriteAsync(
            call,
            transaction => change(transaction, transaction.Find(Image.Table, call.AccountId, id) ?? throw NotOwned(catalog, call, id)),
            cancellationToken);
    }

    /// <summary>The account's own image that a request names.</summary>
    /// <exception cref="Nines.Wire.AwsException"><c>MissingParameter</c>, <c>InvalidAMIID.Malformed</c>, <c>InvalidAMIID.NotFound</c>, <c>AuthFailure</c>.</exception>
    public static Image FindOwnImage(this Cloud cloud, ImageCatalog catalog, string? imageId, Call call)
    {
        var id = IdOf(imageId);
        return cloud.Find(Image.Table, call.AccountId, id) ?? throw NotOwned(catalog, call, id);
    }

    private static string IdOf(string? imageId) => ResourceId.Parse<ImageId>(string.IsNullOrEmpty(imageId) ? throw Ec2Errors.MissingParameter("ImageId") : imageId).Value;

    private static Exception NotOwned(ImageCatalog catalog, Call call, string id) =>
        catalog.Find(call.AccountId, id) is null ? Ec2Errors.NotFound(ResourceKind.Image, id) : ImageErrors.NotOwner(id);
}
