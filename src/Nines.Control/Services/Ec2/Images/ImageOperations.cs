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
    public void Map(OperationTable table) => table.On(Ec2Api.DescribeImages, DescribeImagesAsync, answersDryRun: true);

    private ValueTask<DescribeImagesResult> DescribeImagesAsync(DescribeImagesRequest input, Call call, CancellationToken cancellationToken)
    {
        var matches = ImageFilters.All.Compile(input.Filters);
        var page = PageRequest.Parse(Pages, input.MaxResults, input.NextToken, new PageScope(
            "DescribeImages", call.AccountId, input.Filters, [.. input.Owners ?? [], null, .. input.ExecutableUsers ?? [], $"{input.IncludeDeprecated}", $"{input.IncludeDisabled}"]));
        var images = Named(input, call)
            .Select(image => image.SeenBy(call.AccountId))
            .Where(image => IsOwnedByOneOf(image, call.AccountId, input.Owners))
            .Where(image => IsExecutableByOneOf(image, call.AccountId, input.ExecutableUsers))
            .Where(matches)
            .OrderBy(image => image.Id, StringComparer.Ordinal);
        call.AnswerDryRun();
        var (items, next) = page.Take(images, image => image.Id);
        return new(new DescribeImagesResult { Images = [.. items.Select(ImageDescriptions.Describe)], NextToken = next });
    }

    /// <summary>The images that the request names. Where it names none, those that are put away or superseded are left out unless it asks for them.</summary>
    private IEnumerable<Image> Named(DescribeImagesRequest input, Call call)
    {
        if (input.ImageIds is not { Count: > 0 } ids)
        {
            return catalog.Visible(call.AccountId).Where(image =>
                (image.State != ImageState.Disabled || input.IncludeDisabled == true)
                && (image.AccountId == call.AccountId || !image.IsDeprecated(call.Now) || input.IncludeDeprecated == true));
        }

        var parsed = ResourceId.ParseAll<ImageId>(ids);
        var found = parsed.Select(id => catalog.Find(call.AccountId, id.Value)).OfType<Image>().ToList();
        return found.Count == parsed.Count
            ? found
            : throw Ec2Errors.NotFound(ResourceKind.Image, [.. parsed.Select(id => id.Value).Except(found.Select(image => image.Id))]);
    }

    private static bool IsOwnedByOneOf(Image image, string accountId, IReadOnlyList<string>? owners) =>
        owners is null or [] || owners.Any(owner => owner == Self ? image.AccountId == accountId : owner == image.AccountId || owner == image.OwnerAlias);

    /// <summary>Public images are everybody's to launch, shared ones those accounts' that were named.</summary>
    private static bool IsExecutableByOneOf(Image image, string accountId, IReadOnlyList<string>? users) =>
        users is null or [] || users.Any(user => user == Everybody ? image.IsPublic : image.SharedWith.Contains(user == Self ? accountId : user));
}
