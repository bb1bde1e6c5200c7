using System.Collections.Immutable;
using Nines.Control.Services.Ec2.Tags;
using Nines.Control.Store;

namespace Nines.Control.Services.Ec2.InternetGateways;

/// <summary>A VPC's way to the internet.</summary>
internal sealed record InternetGateway : ITaggable<InternetGateway>
{
    /// <summary>All gateways.</summary>
    public static readonly TableDefinition<InternetGateway> Table = new("internet-gateways", Ec2JsonContext.Default.InternetGateway);

    /// <summary>The one that is attached to a VPC.</summary>
    public static readonly IndexDefinition<InternetGateway> ByVpc = Table.Index("vpc", gateway => gateway.VpcId);

    /// <inheritdoc/>
    public required string AccountId { get; init; }

    /// <inheritdoc/>
    public required string Id { get; init; }

    /// <summary>The VPC it is attached to, or <see langword="null"/>.</summary>
    public string? VpcId { get; init; }

    /// <inheritdoc/>
    public ImmutableSortedDictionary<string, string> Tags { get; init; } = TagMap.Empty;

    /// <inheritdoc/>
    public InternetGateway WithTags(ImmutableSortedDictionary<string, string> tags) => this with { Tags = tags };
}
