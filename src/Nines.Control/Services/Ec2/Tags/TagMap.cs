using System.Collections.Immutable;

namespace Nines.Control.Services.Ec2.Tags;

/// <summary>The tags of a resource: keys to values, ordered by key, case counts. Every taggable record has one.</summary>
internal static class TagMap
{
    /// <summary>No tags.</summary>
    public static readonly ImmutableSortedDictionary<string, string> Empty = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    /// <summary>The tags as answers carry them that always have a set of tags: those of key pairs, rules and network interfaces.</summary>
    public static IReadOnlyList<Api.Ec2.Tag> ToApi(this ImmutableSortedDictionary<string, string> tags) =>
        [.. tags.Select(tag => new Api.Ec2.Tag { Key = tag.Key, Value = tag.Value })];

    /// <summary>The tags as most answers carry them: a resource without tags has no set, and clients ask whether there is one.</summary>
    public static IReadOnlyList<Api.Ec2.Tag>? ToApiOrNull(this ImmutableSortedDictionary<string, string> tags) => tags.IsEmpty ? null : tags.ToApi();
}
