using Nines.Api.Ec2;
using Nines.Control.Audit;
using Nines.Control.Gateway;
using Nines.Control.Services.Ec2.Query;
using Nines.Control.Store;
using PrefixList = Nines.Control.Services.Ec2.PrefixLists.PrefixList;

namespace Nines.Control.Services.Ec2.SecurityGroups;

/// <summary>Changing the rules that a security group has: what they allow, and what is said of them.</summary>
internal sealed class SecurityGroupRuleChanges(Cloud cloud) : IOperations
{
    public void Map(OperationTable table)
    {
        table.On(Ec2Api.ModifySecurityGroupRules, ModifyAsync, answersDryRun: true);
        table.On(Ec2Api.UpdateSecurityGroupRuleDescriptionsIngress, DescribeIngressAsync, answersDryRun: true);
        table.On(Ec2Api.UpdateSecurityGroupRuleDescriptionsEgress, DescribeEgressAsync, answersDryRun: true);
    }

    private async ValueTask<ModifySecurityGroupRulesResult> ModifyAsync(ModifySecurityGroupRulesRequest input, Call call, CancellationToken cancellationToken)
    {
        var updates = input.SecurityGroupRules is { Count: > 0 } given ? given : throw Ec2Errors.MissingParameter("SecurityGroupRules");
        await cloud.WriteAsync(
            call,
            transaction =>
            {
                var group = SecurityGroupChanges.FindGroup(transaction, call.AccountId, input.GroupId, null);
                var rules = group.Rules;
                foreach (var update in updates)
                {
                    var rule = FindRule(group, update.SecurityGroupRuleId);
                    rules = rules.Replace(rules.First(known => known.Id == rule.Id), Modified(transaction, group, rule, update.SecurityGroupRule));
                }

                if (rules.GroupBy(SecurityGroupRuleKey.Of).FirstOrDefault(same => same.Count() > 1) is { } twice)
                {
                    throw SecurityGroupErrors.RuleExists(twice.First());
                }

                call.AnswerDryRun();
                transaction.Put(SecurityGroup.Table, group with { Rules = rules });
            },
            cancellationToken);
        return new ModifySecurityGroupRulesResult { Return = true };
    }

    private async ValueTask<UpdateSecurityGroupRuleDescriptionsIngressResult> DescribeIngressAsync(
        UpdateSecurityGroupRuleDescriptionsIngressRequest input, Call call, CancellationToken cancellationToken)
    {
        await DescribeAsync(input.GroupId, input.GroupName, input.IpPermissions, input.SecurityGroupRuleDescriptions, isEgress: false, call, cancellationToken);
        return new UpdateSecurityGroupRuleDescriptionsIngressResult { Return = true };
    }

    private async ValueTask<UpdateSecurityGroupRuleDescriptionsEgressResult> DescribeEgressAsync(
        UpdateSecurityGroupRuleDescriptionsEgressRequest input, Call call, CancellationToken cancellationToken)
    {
        await DescribeAsync(input.GroupId, input.GroupName, input.IpPermissions, input.SecurityGroupRuleDescriptions, isEgress: true, call, cancellationToken);
        return new UpdateSecurityGroupRuleDescriptionsEgressResult { Return = true };
    }

    private Task DescribeAsync(
        string? groupId, string? groupName, IReadOnlyList<IpPermission>? permissions, IReadOnlyList<SecurityGroupRuleDescription>? descriptions,
        bool isEgress, Call call, CancellationToken cancellationToken)
    {
        if (permissions is { Count: > 0 } == descriptions is { Count: > 0 })
        {
            throw Ec2Errors.InvalidParameterCombination("Either ipPermissions or securityGroupRuleDescriptions must be specified.");
        }

        return cloud.WriteAsync(
            call,
            transaction =>
            {
                var group = SecurityGroupChanges.FindGroup(transaction, call.AccountId, groupId, groupName);
                (SecurityGroupRule Rule, string? Text)[] changes = descriptions is { Count: > 0 }
                    ? [.. descriptions.Select(description => (FindRule(group, description.SecurityGroupRuleId, isEgress), description.Description))]
                    : [.. PermissionParser.Parse(permissions!, isEgress, pair => SecurityGroupChanges.KnownGroup(transaction, group, pair)).Select(asked => (FindRule(group, asked), asked.Description))];
                call.AnswerDryRun();
                transaction.Put(SecurityGroup.Table, group with
                {
                    Rules = changes.Aggregate(group.Rules, (rules, change) =>
                        rules.Replace(rules.First(rule => rule.Id == change.Rule.Id), change.Rule with { Description = string.IsNullOrEmpty(change.Text) ? null : change.Text })),
                });
            },
            cancellationToken);
    }

    /// <summary>A rule with everything said anew but its id, its direction and its tags.</summary>
    private static SecurityGroupRule Modified(CloudTransaction transaction, SecurityGroup group, SecurityGroupRule rule, SecurityGroupRuleRequest? wanted)
    {
        _ = wanted ?? throw Ec2Errors.MissingParameter("SecurityGroupRule");
        var permission = new IpPermission
        {
            IpProtocol = wanted.IpProtocol,
            FromPort = wanted.FromPort,
            ToPort = wanted.ToPort,
            IpRanges = wanted.CidrIpv4 is null ? null : [new IpRange { CidrIp = wanted.CidrIpv4 }],
            Ipv6Ranges = wanted.CidrIpv6 is null ? null : [new Ipv6Range { CidrIpv6 = wanted.CidrIpv6 }],
            PrefixListIds = wanted.PrefixListId is null ? null : [new Api.Ec2.PrefixListId { PrefixListIdValue = wanted.PrefixListId }],
            UserIdGroupPairs = wanted.ReferencedGroupId is null ? null : [new UserIdGroupPair { GroupId = wanted.ReferencedGroupId }],
        };
        var parsed = PermissionParser.Parse([permission], rule.IsEgress, pair => SecurityGroupChanges.ReferencedGroup(transaction, group, pair));
        if (parsed.Length != 1)
        {
            throw Ec2Errors.InvalidParameterValue("Exactly one source of a rule must be specified.");
        }

        if (parsed[0].PrefixListId is { } list)
        {
            // Whoever deletes the list at the same time must meet this.
            transaction.Put(
                PrefixList.Table,
                transaction.Find(PrefixList.Table, group.AccountId, ResourceId.Parse<Query.PrefixListId>(list).Value) ?? throw Ec2Errors.NotFound(ResourceKind.PrefixList, list));
        }

        return parsed[0] with { Id = rule.Id, Tags = rule.Tags, Description = string.IsNullOrEmpty(wanted.Description) ? null : wanted.Description };
    }

    private static SecurityGroupRule FindRule(SecurityGroup group, string? id, bool? isEgress = null)
    {
        var parsed = ResourceId.Parse<SecurityGroupRuleId>(id).Value;
        return group.Rules.FirstOrDefault(rule => rule.Id == parsed && (isEgress ?? rule.IsEgress) == rule.IsEgress) ?? throw SecurityGroupErrors.RuleIdNotFound(parsed);
    }

    private static SecurityGroupRule FindRule(SecurityGroup group, SecurityGroupRule asked) =>
        group.Rules.FirstOrDefault(rule => SecurityGroupRuleKey.Of(rule) == SecurityGroupRuleKey.Of(asked)) ?? throw SecurityGroupErrors.RuleNotFound();
}
