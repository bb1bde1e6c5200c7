using System.Collections.Immutable;
using Nines.Api.Ec2;
using Nines.Control.Audit;
using Nines.Control.Gateway;
using Nines.Control.Ids;
using Nines.Control.Services.Ec2.Query;
using Nines.Control.Services.Ec2.Tags;
using Nines.Control.Services.Ec2.VpcPeerings;
using Nines.Control.Store;
using Nines.Wire;
using NetworkInterface = Nines.Control.Services.Ec2.NetworkInterfaces.NetworkInterface;
using PrefixList = Nines.Control.Services.Ec2.PrefixLists.PrefixList;
using Vpc = Nines.Control.Services.Ec2.Vpcs.Vpc;

namespace Nines.Control.Services.Ec2.SecurityGroups;

/// <summary>Making and deleting security groups, and adding and removing their rules.</summary>
internal sealed class SecurityGroupChanges(Cloud cloud, IIdSource ids) : IOperations
{
    private const string GroupType = "security-group";
    private const string RuleType = "security-group-rule";

    public void Map(OperationTable table)
    {
        table.On(Ec2Api.CreateSecurityGroup, CreateAsync, answersDryRun: true);
        table.On(Ec2Api.DeleteSecurityGroup, DeleteAsync, answersDryRun: true);
        table.On(Ec2Api.AuthorizeSecurityGroupIngress, AuthorizeIngressAsync, answersDryRun: true);
        table.On(Ec2Api.AuthorizeSecurityGroupEgress, AuthorizeEgressAsync, answersDryRun: true);
        table.On(Ec2Api.RevokeSecurityGroupIngress, RevokeIngressAsync, answersDryRun: true);
        table.On(Ec2Api.RevokeSecurityGroupEgress, RevokeEgressAsync, answersDryRun: true);
    }

    private async ValueTask<CreateSecurityGroupResult> CreateAsync(CreateSecurityGroupRequest input, Call call, CancellationToken cancellationToken)
    {
        SecurityGroupNames.CheckName(input.GroupName!);
        SecurityGroupNames.CheckDescription(input.Description!);
        var tags = TagRules.Parse(input.TagSpecifications, GroupType).For(GroupType);
        var group = await cloud.WriteAsync(
            call,
            transaction =>
            {
                var vpcId = FindVpc(transaction, call.AccountId, input.VpcId);
                if (transaction.By(SecurityGroup.ByVpc, vpcId).Any(other => other.Name == input.GroupName))
                {
                    throw SecurityGroupErrors.NameTaken(input.GroupName!, vpcId);
                }

                if (cloud.Count(SecurityGroup.Table, call.AccountId) >= SecurityGroupLimits.MaxGroups)
                {
                    throw SecurityGroupErrors.TooManyGroups();
                }

                call.AnswerDryRun();
                var made = new SecurityGroup
                {
                    AccountId = call.AccountId,
                    Id = ids.Next("sg"),
                    Name = input.GroupName!,
                    Description = input.Description!,
                    VpcId = vpcId,
                    Tags = tags,
                    Rules = [new SecurityGroupRule { Id = ids.Next("sgr"), IsEgress = true, Protocol = SecurityGroupRule.AllProtocols, CidrIpv4 = "0.0.0.0/0" }],
                };
                transaction.Insert(SecurityGroup.Table, made);
                // Two who make a group of one name at the same time must meet: the VPC is read and written by both.
                transaction.Put(Vpc.Table, transaction.Find(Vpc.Table, call.AccountId, vpcId)!);
                return made;
            },
            cancellationToken);
        return new CreateSecurityGroupResult
        {
            GroupId = group.Id,
            Tags = group.Tags.IsEmpty ? null : [.. group.Tags.Select(tag => new Tag { Key = tag.Key, Value = tag.Value })],
        };
    }

