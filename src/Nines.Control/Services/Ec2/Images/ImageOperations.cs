using Nines.Api.Ec2;
using Nines.Control.Gateway;
using Nines.Control.Services.Ec2.Query;

namespace Nines.Control.Services.Ec2.Images;

/// <summary>What a client may ask of images.</summary>
internal sealed class ImageOperations(ImageCatalog catalog) : IOperations
{
    private const string Self = "self";
    private const string Everybody = "all";

    private static readonly PageLimits Pages = new(1, 1000) { Clamps = true };

    /// <inheritdoc/>
    public void Map(OperationTable table) => table.On(Ec2Api.DescribeImages, DescribeImagesAsync);

    private ValueTask<DescribeImagesResult> DescribeImagesAsync(DescribeImagesRequest input, Call call, CancellationToken cancellationToken)
    {
        var matches = ImageFilters.All.Compile(input.Filters);
        var page = PageRequest.Parse(Pages, input.MaxResults, input.NextToken, new PageScope(
            "DescribeImages", call.AccountId, input.Filters, [.. input.Owners ?? [], null, .. input.ExecutableUsers ?? []]));
        var images = Named(call.AccountId, input.ImageIds)
            .Where(image => IsOwnedByOneOf(image, call.AccountId, input.Owners))
            .Where(image => IsExecutableByOneOf(image, call.AccountId, input.ExecutableUsers))
            .Where(matches)
            .OrderBy(image => image.Id, StringComparer.Ordinal);
        var (items, next) = page.Take(images, image => image.Id);
        return new(new DescribeImagesResult { Images = [.. items.Select(ImageDescriptions.Describe)], NextToken = next });
    }

    private IEnumerable<Image> Named(string accountId, IReadOnlyList<string>? ids)
    {
        if (ids is null or [])
        {
            return catalog.Visible(accountId);
        }

        var parsed = ResourceId.ParseAll<ImageId>(ids);
        var found = parsed.Select(id => catalog.Find(accountId, id.Value)).OfType<Image>().ToList();
        return found.Count == parsed.Count
            ? found
            : throw Ec2Errors.NotFound(ResourceKind.Image, [.. parsed.Select(id => id.Value).Except(found.Select(image => image.Id))]);
    }

    private static bool IsOwnedByOneOf(Image image, string accountId, IReadOnlyList<string>? owners) =>
        owners is null or [] || owners.Any(owner => owner == Self ? image.AccountId == accountId : owner == image.AccountId || owner == image.OwnerAlias);

    /// <summary>Public images are everybody's to launch; none is shared with single accounts.</summary>
    private static bool IsExecutableByOneOf(Image image, string accountId, IReadOnlyList<string>? users) =>
        users is null or [] || users.Any(user => user == Everybody ? image.IsPublic : (user == Self || user == accountId) && image.AccountId != accountId && !image.IsPublic);
}
