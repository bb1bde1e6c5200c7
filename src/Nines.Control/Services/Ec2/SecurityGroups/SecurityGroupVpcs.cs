using Nines.Api.Ec2;
using Nines.Control.Audit;
using Nines.Control.Gateway;
using Nines.Control.Services.Ec2.Query;
using Nines.Control.Store;
using NetworkInterface = Nines.Control.Services.Ec2.NetworkInterfaces.NetworkInterface;
using Vpc = Nines.Control.Services.Ec2.Vpcs.Vpc;

namespace Nines.Control.Services.Ec2.SecurityGroups;

/// <summary>
/// Associations of security groups with further VPCs of their account (Amazon VPC User Guide: Associate security groups with multiple VPCs). One holds from the
/// moment it is recorded, since what hosts are told depends on the interfaces that are in the group; AWS's word for the moment between is answered once.
/// </summary>
internal sealed class SecurityGroupVpcs(Cloud cloud) : IOperations
{
    private const string Associated = "associated";

    /// <summary>The filters of DescribeSecurityGroupVpcAssociations.</summary>
    internal static readonly FilterSet<(SecurityGroup Group, string VpcId)> Filters = new FilterSet<(SecurityGroup Group, string VpcId)>()
        .Add("group-id", association => association.Group.Id)
        .Add("group-owner-id", association => association.Group.AccountId)
        .Add("state", _ => Associated)
        .Add("vpc-id", association => association.VpcId)
        .Add("vpc-owner-id", association => association.Group.AccountId);

    public void Map(OperationTable table)
    {
        table.On(Ec2Api.AssociateSecurityGroupVpc, AssociateAsync, answersDryRun: true);
        table.On(Ec2Api.DisassociateSecurityGroupVpc, DisassociateAsync, answersDryRun: true);
        table.On(Ec2Api.DescribeSecurityGroupVpcAssociations, DescribeAsync);
    }

    private async ValueTask<AssociateSecurityGroupVpcResult> AssociateAsync(AssociateSecurityGroupVpcRequest input, Call call, CancellationToken cancellationToken)
    {
        await cloud.WriteAsync(
            call,
            transaction =>
            {
                var group = SecurityGroupChanges.FindGroup(transaction, call.AccountId, input.GroupId, null);
                var vpc = FindVpc(transaction, call.AccountId, input.VpcId);
                if (group.Name == SecurityGroup.DefaultName || vpc.IsDefault)
                {
                    throw SecurityGroupErrors.DefaultsAreNotAssociated(group.Name == SecurityGroup.DefaultName ? $"group {group.Id}" : $"VPC {vpc.Id}");
                }

                if (group.MayBeUsedIn(vpc.Id))
                {
                    throw SecurityGroupErrors.AlreadyAssociated(group, vpc.Id);
                }

                call.AnswerDryRun();
                transaction.Put(SecurityGroup.Table, group with { AssociatedVpcIds = group.AssociatedVpcIds.Add(vpc.Id) });
                // Whoever deletes the VPC at the same time must meet this.
                transaction.Put(Vpc.Table, vpc);
            },
            cancellationToken);
        return new AssociateSecurityGroupVpcResult { State = "associating" };
    }

    private async ValueTask<DisassociateSecurityGroupVpcResult> DisassociateAsync(DisassociateSecurityGroupVpcRequest input, Call call, CancellationToken cancellationToken)
    {
        await cloud.WriteAsync(
            call,
            transaction =>
            {
                var group = SecurityGroupChanges.FindGroup(transaction, call.AccountId, input.GroupId, null);
                var vpc = FindVpc(transaction, call.AccountId, input.VpcId);
                if (!group.AssociatedVpcIds.Contains(vpc.Id))
                {
                    throw SecurityGroupErrors.NotAssociated(group, vpc.Id);
                }

                if (transaction.By(NetworkInterface.BySecurityGroup, group.Id).Any(adapter => adapter.VpcId == vpc.Id))
                {
                    throw SecurityGroupErrors.InUse(group);
                }

                call.AnswerDryRun();
                transaction.Put(SecurityGroup.Table, group with { AssociatedVpcIds = group.AssociatedVpcIds.Remove(vpc.Id) });
            },
            cancellationToken);
        return new DisassociateSecurityGroupVpcResult { State = "disassociating" };
    }

    private ValueTask<DescribeSecurityGroupVpcAssociationsResult> DescribeAsync(DescribeSecurityGroupVpcAssociationsRequest input, Call call, CancellationToken cancellationToken)
    {
        var matches = Filters.Compile(input.Filters);
        var page = PageRequest.Parse(PageLimits.Usual, input.MaxResults, input.NextToken, new PageScope("DescribeSecurityGroupVpcAssociations", call.AccountId, input.Filters));
        var associations = cloud.List(SecurityGroup.Table, call.AccountId)
            .SelectMany(group => group.AssociatedVpcIds.Order(StringComparer.Ordinal), (group, vpcId) => (Group: group, VpcId: vpcId));
        var (items, next) = page.Take(associations.Where(matches), association => $"{association.Group.Id}/{association.VpcId}");
        return new(new DescribeSecurityGroupVpcAssociationsResult
        {
            SecurityGroupVpcAssociations =
            [
                .. items.Select(association => new SecurityGroupVpcAssociation
                {
                    GroupId = association.Group.Id,
                    GroupOwnerId = association.Group.AccountId,
                    VpcId = association.VpcId,
                    VpcOwnerId = association.Group.AccountId,
                    State = Associated,
                }),
            ],
            NextToken = next,
        });
    }

    private static Vpc FindVpc(CloudTransaction transaction, string accountId, string? id) =>
        transaction.Find(Vpc.Table, accountId, ResourceId.Parse<VpcId>(id).Value) ?? throw Ec2Errors.NotFound(ResourceKind.Vpc, id!);
}
