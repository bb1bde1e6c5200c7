using System.Collections.Immutable;
using Nines.Control.Services.Ec2.Tags;
using Nines.Control.Store;

namespace Nines.Control.Services.Ec2.LaunchTemplates;

/// <summary>A launch template: a name over numbered versions, one of which is the default.</summary>
internal sealed record LaunchTemplate : ITaggable<LaunchTemplate>
{
    /// <summary>All launch templates.</summary>
    public static readonly TableDefinition<LaunchTemplate> Table = new("launch-templates", Ec2JsonContext.Default.LaunchTemplate);

    /// <inheritdoc/>
    public required string AccountId { get; init; }

    /// <inheritdoc/>
    public required string Id { get; init; }

    /// <summary>Unique within the account; a <see cref="LaunchTemplateName"/> sees to that.</summary>
    public required string Name { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset CreateTime { get; init; }

    /// <summary>The ARN of who made it.</summary>
    public required string CreatedBy { get; init; }

    /// <summary>The version of a launch that names none.</summary>
    public long DefaultVersion { get; init; } = 1;

    /// <summary>The highest version that there is.</summary>
    public long LatestVersion { get; init; } = 1;

    /// <summary>The number of the next version: that of a deleted one is not given again.</summary>
    public long NextVersion { get; init; } = 2;

    /// <summary>What its maker called the request, so that the same one again makes no second template.</summary>
    public string? ClientToken { get; init; }

    /// <inheritdoc/>
    public ImmutableSortedDictionary<string, string> Tags { get; init; } = TagMap.Empty;

    /// <inheritdoc/>
    public LaunchTemplate WithTags(ImmutableSortedDictionary<string, string> tags) => this with { Tags = tags };
}
