using System.Collections.Immutable;
using Nines.Api.Kms;
using Nines.Control.Services.Ec2.Tags;

namespace Nines.Control.Services.Kms;

/// <summary>Tags as KMS writes them.</summary>
internal static class KmsTags
{
    /// <exception cref="Nines.Wire.AwsException"><c>TagException</c>.</exception>
    public static ImmutableSortedDictionary<string, string> Parse(IReadOnlyList<Tag>? tags)
    {
        var parsed = TagMap.Empty;
        foreach (var tag in tags ?? [])
        {
            CheckKey(tag.TagKey);
            if (tag.TagValue is { Length: > TagRules.MaximumValueLength })
            {
                throw KmsErrors.Tag($"A tag's value has at most {TagRules.MaximumValueLength} characters.");
            }

            parsed = parsed.ContainsKey(tag.TagKey!) ? throw KmsErrors.Tag("Duplicate tag keys") : parsed.Add(tag.TagKey!, tag.TagValue ?? "");
        }

        return CheckCount(parsed);
    }

    /// <exception cref="Nines.Wire.AwsException"><c>TagException</c>.</exception>
    public static ImmutableSortedDictionary<string, string> CheckCount(ImmutableSortedDictionary<string, string> tags) =>
        tags.Count <= TagRules.MaximumTags ? tags : throw KmsErrors.Tag("Too many tags");

    private static void CheckKey(string? key)
    {
        if (key is not { Length: > 0 and <= TagRules.MaximumKeyLength } || key.StartsWith("aws:", StringComparison.OrdinalIgnoreCase))
        {
            throw KmsErrors.Tag($"A tag's key has 1 to {TagRules.MaximumKeyLength} characters and does not begin with aws:.");
        }
    }
}
