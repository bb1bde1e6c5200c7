using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Nines.Control.Services.Ec2.Query;
using Nines.Control.Services.Ec2.Tags;
using Nines.Control.Store;

namespace Nines.Control.Services.Ec2.SecurityGroups;

/// <summary>A security group: what may reach the interfaces that are in it, and what they may reach.</summary>
internal sealed record SecurityGroup : ITaggable<SecurityGroup>
{
    /// <summary>The name of the group that every VPC has from its start.</summary>
    public const string DefaultName = "default";

    /// <summary>All groups.</summary>
    public static readonly TableDefinition<SecurityGroup> Table = new("security-groups", Ec2JsonContext.Default.SecurityGroup);

    /// <summary>By its own id, whatever the account: a rule may name a group of a peer.</summary>
    public static readonly IndexDefinition<SecurityGroup> ById = Table.Index("id", group => group.Id);

    /// <summary>Those of a VPC.</summary>
    public static readonly IndexDefinition<SecurityGroup> ByVpc = Table.Index("vpc", group => group.VpcId);

    /// <summary>Those of other VPCs that are associated with a VPC.</summary>
    public static readonly IndexDefinition<SecurityGroup> ByAssociatedVpc = Table.IndexMany("associated-vpc", group => group.AssociatedVpcIds);

    /// <summary>The group that has a rule, by the rule's id.</summary>
    public static readonly IndexDefinition<SecurityGroup> ByRule = Table.IndexMany("rule", group => group.Rules.Select(rule => rule.Id));

    /// <summary>The groups whose rules name another group.</summary>
    public static readonly IndexDefinition<SecurityGroup> ByReferencedGroup =
        Table.IndexMany("referenced-group", group => group.Rules.Select(rule => rule.ReferencedGroupId).OfType<string>().Distinct());

    /// <summary>The groups whose rules name a prefix list.</summary>
    public static readonly IndexDefinition<SecurityGroup> ByPrefixList =
        Table.IndexMany("prefix-list", group => group.Rules.Select(rule => rule.PrefixListId).OfType<string>().Distinct());

    /// <inheritdoc/>
    public required string AccountId { get; init; }

    /// <inheritdoc/>
    public required string Id { get; init; }

    /// <summary>Unique within its VPC.</summary>
    public required string Name { get; init; }

    /// <summary>What its maker says of it; never changes.</summary>
    public required string Description { get; init; }

    /// <summary>The VPC it belongs to.</summary>
    public required string VpcId { get; init; }

    /// <summary>The other VPCs whose interfaces may be in it, in the order in which they were associated.</summary>
    public ImmutableArray<string> AssociatedVpcIds { get => field.IsDefault ? [] : field; init; } = [];

    /// <summary>All VPCs whose interfaces may be in it.</summary>
    [JsonIgnore]
    public IEnumerable<string> VpcIds => AssociatedVpcIds.Prepend(VpcId);

    /// <summary>What is allowed, in both directions, in the order in which it was added. Whatever no rule allows is dropped.</summary>
    public ImmutableArray<SecurityGroupRule> Rules { get; init; } = [];

    /// <summary>
    /// Whether it is being deleted: nothing new comes into it or names it. What was on its way is there, or sees this, when it is looked at once more.
    /// </summary>
    public bool IsClosing { get; init; }

    /// <inheritdoc/>
    public ImmutableSortedDictionary<string, string> Tags { get; init; } = TagMap.Empty;

    /// <summary>A group that something is to come into, or that a rule is to name; that it stays so becomes a condition.</summary>
    /// <exception cref="Nines.Wire.AwsException"><c>InvalidGroup.NotFound</c>.</exception>
    public static SecurityGroup FindOpen(CloudTransaction transaction, string accountId, string id) =>
        transaction.Find(Table, accountId, id) is { IsClosing: false } group ? group : throw Ec2Errors.NotFound(ResourceKind.SecurityGroup, id);

    /// <summary>Whether a rule names a group, and not one across a peering.</summary>
    public bool Names(string groupId) => Rules.Any(rule => rule.ReferencedGroupId == groupId && rule.Peer is null);

    /// <summary>Whether an interface of a VPC may be in it.</summary>
    public bool MayBeUsedIn(string vpcId) => VpcId == vpcId || AssociatedVpcIds.Contains(vpcId);

    /// <summary>Takes it for an interface of a VPC: whoever ends its association with that VPC at the same time must meet this.</summary>
    /// <returns>Whether an interface of that VPC may be in it.</returns>
    public bool IsTakenIn(CloudTransaction transaction, string vpcId)
    {
        if (AssociatedVpcIds.Contains(vpcId))
        {
            transaction.Put(Table, this);
        }

        return MayBeUsedIn(vpcId);
    }

    /// <inheritdoc/>
    public SecurityGroup WithTags(ImmutableSortedDictionary<string, string> tags) => this with { Tags = tags };
}