    private async ValueTask<DeleteSecurityGroupResult> DeleteAsync(DeleteSecurityGroupRequest input, Call call, CancellationToken cancellationToken)
    {
        // Closed first, as a subnet is: who takes it beside this is seen by the second look, and who comes later sees that it is closed.
        var closing = await cloud.WriteAsync(call, transaction => Close(transaction, call, input), cancellationToken);
        var isUsed = await cloud.WriteAsync(
            call,
            transaction =>
            {
                if (transaction.Find(SecurityGroup.Table, call.AccountId, closing.Id) is not { } group)
                {
                    return false;
                }

                if (IsUsed(transaction, group))
                {
                    transaction.Put(SecurityGroup.Table, group with { IsClosing = false });
                    return true;
                }

                transaction.Delete(SecurityGroup.Table, group);
                return false;
            },
            cancellationToken);
        return isUsed ? throw SecurityGroupErrors.InUse(closing) : new DeleteSecurityGroupResult();
    }

    private static SecurityGroup Close(CloudTransaction transaction, Call call, DeleteSecurityGroupRequest input)
    {
        var group = FindGroup(transaction, call.AccountId, input.GroupId, input.GroupName);
        if (group.Name == SecurityGroup.DefaultName)
        {
            throw SecurityGroupErrors.IsDefault(group);
        }

        if (IsUsed(transaction, group))
        {
            throw SecurityGroupErrors.InUse(group);
        }

        call.AnswerDryRun();
        var closing = group with { IsClosing = true };
        transaction.Put(SecurityGroup.Table, closing);
        return closing;
    }

    private static bool IsUsed(CloudTransaction transaction, SecurityGroup group) =>
        transaction.By(NetworkInterface.BySecurityGroup, group.Id).Count > 0
        || group.AssociatedVpcIds.Length > 0
        || transaction.By(SecurityGroup.ByReferencedGroup, group.Id).Any(other => other.Id != group.Id && other.Names(group.Id));

    private async ValueTask<AuthorizeSecurityGroupIngressResult> AuthorizeIngressAsync(
        AuthorizeSecurityGroupIngressRequest input, Call call, CancellationToken cancellationToken)
    {
        var added = await AuthorizeAsync(input.GroupId, input.GroupName, Permissions(input), input.TagSpecifications, isEgress: false, call, cancellationToken);
        return new AuthorizeSecurityGroupIngressResult { Return = true, SecurityGroupRules = added };
    }

    private async ValueTask<AuthorizeSecurityGroupEgressResult> AuthorizeEgressAsync(
        AuthorizeSecurityGroupEgressRequest input, Call call, CancellationToken cancellationToken)
    {
        var permissions = input.IpPermissions ?? (input.IpProtocol is null ? null : [Legacy(input.IpProtocol, input.FromPort, input.ToPort, input.CidrIp, input.SourceSecurityGroupName)]);
        var added = await AuthorizeAsync(input.GroupId, null, permissions, input.TagSpecifications, isEgress: true, call, cancellationToken);
        return new AuthorizeSecurityGroupEgressResult { Return = true, SecurityGroupRules = added };
    }

    private async ValueTask<RevokeSecurityGroupIngressResult> RevokeIngressAsync(
        RevokeSecurityGroupIngressRequest input, Call call, CancellationToken cancellationToken)
    {
        var permissions = input.IpPermissions ?? (input.IpProtocol is null ? null : [Legacy(input.IpProtocol, input.FromPort, input.ToPort, input.CidrIp, input.SourceSecurityGroupName)]);
        await RevokeAsync(input.GroupId, input.GroupName, permissions, input.SecurityGroupRuleIds, isEgress: false, call, cancellationToken);
        return new RevokeSecurityGroupIngressResult { Return = true };
    }

    private async ValueTask<RevokeSecurityGroupEgressResult> RevokeEgressAsync(
        RevokeSecurityGroupEgressRequest input, Call call, CancellationToken cancellationToken)
    {
        var permissions = input.IpPermissions ?? (input.IpProtocol is null ? null : [Legacy(input.IpProtocol, input.FromPort, input.ToPort, input.CidrIp, input.SourceSecurityGroupName)]);
        await RevokeAsync(input.GroupId, null, permissions, input.SecurityGroupRuleIds, isEgress: true, call, cancellationToken);
        return new RevokeSecurityGroupEgressResult { Return = true };
    }

