using System.Collections.Immutable;
using Nines.Control.Services.Ec2.Query;
using Nines.Control.Services.Ec2.SecurityGroups;
using Nines.Control.Store;

namespace Nines.Control.Services.Ec2.Tags;

/// <summary>The tags of security group rules, which lie in their group's record.</summary>
internal sealed class SecurityGroupRuleTags() : TaggableResource(ResourceKind.SecurityGroupRule)
{
    public override bool TryChange(
        CloudTransaction transaction, string accountId, string id, Func<ImmutableSortedDictionary<string, string>, ImmutableSortedDictionary<string, string>> change)
    {
        // The index says which group; that it still has the rule is read again as a condition of the transaction.
        if (transaction.By(SecurityGroup.ByRule, id).FirstOrDefault(group => group.AccountId == accountId) is not { } found
            || transaction.Find(SecurityGroup.Table, accountId, found.Id) is not { } group
            || group.Rules.FirstOrDefault(rule => rule.Id == id) is not { } rule)
        {
            return false;
        }

        transaction.Put(SecurityGroup.Table, group with { Rules = group.Rules.Replace(rule, rule with { Tags = change(rule.Tags) }) });
        return true;
    }

    public override IEnumerable<(string Id, ImmutableSortedDictionary<string, string> Tags)> List(Cloud cloud, string accountId) =>
        cloud.List(SecurityGroup.Table, accountId).SelectMany(group => group.Rules).Select(rule => (rule.Id, rule.Tags)).OrderBy(rule => rule.Id, StringComparer.Ordinal);
}
