using Nines.Api.Ec2;
using Nines.Client;
using Nines.Images;

namespace Nines.Servers;

/// <summary>Finds images.</summary>
internal static class ImageQueries
{
    /// <summary>The newest available image of that name or id, or <see langword="null"/>.</summary>
    public static async Task<Image?> FindImageAsync(this CloudClient client, string nameOrId, CancellationToken cancellationToken)
    {
        var filter = nameOrId.StartsWith("ami-", StringComparison.Ordinal) ? "image-id" : "name";
        var result = await client.CallAsync(
            Ec2Api.DescribeImages, new DescribeImagesRequest { Filters = [new Filter { Name = filter, Values = [nameOrId] }] }, cancellationToken);
        return (result.Images ?? []).OrderByDescending(image => image.CreationDate, StringComparer.Ordinal).FirstOrDefault();
    }

    /// <summary>The user that the image puts the key pair's public key into.</summary>
    public static async Task<string> DefaultUserAsync(this CloudClient client, string imageId, CancellationToken cancellationToken) =>
        DefaultUser(await client.FindImageAsync(imageId, cancellationToken));

    /// <inheritdoc cref="DefaultUserAsync"/>
    public static string DefaultUser(Image? image) =>
        (image is null ? null : LocalImages.Default().Store.List().FirstOrDefault(local => local.AmiId == image.ImageId)?.Manifest.DefaultUser) ?? "ec2-user";
}