    private async Task<IReadOnlyList<Api.Ec2.SecurityGroupRule>> AuthorizeAsync(
        string? groupId, string? groupName, IReadOnlyList<IpPermission>? permissions, IReadOnlyList<TagSpecification>? specifications,
        bool isEgress, Call call, CancellationToken cancellationToken)
    {
        if (permissions is null or [])
        {
            throw Ec2Errors.MissingParameter("IpPermissions");
        }

        var tags = TagRules.Parse(specifications, RuleType).For(RuleType);
        return await cloud.WriteAsync(
            call,
            transaction =>
            {
                var group = FindGroup(transaction, call.AccountId, groupId, groupName);
                var asked = PermissionParser.Parse(permissions, isEgress, pair => ReferencedGroup(transaction, group, pair));
                foreach (var id in asked.Select(rule => rule.PrefixListId).OfType<string>().Distinct())
                {
                    // Whoever deletes the list at the same time must meet this.
                    transaction.Put(
                        PrefixList.Table,
                        transaction.Find(PrefixList.Table, call.AccountId, ResourceId.Parse<Query.PrefixListId>(id).Value) ?? throw Ec2Errors.NotFound(ResourceKind.PrefixList, id));
                }

                var present = group.Rules.Select(SecurityGroupRuleKey.Of).ToHashSet();
                if (asked.FirstOrDefault(rule => present.Contains(SecurityGroupRuleKey.Of(rule))) is { } again)
                {
                    throw SecurityGroupErrors.RuleExists(again);
                }

                if (group.Rules.Count(rule => rule.IsEgress == isEgress) + asked.Length > SecurityGroupLimits.MaxRulesPerDirection)
                {
                    throw SecurityGroupErrors.TooManyRules();
                }

                call.AnswerDryRun();
                var added = asked.Select(rule => rule with { Id = ids.Next("sgr"), Tags = tags }).ToImmutableArray();
                transaction.Put(SecurityGroup.Table, group with { Rules = group.Rules.AddRange(added) });
                return (IReadOnlyList<Api.Ec2.SecurityGroupRule>)[.. added.Select(rule => SecurityGroupDescriptions.Describe(group, rule))];
            },
            cancellationToken);
    }

    private Task RevokeAsync(
        string? groupId, string? groupName, IReadOnlyList<IpPermission>? permissions, IReadOnlyList<string>? ruleIds,
        bool isEgress, Call call, CancellationToken cancellationToken) =>
        cloud.WriteAsync(
            call,
            transaction =>
            {
                var group = FindGroup(transaction, call.AccountId, groupId, groupName);
                var removed = ruleIds is { Count: > 0 }
                    ? FindRules(group, ruleIds, isEgress)
                    : FindRules(group, PermissionParser.Parse(permissions ?? throw Ec2Errors.MissingParameter("IpPermissions"), isEgress, pair => KnownGroup(transaction, group, pair)));
                call.AnswerDryRun();
                transaction.Put(SecurityGroup.Table, group with { Rules = group.Rules.RemoveRange(removed) });
            },
            cancellationToken);

    private static List<SecurityGroupRule> FindRules(SecurityGroup group, IReadOnlyList<string> ruleIds, bool isEgress) =>
    [
        .. ResourceId.ParseAll<SecurityGroupRuleId>(ruleIds).Select(id =>
            group.Rules.FirstOrDefault(rule => rule.Id == id.Value && rule.IsEgress == isEgress) ?? throw SecurityGroupErrors.RuleIdNotFound(id.Value)),
    ];

    private static List<SecurityGroupRule> FindRules(SecurityGroup group, ImmutableArray<SecurityGroupRule> asked) =>
    [
        .. asked.Select(SecurityGroupRuleKey.Of).Select(key =>
            group.Rules.FirstOrDefault(rule => SecurityGroupRuleKey.Of(rule) == key) ?? throw SecurityGroupErrors.RuleNotFound()),
    ];

    private static string FindVpc(CloudTransaction transaction, string accountId, string? vpcId)
    {
        if (vpcId is { } asked)
        {
            return transaction.Find(Vpc.Table, accountId, ResourceId.Parse<VpcId>(asked).Value)?.Id ?? throw Ec2Errors.NotFound(ResourceKind.Vpc, asked);
        }

        return transaction.List(Vpc.Table, accountId).FirstOrDefault(vpc => vpc.IsDefault)?.Id
            ?? throw new AwsException("VPCIdNotSpecified", "No default VPC for this user");
    }

