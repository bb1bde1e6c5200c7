using Nines.Api.Kms;
using Nines.Control.Gateway;

namespace Nines.Control.Services.Kms;

/// <summary>The tags of keys.</summary>
internal sealed class KeyTagOperations(KmsKeys keys, KeyWrites writes) : IOperations
{
    public void Map(OperationTable table)
    {
        table.On(KmsApi.TagResource, TagAsync);
        table.On(KmsApi.UntagResource, UntagAsync);
        table.On(KmsApi.ListResourceTags, ListAsync);
    }

    private async ValueTask<TagResourceResult> TagAsync(TagResourceRequest input, Call call, CancellationToken cancellationToken)
    {
        var tags = KmsTags.Parse(KmsErrors.Require(input.Tags, "tags"));
        await writes.ChangeAsync(call, "TagResource", input.KeyId, key => keys.RequireStaying(key) with { Tags = KmsTags.CheckCount(key.Tags.SetItems(tags)) }, cancellationToken);
        return new TagResourceResult();
    }

    private async ValueTask<UntagResourceResult> UntagAsync(UntagResourceRequest input, Call call, CancellationToken cancellationToken)
    {
        var names = KmsErrors.Require(input.TagKeys, "tagKeys");
        await writes.ChangeAsync(call, "UntagResource", input.KeyId, key => keys.RequireStaying(key) with { Tags = key.Tags.RemoveRange(names) }, cancellationToken);
        return new UntagResourceResult();
    }

    private ValueTask<ListResourceTagsResult> ListAsync(ListResourceTagsRequest input, Call call, CancellationToken cancellationToken)
    {
        var key = keys.Find(call.AccountId, input.KeyId);
        var (page, next) = KmsPage.Of(key.Tags, tag => tag.Key, input.Limit, input.Marker, byDefault: 50, highest: 50);
        return ValueTask.FromResult(new ListResourceTagsResult
        {
            Tags = [.. page.Select(tag => new Tag { TagKey = tag.Key, TagValue = tag.Value })],
            NextMarker = next,
            Truncated = next is not null,
        });
    }
}
