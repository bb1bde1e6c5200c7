using System.Collections.Immutable;
using Nines.Api.Ec2;
using Nines.Wire;

namespace Nines.Control.Services.Ec2.Tags;

/// <summary>What EC2 allows as tags. Source: "Tag restrictions" of the EC2 user guide.</summary>
internal static class TagRules
{
    /// <summary>The most tags on one resource, without those that the cloud itself set.</summary>
    public const int MaximumTags = 50;

    /// <summary>The longest key, in characters.</summary>
    public const int MaximumKeyLength = 128;

    /// <summary>The longest value, in characters.</summary>
    public const int MaximumValueLength = 256;

    private const string ReservedPrefix = "aws:";

    /// <summary>The tags of a request; an absent value is an empty one.</summary>
    /// <exception cref="AwsException"><c>InvalidParameterValue</c>, <c>TagLimitExceeded</c>.</exception>
    public static ImmutableSortedDictionary<string, string> Parse(IReadOnlyList<Tag> tags)
    {
        var parsed = TagMap.Empty.ToBuilder();
        foreach (var tag in tags)
        {
            CheckKey(tag.Key);
            var value = tag.Value ?? "";
            if (value.Length > MaximumValueLength)
            {
                throw Ec2Errors.InvalidParameterValue($"Tag value exceeds the maximum length of {MaximumValueLength} characters");
            }

            if (!parsed.TryAdd(tag.Key!, value))
            {
                throw Ec2Errors.InvalidParameterValue($"Duplicate tag key '{tag.Key}' specified.");
            }
        }

        CheckCount(parsed.Keys);
        return parsed.ToImmutable();
    }

    /// <summary>The tags that a request gives to the resources that it makes, by their type (<c>instance</c>); empty when there are none.</summary>
    /// <param name="specifications">The request's TagSpecifications.</param>
    /// <param name="allowedTypes">The types that the operation can tag.</param>
    /// <exception cref="AwsException"><c>InvalidParameterValue</c>, <c>TagLimitExceeded</c>.</exception>
    public static ImmutableDictionary<string, ImmutableSortedDictionary<string, string>> Parse(
        IReadOnlyList<TagSpecification>? specifications, params ReadOnlySpan<string> allowedTypes)
    {
        var parsed = ImmutableDictionary.CreateBuilder<string, ImmutableSortedDictionary<string, string>>(StringComparer.Ordinal);
        foreach (var specification in specifications ?? [])
        {
            if (string.IsNullOrEmpty(specification.ResourceType))
            {
                throw Ec2Errors.InvalidParameterValue("Tag specification resource type must have a value");
            }

            if (!allowedTypes.Contains(specification.ResourceType))
            {
                throw Ec2Errors.InvalidParameterValue($"'{specification.ResourceType}' is not a valid taggable resource type for this operation.");
            }

            if (specification.Tags is null or [])
            {
                throw Ec2Errors.InvalidParameterValue("Tag specification must have at least one tag");
            }

            if (!parsed.TryAdd(specification.ResourceType, Parse(specification.Tags)))
            {
                throw Ec2Errors.InvalidParameterValue($"The same resource type may not be specified more than once in tag specifications: {specification.ResourceType}");
            }
        }

        return parsed.ToImmutable();
    }

    /// <summary>The tags that the request gives to resources of one type.</summary>
    public static ImmutableSortedDictionary<string, string> For(this ImmutableDictionary<string, ImmutableSortedDictionary<string, string>> specifications, string resourceType) =>
        specifications.GetValueOrDefault(resourceType, TagMap.Empty);

    /// <summary>A resource's tags after a request adds or replaces some.</summary>
    /// <exception cref="AwsException"><c>TagLimitExceeded</c>.</exception>
    public static ImmutableSortedDictionary<string, string> Merge(ImmutableSortedDictionary<string, string> present, ImmutableSortedDictionary<string, string> added)
    {
        var merged = present.SetItems(added);
        CheckCount(merged.Keys);
        return merged;
    }

    /// <summary>Checks a tag's key.</summary>
    /// <exception cref="AwsException"><c>InvalidParameterValue</c>.</exception>
    public static void CheckKey(string? key)
    {
        if (string.IsNullOrEmpty(key))
        {
            throw Ec2Errors.InvalidParameterValue("Tag key cannot be null or empty");
        }

        if (key.Length > MaximumKeyLength)
        {
            throw Ec2Errors.InvalidParameterValue($"Tag key exceeds the maximum length of {MaximumKeyLength} characters");
        }

        if (key.StartsWith(ReservedPrefix, StringComparison.OrdinalIgnoreCase))
        {
            throw Ec2Errors.InvalidParameterValue("Tag keys starting with 'aws:' are reserved for internal use");
        }
    }

    private static void CheckCount(IEnumerable<string> keys)
    {
        if (keys.Count(key => !key.StartsWith(ReservedPrefix, StringComparison.Ordinal)) > MaximumTags)
        {
            throw new AwsException("TagLimitExceeded", $"The maximum number of tags per resource is {MaximumTags}.");
        }
    }
}
