using Nines.Api.Ec2;
using Nines.Control.Gateway;
using Nines.Control.Services.Ec2.Query;
using Nines.Control.Services.Ec2.Tags;
using Nines.Control.Store;
using Vpc = Nines.Control.Services.Ec2.Vpcs.Vpc;

namespace Nines.Control.Services.Ec2.SecurityGroups;

/// <summary>What a client may ask of security groups and the VPCs that name them or may use them.</summary>
internal sealed class SecurityGroupReferences(Cloud cloud) : IOperations
{
    /// <summary>The filters of GetSecurityGroupsForVpc.</summary>
    internal static readonly FilterSet<SecurityGroup> Filters = new FilterSet<SecurityGroup>()
        .Add("description", group => group.Description)
        .Add("group-id", group => group.Id)
        .Add("group-name", group => group.Name)
        .Add("owner-id", group => group.AccountId)
        .Add("primary-vpc-id", group => group.VpcId)
        .AddTags(group => group.Tags);

    private static readonly PageLimits s_stalePages = new(5, 255);

    public void Map(OperationTable table)
    {
        table.On(Ec2Api.DescribeSecurityGroupReferences, DescribeReferencesAsync);
        table.On(Ec2Api.DescribeStaleSecurityGroups, DescribeStaleAsync);
        table.On(Ec2Api.GetSecurityGroupsForVpc, GetForVpcAsync);
    }

    /// <summary>The VPCs on the other side of a peering whose rules name a group.</summary>
    private ValueTask<DescribeSecurityGroupReferencesResult> DescribeReferencesAsync(DescribeSecurityGroupReferencesRequest input, Call call, CancellationToken cancellationToken)
    {
        if (input.GroupId is null or [])
        {
            throw Ec2Errors.MissingParameter("GroupId");
        }

        var groups = Lookup.Select<SecurityGroup, SecurityGroupId>(cloud, SecurityGroup.Table, call.AccountId, input.GroupId);
        var references = groups.SelectMany(group => cloud.By(SecurityGroup.ByReferencedGroup, group.Id)
            .SelectMany(other => other.Rules.Where(rule => rule.ReferencedGroupId == group.Id && rule.Peer is not null), (other, rule) => new SecurityGroupReference
            {
                GroupId = group.Id,
                ReferencingVpcId = other.VpcId,
                VpcPeeringConnectionId = rule.Peer!.VpcPeeringConnectionId,
            }));
        return new(new DescribeSecurityGroupReferencesResult
        {
            SecurityGroupReferenceSet = [.. references.DistinctBy(reference => (reference.GroupId, reference.ReferencingVpcId, reference.VpcPeeringConnectionId))],
        });
    }

    private ValueTask<DescribeStaleSecurityGroupsResult> DescribeStaleAsync(DescribeStaleSecurityGroupsRequest input, Call call, CancellationToken cancellationToken)
    {
        var vpc = RequireVpc(call.AccountId, input.VpcId);
        var page = PageRequest.Parse(s_stalePages, input.MaxResults, input.NextToken, new PageScope("DescribeStaleSecurityGroups", call.AccountId, [new Filter { Name = "vpc-id", Values = [vpc.Id] }]));
        var groups = cloud.By(SecurityGroup.ByVpc, vpc.Id).Where(group => group.Rules.Any(rule => StaleRules.IsStale(cloud, group, rule))).OrderBy(group => group.Id, StringComparer.Ordinal);
        var (items, next) = page.Take(groups, group => group.Id);
        return new(new DescribeStaleSecurityGroupsResult { StaleSecurityGroupSet = [.. items.Select(DescribeStale)], NextToken = next });
    }

    private ValueTask<GetSecurityGroupsForVpcResult> GetForVpcAsync(GetSecurityGroupsForVpcRequest input, Call call, CancellationToken cancellationToken)
    {
        var vpc = RequireVpc(call.AccountId, input.VpcId);
        var matches = Filters.Compile(input.Filters);
        var page = PageRequest.Parse(
            PageLimits.Usual, input.MaxResults, input.NextToken,
            new PageScope("GetSecurityGroupsForVpc", call.AccountId, [.. input.Filters ?? [], new Filter { Name = "vpc-id", Values = [vpc.Id] }]));
        var groups = cloud.By(SecurityGroup.ByVpc, vpc.Id).Concat(cloud.By(SecurityGroup.ByAssociatedVpc, vpc.Id));
        var (items, next) = page.Take(groups.Where(matches).OrderBy(group => group.Id, StringComparer.Ordinal), group => group.Id);
        return new(new GetSecurityGroupsForVpcResult
        {
            SecurityGroupForVpcs =
            [
                .. items.Select(group => new SecurityGroupForVpc
                {
                    GroupId = group.Id,
                    GroupName = group.Name,
                    Description = group.Description,
                    OwnerId = group.AccountId,
                    PrimaryVpcId = group.VpcId,
                    Tags = group.Tags.ToApi(),
                }),
            ],
            NextToken = next,
        });
    }

    private Vpc RequireVpc(string accountId, string? id) =>
        cloud.Find(Vpc.Table, accountId, ResourceId.Parse<VpcId>(id).Value) ?? throw Ec2Errors.NotFound(ResourceKind.Vpc, id!);

    private StaleSecurityGroup DescribeStale(SecurityGroup group) => new()
    {
        GroupId = group.Id,
        GroupName = group.Name,
        Description = group.Description,
        VpcId = group.VpcId,
        StaleIpPermissions = Stale(group, isEgress: false),
        StaleIpPermissionsEgress = Stale(group, isEgress: true),
    };

    private IReadOnlyList<StaleIpPermission> Stale(SecurityGroup group, bool isEgress) =>
    [
        .. group.Rules.Where(rule => rule.IsEgress == isEgress && StaleRules.IsStale(cloud, group, rule)).Select(rule => new StaleIpPermission
        {
            IpProtocol = rule.Protocol,
            FromPort = rule.Protocol == SecurityGroupRule.AllProtocols ? null : rule.FromPort,
            ToPort = rule.Protocol == SecurityGroupRule.AllProtocols ? null : rule.ToPort,
            UserIdGroupPairs = [SecurityGroupDescriptions.Pair(group, rule) with { PeeringStatus = "deleted" }],
        }),
    ];
}