    internal static SecurityGroup FindGroup(CloudTransaction transaction, string accountId, string? groupId, string? groupName)
    {
        if (groupId is { } asked)
        {
            var id = ResourceId.Parse<SecurityGroupId>(asked);
            return transaction.Find(SecurityGroup.Table, accountId, id.Value) ?? throw Ec2Errors.NotFound(ResourceKind.SecurityGroup, asked);
        }

        if (string.IsNullOrEmpty(groupName))
        {
            throw Ec2Errors.MissingParameter("GroupId");
        }

        // A name means a group of the default VPC.
        return (transaction.List(Vpc.Table, accountId).FirstOrDefault(vpc => vpc.IsDefault) is { } vpc ? FindByName(transaction, vpc.Id, groupName) : null)
            ?? throw SecurityGroupErrors.NameNotFound(groupName);
    }

    private static SecurityGroup? FindByName(CloudTransaction transaction, string vpcId, string name) =>
        transaction.By(SecurityGroup.ByVpc, vpcId).FirstOrDefault(group => group.Name == name) is { } found
            ? transaction.Find(SecurityGroup.Table, found.AccountId, found.Id)
            : null;

    /// <summary>The group that a permission names; it has to be of a VPC that both may be used in, or of one that an active peering leads to.</summary>
    internal static ReferencedGroup ReferencedGroup(CloudTransaction transaction, SecurityGroup group, UserIdGroupPair pair)
    {
        if (pair.GroupId is null && string.IsNullOrEmpty(pair.GroupName))
        {
            throw Ec2Errors.MissingParameter("groupId");
        }

        var found = pair.GroupId is { } id
            ? transaction.By(SecurityGroup.ById, ResourceId.Parse<SecurityGroupId>(id).Value).FirstOrDefault()
            : FindByName(transaction, group.VpcId, pair.GroupName!);
        if (found is not null && (pair.UserId is null || pair.UserId == found.AccountId))
        {
            // Found, not only listed: whoever deletes the group at the same time must meet this.
            _ = SecurityGroup.FindOpen(transaction, found.AccountId, found.Id);
            if (found.VpcIds.Intersect(group.VpcIds).Any())
            {
                return new(found.Id);
            }

            if (VpcPeering.Between(transaction, group.VpcId, found.VpcId) is { } peering)
            {
                return new(found.Id, new(found.AccountId, found.VpcId, peering.Id));
            }
        }

        throw Ec2Errors.NotFound(ResourceKind.SecurityGroup, pair.GroupId ?? pair.GroupName!);
    }

    /// <summary>The group that a permission names where a rule that there is, is meant: that group may be gone, and so may the peering that led to it.</summary>
    internal static ReferencedGroup KnownGroup(CloudTransaction transaction, SecurityGroup group, UserIdGroupPair pair) =>
        group.Rules.Any(rule => rule.ReferencedGroupId is { } id && id == pair.GroupId && (pair.UserId ?? rule.Peer?.AccountId ?? group.AccountId) == (rule.Peer?.AccountId ?? group.AccountId))
            ? new(pair.GroupId!)
            : ReferencedGroup(transaction, group, pair);

    private static IReadOnlyList<IpPermission>? Permissions(AuthorizeSecurityGroupIngressRequest input) =>
        input.IpPermissions ?? (input.IpProtocol is null && input.SourceSecurityGroupName is null
            ? null
            : [Legacy(input.IpProtocol ?? SecurityGroupRule.AllProtocols, input.FromPort, input.ToPort, input.CidrIp, input.SourceSecurityGroupName)]);

    /// <summary>One permission spelt in the parameters from before there were lists of them.</summary>
    private static IpPermission Legacy(string protocol, int? from, int? to, string? cidr, string? groupName) => new()
    {
        IpProtocol = protocol,
        FromPort = from,
        ToPort = to,
        IpRanges = cidr is null ? null : [new IpRange { CidrIp = cidr }],
        UserIdGroupPairs = groupName is null ? null : [new UserIdGroupPair { GroupName = groupName }],
    };
}
