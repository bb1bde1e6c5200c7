using Nines.Api.Ec2;
using Nines.Client;
using Nines.Images;

namespace Nines.Servers;

/// <summary>Finds images.</summary>
internal static class ImageQueries
{
    /// <summary>How many images a chain of images that were made of each other is followed.</summary>
    private const int LongestChain = 64;

    /// <summary>The newest image of that id, or of that name among one's own and the cloud's; <see langword="null"/> when there is none.</summary>
    public static async Task<Image?> FindImageAsync(this CloudClient client, string nameOrId, CancellationToken cancellationToken)
    {
        var request = nameOrId.StartsWith("ami-", StringComparison.Ordinal)
            ? new DescribeImagesRequest { Filters = [new Filter { Name = "image-id", Values = [nameOrId] }] }
            : new DescribeImagesRequest { Filters = [new Filter { Name = "name", Values = [nameOrId] }], Owners = ["self", "amazon"] };
        var result = await client.CallAsync(Ec2Api.DescribeImages, request, cancellationToken);
        return (result.Images ?? []).OrderByDescending(image => image.CreationDate, StringComparer.Ordinal).FirstOrDefault();
    }

    /// <summary>The user that the image puts the key pair's public key into: that of the image of this machine that it was once.</summary>
    public static async Task<string> DefaultUserAsync(this CloudClient client, string imageId, CancellationToken cancellationToken)
    {
        var image = await client.FindImageAsync(imageId, cancellationToken);
        for (var step = 0; step < LongestChain && image?.SourceImageId is { } source && UserOf(image) is null; step++)
        {
            image = await client.FindImageAsync(source, cancellationToken) ?? new Image { ImageId = source };
        }

        return UserOf(image) ?? "ec2-user";
    }

    private static string? UserOf(Image? image) => image is null ? null : LocalImages.Default().Store.List().FirstOrDefault(local => local.AmiId == image.ImageId)?.Manifest.DefaultUser;
}
