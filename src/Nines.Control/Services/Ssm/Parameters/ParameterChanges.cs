using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Nines.Api.Ssm;
using Nines.Control.Audit;
using Nines.Control.Gateway;
using Nines.Control.Secrets;
using Nines.Control.Store;

namespace Nines.Control.Services.Ssm.Parameters;

/// <summary>Putting, deleting and tagging an account's own parameters.</summary>
/// <param name="cloud">The records.</param>
/// <param name="box">Seals secure strings.</param>
/// <param name="isImage">Whether an account may launch an image of that id.</param>
internal sealed class ParameterChanges(Cloud cloud, SecretBox box, Func<string, string, bool> isImage) : IOperations
{
    private const int MostParameters = 10_000;
    private const int MostNames = 10;
    private const int MostTags = 50;
    private static readonly TimeSpan PatternTimeout = TimeSpan.FromMilliseconds(100);

    private readonly ParameterViews _views = new(box);

    public void Map(OperationTable table)
    {
        table.On(SsmApi.PutParameter, PutAsync);
        table.On(SsmApi.DeleteParameter, DeleteAsync);
        table.On(SsmApi.DeleteParameters, DeleteSeveralAsync);
        table.On(SsmApi.AddTagsToResource, AddTagsAsync);
        table.On(SsmApi.RemoveTagsFromResource, RemoveTagsAsync);
        table.On(SsmApi.ListTagsForResource, ListTagsAsync);
    }

    /// <summary>The parameter that a request names; an ARN does not say whether its name begins with a slash.</summary>
    public static Parameter? Find(Func<string, Parameter?> find, string text, string name) =>
        find(name) ?? (text.StartsWith("arn:", StringComparison.Ordinal) ? find(name.TrimStart('/')) : null);

    private async ValueTask<PutParameterResult> PutAsync(PutParameterRequest input, Call call, CancellationToken cancellationToken)
    {
        var name = ParameterName.Check(input.Name);
        var value = string.IsNullOrEmpty(input.Value) ? throw SsmErrors.Validation("A parameter value is required.") : input.Value;
        RefuseWhatIsMissing(input);
        var tags = ParseTags(input.Tags);
        var put = await cloud.WriteAsync(
            call,
            transaction =>
            {
                var known = transaction.Find(Parameter.Table, call.AccountId, name);
                if (known is not null && input.Overwrite != true)
                {
                    throw SsmErrors.Exists();
                }

                if (known is null && cloud.List(Parameter.Table, call.AccountId).Count() >= MostParameters)
                {
                    throw SsmErrors.LimitExceeded(MostParameters);
                }

                var rules = ParameterRules.Check(input, known, value, PatternTimeout);
                if (rules.DataType == ParameterRules.Image && !isImage(call.AccountId, value))
                {
                    throw SsmErrors.Validation($"The value '{value}' is not the id of an image that you may launch, which the data type {ParameterRules.Image} asks for.");
                }

                var version = new ParameterVersion(
                    (known?.Newest.Number ?? 0) + 1,
                    rules.Type == ParameterType.SecureString ? _views.Seal(call.AccountId, name, value) : value,
                    call.Now,
                    call.Caller.Arn);
                var next = new Parameter
                {
                    AccountId = call.AccountId,
                    Id = name,
                    Type = rules.Type,
                    DataType = rules.DataType,
                    Tier = rules.Tier,
                    Description = input.Description ?? known?.Description,
                    AllowedPattern = rules.AllowedPattern,
                    Versions = [.. (known?.Versions ?? []).TakeLast(Parameter.MaximumVersions - 1), version],
                    Tags = known?.Tags ?? tags,
                };
                transaction.Put(Parameter.Table, next);
                return next;
            },
            cancellationToken);
        return new PutParameterResult { Version = put.Newest.Number, Tier = put.Tier };
    }

    private async ValueTask<DeleteParameterResult> DeleteAsync(DeleteParameterRequest input, Call call, CancellationToken cancellationToken)
    {
        var name = ParameterName.Parse(input.Name);
        await cloud.WriteAsync(
            call,
            transaction => transaction.Delete(Parameter.Table, Demand(transaction, call, input.Name!, name)),
            cancellationToken);
        return new DeleteParameterResult();
    }

