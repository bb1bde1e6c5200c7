using System.Collections.Immutable;
using Nines.Control.Services.Ec2.Tags;
using Nines.Control.Store;

namespace Nines.Control.Services.Ec2.Addresses;

/// <summary>An elastic address: a public address that an account keeps, and moves between its interfaces.</summary>
internal sealed record ElasticAddress : ITaggable<ElasticAddress>
{
    /// <summary>All elastic addresses.</summary>
    public static readonly TableDefinition<ElasticAddress> Table = new("elastic-addresses", Ec2JsonContext.Default.ElasticAddress);

    /// <summary>By the address itself.</summary>
    public static readonly IndexDefinition<ElasticAddress> ByPublicIp = Table.Index("public-ip", address => address.PublicIp);

    /// <summary>The one that has an association.</summary>
    public static readonly IndexDefinition<ElasticAddress> ByAssociation = Table.Index("association", address => address.AssociationId);

    /// <inheritdoc/>
    public required string AccountId { get; init; }

    /// <summary>The allocation, <c>eipalloc-…</c>.</summary>
    public required string Id { get; init; }

    /// <summary>The address; an own record keeps it from others.</summary>
    public required string PublicIp { get; init; }

    /// <summary>The association, <c>eipassoc-…</c>, or <see langword="null"/>; the next two are set with it.</summary>
    public string? AssociationId { get; init; }

    /// <summary>The interface that has it.</summary>
    public string? NetworkInterfaceId { get; init; }

    /// <summary>The private address of that interface which it is translated to.</summary>
    public string? PrivateIpAddress { get; init; }

    /// <inheritdoc/>
    public ImmutableSortedDictionary<string, string> Tags { get; init; } = TagMap.Empty;

    /// <summary>The same, free.</summary>
    public ElasticAddress Freed() => this with { AssociationId = null, NetworkInterfaceId = null, PrivateIpAddress = null };

    /// <inheritdoc/>
    public ElasticAddress WithTags(ImmutableSortedDictionary<string, string> tags) => this with { Tags = tags };
}
