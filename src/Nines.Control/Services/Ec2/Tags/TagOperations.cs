using System.Collections.Immutable;
using Nines.Api.Ec2;
using Nines.Control.Audit;
using Nines.Control.Gateway;
using Nines.Control.Services.Ec2.Query;
using Nines.Control.Store;

namespace Nines.Control.Services.Ec2.Tags;

/// <summary>What a client may ask of tags.</summary>
internal sealed class TagOperations(Cloud cloud) : IOperations
{
    private const int MaximumResources = 1000;

    private static readonly PageLimits Pages = new(5, 1000) { Clamps = true, Default = 1000 };

    // Ids begin with their kind's prefix, so kinds in this order give all tags in the order of the resources' ids.
    private static readonly ImmutableArray<TaggableResource> Kinds =
        [.. TaggableResources.All.OrderBy(resource => resource.Kind.Prefix + "-", StringComparer.Ordinal)];

    private static readonly Dictionary<string, TaggableResource> ByPrefix = Kinds.ToDictionary(resource => resource.Kind.Prefix);

    /// <summary>The filters of DescribeTags.</summary>
    internal static readonly FilterSet<TagDescription> Filters = new FilterSet<TagDescription>()
        .Add("key", tag => tag.Key)
        .Add("resource-id", tag => tag.ResourceId)
        .Add("resource-type", tag => tag.ResourceType)
        .Add("value", tag => tag.Value)
        .AddTags(tag => ImmutableDictionary.Create<string, string>(StringComparer.Ordinal).Add(tag.Key!, tag.Value!));

    /// <inheritdoc/>
    public void Map(OperationTable table)
    {
        table.On(Ec2Api.CreateTags, CreateTagsAsync, answersDryRun: true);
        table.On(Ec2Api.DeleteTags, DeleteTagsAsync, answersDryRun: true);
        table.On(Ec2Api.DescribeTags, DescribeTagsAsync);
    }

    private async ValueTask<CreateTagsResult> CreateTagsAsync(CreateTagsRequest input, Call call, CancellationToken cancellationToken)
    {
        if (input.Tags is null or [])
        {
            throw Ec2Errors.MissingParameter("tagSet");
        }

        var added = TagRules.Parse(input.Tags);
        await ChangeAsync(input.Resources, call, present => TagRules.Merge(present, added), cancellationToken);
        return new CreateTagsResult();
    }

    private async ValueTask<DeleteTagsResult> DeleteTagsAsync(DeleteTagsRequest input, Call call, CancellationToken cancellationToken)
    {
        foreach (var tag in input.Tags ?? [])
        {
            TagRules.CheckKey(tag.Key);
        }

        await ChangeAsync(input.Resources, call, present => Remove(present, input.Tags), cancellationToken);
        return new DeleteTagsResult();
    }

    private ValueTask<DescribeTagsResult> DescribeTagsAsync(DescribeTagsRequest input, Call call, CancellationToken cancellationToken)
    {
        var matches = Filters.Compile(input.Filters);
        var page = PageRequest.Parse(Pages, input.MaxResults, input.NextToken, new PageScope("DescribeTags", call.AccountId, input.Filters));
        var tags = Kinds.SelectMany(kind => kind.List(cloud, call.AccountId).SelectMany(resource => resource.Tags.Select(tag => new TagDescription
        {
            ResourceId = resource.Id,
            ResourceType = kind.Kind.ResourceType,
            Key = tag.Key,
            Value = tag.Value,
        })));
        var (items, next) = page.Take(tags.Where(matches), tag => $"{tag.ResourceId} {tag.Key}");
        return new(new DescribeTagsResult { Tags = items, NextToken = next });
    }

    /// <summary>Changes the tags of all resources in one transaction: all, or, when one of them is not there, none.</summary>
    private async Task ChangeAsync(
        IReadOnlyList<string>? ids, Call call, Func<ImmutableSortedDictionary<string, string>, ImmutableSortedDictionary<string, string>> change, CancellationToken cancellationToken)
    {
        if (ids is null or [])
        {
            throw Ec2Errors.MissingParameter("resourceIdSet");
        }

        if (ids.Count > MaximumResources)
        {
            throw Ec2Errors.InvalidParameterValue($"The maximum number of resources in one request is {MaximumResources}.");
        }

        (string Id, TaggableResource Resource)[] targets = [.. ids.Distinct().Select(id => (id, Find(id)))];
        await cloud.WriteAsync(
            call,
            transaction =>
            {
                foreach (var (id, resource) in targets)
                {
                    if (!resource.TryChange(transaction, call.AccountId, id, change))
                    {
                        throw Ec2Errors.NotFound(resource.Kind, id);
                    }
                }

                call.AnswerDryRun();
            },
            cancellationToken);
    }

    private static TaggableResource Find(string id)
    {
        if (ResourceKind.Of(id) is not { } kind)
        {
            throw Ec2Errors.InvalidId(id);
        }

        if (!ResourceId.IsWellFormed(kind, id))
        {
            throw Ec2Errors.Malformed(kind, id);
        }

        return ByPrefix.TryGetValue(kind.Prefix, out var resource) ? resource : throw Ec2Errors.NotFound(kind, id);
    }

    /// <summary>The tags that stay: a key without a value goes whatever its value is, one with a value only if it has that value; no keys at all means every tag of the user's.</summary>
    private static ImmutableSortedDictionary<string, string> Remove(ImmutableSortedDictionary<string, string> present, IReadOnlyList<Tag>? removed) =>
        removed is null or []
            ? present.RemoveRange(present.Keys.Where(key => !key.StartsWith("aws:", StringComparison.Ordinal)))
            : present.RemoveRange(removed.Where(tag => present.TryGetValue(tag.Key!, out var value) && (tag.Value is null || tag.Value == value)).Select(tag => tag.Key!));
}
