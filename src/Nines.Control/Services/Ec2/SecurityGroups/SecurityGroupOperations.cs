using Nines.Api.Ec2;
using Nines.Control.Gateway;
using Nines.Control.Services.Ec2.Query;
using Nines.Control.Store;
using Nines.Wire;

namespace Nines.Control.Services.Ec2.SecurityGroups;

/// <summary>What a client may ask of security groups.</summary>
internal sealed class SecurityGroupOperations(Cloud cloud) : IOperations
{
    /// <inheritdoc/>
    public void Map(OperationTable table)
    {
        table.On(Ec2Api.DescribeSecurityGroups, DescribeSecurityGroupsAsync);
        table.On(Ec2Api.DescribeSecurityGroupRules, DescribeSecurityGroupRulesAsync);
    }

    private ValueTask<DescribeSecurityGroupsResult> DescribeSecurityGroupsAsync(DescribeSecurityGroupsRequest input, Call call, CancellationToken cancellationToken)
    {
        var matches = SecurityGroupFilters.Groups.Compile(input.Filters);
        var page = PageRequest.Parse(PageLimits.Usual, input.MaxResults, input.NextToken, new PageScope("DescribeSecurityGroups", call.AccountId, input.Filters));
        var groups = input.GroupNames is { Count: > 0 } names
            ? Named(call.AccountId, names, input.GroupIds)
            : Lookup.Select<SecurityGroup, SecurityGroupId>(cloud, SecurityGroup.Table, call.AccountId, input.GroupIds, page.AfterKey);
        var views = groups.Select(group => new SecurityGroupView(group, id => cloud.Find(SecurityGroup.Table, call.AccountId, id)?.Name));
        var (items, next) = page.Take(views.Where(matches), view => view.Group.Id);
        return new(new DescribeSecurityGroupsResult { SecurityGroups = [.. items.Select(view => SecurityGroupDescriptions.Describe(view.Group))], NextToken = next });
    }

    private ValueTask<DescribeSecurityGroupRulesResult> DescribeSecurityGroupRulesAsync(
        DescribeSecurityGroupRulesRequest input, Call call, CancellationToken cancellationToken)
    {
        var matches = SecurityGroupFilters.Rules.Compile(input.Filters);
        var page = PageRequest.Parse(PageLimits.Usual, input.MaxResults, input.NextToken, new PageScope("DescribeSecurityGroupRules", call.AccountId, input.Filters));
        var rules = Rules(call.AccountId, input.SecurityGroupRuleIds).OrderBy(pair => pair.Rule.Id, StringComparer.Ordinal);
        var (items, next) = page.Take(rules.Where(matches), pair => pair.Rule.Id);
        return new(new DescribeSecurityGroupRulesResult
        {
            SecurityGroupRules = [.. items.Select(pair => SecurityGroupDescriptions.Describe(pair.Group, pair.Rule))],
            NextToken = next,
        });
    }

    /// <summary>Groups by name, which EC2 looks up in the default VPC only, and by id.</summary>
    private IEnumerable<SecurityGroup> Named(string accountId, IReadOnlyList<string> names, IReadOnlyList<string>? ids)
    {
        var vpc = Vpcs.Vpc.FindDefault(cloud, accountId)
            ?? throw new AwsException("VPCIdNotSpecified", "No default VPC for this user");
        var groups = cloud.By(SecurityGroup.ByVpc, vpc.Id).Where(group => names.Contains(group.Name)).ToList();
        if (names.FirstOrDefault(name => groups.All(group => group.Name != name)) is { } missing)
        {
            throw new AwsException(ResourceKind.SecurityGroup.NotFoundCode, $"The security group '{missing}' does not exist in default VPC '{vpc.Id}'");
        }

        var byId = ids is null or [] ? [] : Lookup.Select<SecurityGroup, SecurityGroupId>(cloud, SecurityGroup.Table, accountId, ids);
        return groups.Union(byId).OrderBy(group => group.Id, StringComparer.Ordinal);
    }

    private IEnumerable<(SecurityGroup Group, SecurityGroupRule Rule)> Rules(string accountId, IReadOnlyList<string>? ids)
    {
        if (ids is null or [])
        {
            return cloud.List(SecurityGroup.Table, accountId).SelectMany(group => group.Rules.Select(rule => (group, rule)));
        }

        var found = new List<(SecurityGroup Group, SecurityGroupRule Rule)>();
        var missing = new List<string>();
        foreach (var id in ResourceId.ParseAll<SecurityGroupRuleId>(ids).Select(id => id.Value))
        {
            if (cloud.By(SecurityGroup.ByRule, id).FirstOrDefault(group => group.AccountId == accountId) is { } group)
            {
                found.Add((group, group.Rules.First(rule => rule.Id == id)));
            }
            else
            {
                missing.Add(id);
            }
        }

        return missing.Count == 0 ? found : throw Ec2Errors.NotFound(ResourceKind.SecurityGroupRule, missing);
    }
}