    private async ValueTask<DeleteParametersResult> DeleteSeveralAsync(DeleteParametersRequest input, Call call, CancellationToken cancellationToken)
    {
        var names = (input.Names ?? []).Distinct(StringComparer.Ordinal).ToArray();
        if (names.Length is 0 or > MostNames)
        {
            throw SsmErrors.Validation($"1 validation error detected: Value at 'names' failed to satisfy constraint: Member must have length between 1 and {MostNames}.");
        }

        var parsed = names.Select(name => (Text: name, Name: ParameterName.Parse(name))).ToArray();
        return await cloud.WriteAsync(
            call,
            transaction =>
            {
                var found = parsed.ToLookup(item => Find(id => transaction.Find(Parameter.Table, call.AccountId, id), item.Text, item.Name.Name) is not null, item => item);
                foreach (var (text, name) in found[true])
                {
                    transaction.Delete(Parameter.Table, Demand(transaction, call, text, name));
                }

                return new DeleteParametersResult { DeletedParameters = [.. found[true].Select(item => item.Text)], InvalidParameters = [.. found[false].Select(item => item.Text)] };
            },
            cancellationToken);
    }

    private async ValueTask<AddTagsToResourceResult> AddTagsAsync(AddTagsToResourceRequest input, Call call, CancellationToken cancellationToken)
    {
        var added = ParseTags(input.Tags);
        await RetagAsync(input.ResourceType, input.ResourceId, call, tags => Limited(tags.SetItems(added)), cancellationToken);
        return new AddTagsToResourceResult();
    }

    private async ValueTask<RemoveTagsFromResourceResult> RemoveTagsAsync(RemoveTagsFromResourceRequest input, Call call, CancellationToken cancellationToken)
    {
        await RetagAsync(input.ResourceType, input.ResourceId, call, tags => tags.RemoveRange(input.TagKeys ?? []), cancellationToken);
        return new RemoveTagsFromResourceResult();
    }

    private ValueTask<ListTagsForResourceResult> ListTagsAsync(ListTagsForResourceRequest input, Call call, CancellationToken cancellationToken)
    {
        var id = ResourceOf(input.ResourceType, input.ResourceId);
        var parameter = cloud.Find(Parameter.Table, call.AccountId, id) ?? throw SsmErrors.InvalidResource(id);
        return ValueTask.FromResult(new ListTagsForResourceResult { TagList = [.. parameter.Tags.Select(tag => new Tag { Key = tag.Key, Value = tag.Value })] });
    }

    private Task RetagAsync(
        string? type, string? resourceId, Call call, Func<ImmutableSortedDictionary<string, string>, ImmutableSortedDictionary<string, string>> change, CancellationToken cancellationToken)
    {
        var id = ResourceOf(type, resourceId);
        return cloud.WriteAsync(
            call,
            transaction =>
            {
                var parameter = transaction.Find(Parameter.Table, call.AccountId, id) ?? throw SsmErrors.InvalidResource(id);
                transaction.Put(Parameter.Table, parameter with { Tags = change(parameter.Tags) });
            },
            cancellationToken);
    }

    private static string ResourceOf(string? type, string? id) => type == ResourceTypeForTagging.Parameter
        ? string.IsNullOrEmpty(id) ? throw SsmErrors.Validation("A resource ID is required.") : id
        : throw SsmErrors.InvalidResourceType(type);

    private static Parameter Demand(CloudTransaction transaction, Call call, string text, ParameterName name) =>
        Find(id => transaction.Find(Parameter.Table, call.AccountId, id), text, name.Name) ?? throw SsmErrors.NotFound(name.Name);

    private static void RefuseWhatIsMissing(PutParameterRequest input)
    {
        if (!string.IsNullOrEmpty(input.Policies) && input.Policies.Trim() is not ("[]" or "{}"))
        {
            throw SsmErrors.Validation("Parameter policies are not available in this cloud.");
        }

        if (input.KeyId is { } key && key != ParameterViews.KeyId)
        {
            throw SsmErrors.InvalidKey(key);
        }

        if (input is { Overwrite: true, Tags.Count: > 0 })
        {
            throw SsmErrors.Validation(
                "Invalid request: tags and overwrite can't be used together. To create a parameter with tags, please remove overwrite flag. To update tags for an existing parameter, please use AddTagsToResource or RemoveTagsFromResource.");
        }
    }

    private static ImmutableSortedDictionary<string, string> ParseTags(IReadOnlyList<Tag>? tags)
    {
        var parsed = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var tag in tags ?? [])
        {
            if (string.IsNullOrEmpty(tag.Key) || tag.Key.Length > 128 || tag.Value is null || tag.Value.Length > 256 || tag.Key.StartsWith("aws:", StringComparison.OrdinalIgnoreCase))
            {
                throw SsmErrors.Validation($"The tag '{tag.Key}' is not valid: a key has 1 to 128 characters and does not begin with aws:, and a value has at most 256.");
            }

            parsed[tag.Key] = tag.Value;
        }

        return Limited(parsed.ToImmutable());
    }

    private static ImmutableSortedDictionary<string, string> Limited(ImmutableSortedDictionary<string, string> tags) => tags.Count <= MostTags ? tags : throw SsmErrors.TooManyTags(MostTags);
}
