using System.Collections.Immutable;
using Nines.Control.Services.Ec2.Tags;
using Nines.Control.Store;

namespace Nines.Control.Services.Ec2.NetworkAcls;

/// <summary>A network access control list: numbered rules for what passes a subnet's border, without memory of connections.</summary>
internal sealed record NetworkAcl : ITaggable<NetworkAcl>
{
    /// <summary>All access lists.</summary>
    public static readonly TableDefinition<NetworkAcl> Table = new("network-acls", Ec2JsonContext.Default.NetworkAcl);

    /// <summary>Those of a VPC.</summary>
    public static readonly IndexDefinition<NetworkAcl> ByVpc = Table.Index("vpc", acl => acl.VpcId);

    /// <summary>The one that guards a subnet.</summary>
    public static readonly IndexDefinition<NetworkAcl> BySubnet = Table.IndexMany("subnet", acl => acl.Associations.Select(association => association.SubnetId));

    /// <summary>The one that has an association.</summary>
    public static readonly IndexDefinition<NetworkAcl> ByAssociation = Table.IndexMany("association", acl => acl.Associations.Select(association => association.Id));

    /// <inheritdoc/>
    public required string AccountId { get; init; }

    /// <inheritdoc/>
    public required string Id { get; init; }

    /// <summary>The VPC it belongs to.</summary>
    public required string VpcId { get; init; }

    /// <summary>Whether new subnets of the VPC get it.</summary>
    public bool IsDefault { get; init; }

    /// <summary>The rules; in each direction the one with the lowest number that fits decides, and what none fits is denied.</summary>
    public ImmutableArray<NetworkAclEntry> Entries { get; init; } = [];

    /// <summary>The subnets it guards; every subnet has exactly one list.</summary>
    public ImmutableArray<NetworkAclAssociation> Associations { get; init; } = [];

    /// <summary>What its maker called the request, so that the same one again makes no second list.</summary>
    public string? ClientToken { get; init; }

    /// <inheritdoc/>
    public ImmutableSortedDictionary<string, string> Tags { get; init; } = TagMap.Empty;

    /// <inheritdoc/>
    public NetworkAcl WithTags(ImmutableSortedDictionary<string, string> tags) => this with { Tags = tags };
}
