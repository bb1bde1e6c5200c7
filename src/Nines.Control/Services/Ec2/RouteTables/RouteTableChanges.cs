using Nines.Api.Ec2;
using Nines.Control.Audit;
using Nines.Control.Gateway;
using Nines.Control.Ids;
using Nines.Control.Services.Ec2.ClientTokens;
using Nines.Control.Services.Ec2.Query;
using Nines.Control.Services.Ec2.Tags;
using Nines.Control.Services.Ec2.Vpcs;
using Nines.Control.Store;
using Subnet = Nines.Control.Services.Ec2.Subnets.Subnet;
using Vpc = Nines.Control.Services.Ec2.Vpcs.Vpc;

namespace Nines.Control.Services.Ec2.RouteTables;

/// <summary>Making and deleting route tables, and saying which subnets they serve.</summary>
internal sealed class RouteTableChanges(Cloud cloud, IIdSource ids) : IOperations
{
    /// <summary>Its type in tag specifications, and in what client tokens made.</summary>
    public const string ResourceType = "route-table";

    public void Map(OperationTable table)
    {
        table.On(Ec2Api.CreateRouteTable, CreateAsync, answersDryRun: true);
        table.On(Ec2Api.DeleteRouteTable, DeleteAsync, answersDryRun: true);
        table.On(Ec2Api.AssociateRouteTable, AssociateAsync, answersDryRun: true);
        table.On(Ec2Api.DisassociateRouteTable, DisassociateAsync, answersDryRun: true);
        table.On(Ec2Api.ReplaceRouteTableAssociation, ReplaceAssociationAsync, answersDryRun: true);
    }

    private async ValueTask<CreateRouteTableResult> CreateAsync(CreateRouteTableRequest input, Call call, CancellationToken cancellationToken)
    {
        var tags = TagRules.Parse(input.TagSpecifications, ResourceType).For(ResourceType);
        var token = ClientToken.Parse(input.ClientToken);
        var fingerprint = ClientToken.FingerprintOf(input with { ClientToken = null, DryRun = null });
        var made = await cloud.WriteAsync(
            call,
            transaction =>
            {
                var vpc = VpcLookup.RequireForChange(transaction, call.AccountId, input.VpcId);
                if (ClientToken.MadeBefore(transaction, call.AccountId, ResourceType, token, fingerprint) is { } earlier)
                {
                    return transaction.Find(RouteTable.Table, call.AccountId, earlier)!;
                }

                if (transaction.By(RouteTable.ByVpc, vpc.Id).Count >= NetworkLimits.MaxRouteTablesPerVpc)
                {
                    throw RouteTableErrors.TooMany();
                }

                call.AnswerDryRun();
                var table = new RouteTable
                {
                    AccountId = call.AccountId,
                    Id = ids.Next("rtb"),
                    VpcId = vpc.Id,
                    Routes = RouteTable.LocalRoutes(vpc),
                    ClientToken = token,
                    Tags = tags,
                };
                transaction.Insert(RouteTable.Table, table);
                ClientToken.Remember(transaction, call.AccountId, ResourceType, token, fingerprint, table.Id);
                return table;
            },
            cancellationToken);
        return new CreateRouteTableResult { RouteTable = RouteTableOperations.Describe(new RouteTableView(made, cloud)), ClientToken = made.ClientToken };
    }

    private async ValueTask<DeleteRouteTableResult> DeleteAsync(DeleteRouteTableRequest input, Call call, CancellationToken cancellationToken)
    {
        await cloud.WriteAsync(
            call,
            transaction =>
            {
                var table = RouteTableLookup.Require(transaction, call.AccountId, input.RouteTableId);
                if (!table.Associations.IsEmpty)
                {
                    throw RouteTableErrors.HasDependencies(table.Id);
                }

                call.AnswerDryRun();
                ClientToken.Forget(transaction, call.AccountId, ResourceType, table.ClientToken);
                transaction.Delete(RouteTable.Table, table);
            },
            cancellationToken);
        return new DeleteRouteTableResult();
    }

    private async ValueTask<AssociateRouteTableResult> AssociateAsync(AssociateRouteTableRequest input, Call call, CancellationToken cancellationToken)
    {
        if (input.GatewayId is not null)
        {
            throw Ec2Errors.Unsupported("Route tables of this cloud serve subnets; gateways have none.");
        }

        var id = await cloud.WriteAsync(
            call,
            transaction =>
            {
                var table = RouteTableLookup.Require(transaction, call.AccountId, input.RouteTableId);
                var subnetId = ResourceId.Parse<SubnetId>(input.SubnetId ?? throw Ec2Errors.MissingParameter("subnetId")).Value;
                var subnet = transaction.Find(Subnet.Table, call.AccountId, subnetId) ?? throw Ec2Errors.NotFound(ResourceKind.Subnet, subnetId);
                if (subnet.VpcId != table.VpcId)
                {
                    throw RouteTableErrors.OtherNetwork(table.Id, "subnet", subnet.Id);
                }

                if (table.Associations.FirstOrDefault(association => association.SubnetId == subnet.Id) is { } same)
                {
                    // Asked for again, it is as it was.
                    call.AnswerDryRun();
                    return same.Id;
                }

                if (transaction.By(RouteTable.BySubnet, subnet.Id).Count > 0)
                {
                    throw RouteTableErrors.AlreadyAssociated(table.Id);
                }

                call.AnswerDryRun();
                var added = new RouteTableAssociation(ids.Next("rtbassoc"), subnet.Id);
                transaction.Put(RouteTable.Table, table with { Associations = table.Associations.Add(added) });
                // Two who associate the subnet with different tables meet at it.
                transaction.Put(Subnet.Table, subnet);
                return added.Id;
            },
            cancellationToken);
        return new AssociateRouteTableResult { AssociationId = id, AssociationState = RouteTableOperations.Associated };
    }

    private async ValueTask<DisassociateRouteTableResult> DisassociateAsync(DisassociateRouteTableRequest input, Call call, CancellationToken cancellationToken)
    {
        await cloud.WriteAsync(
            call,
            transaction =>
            {
                var (table, association) = RouteTableLookup.RequireAssociation(transaction, call.AccountId, input.AssociationId!);
                if (association.SubnetId is null)
                {
                    throw RouteTableErrors.MainStays(association.Id);
                }

                call.AnswerDryRun();
                transaction.Put(RouteTable.Table, table with { Associations = table.Associations.Remove(association) });
            },
            cancellationToken);
        return new DisassociateRouteTableResult();
    }

    private async ValueTask<ReplaceRouteTableAssociationResult> ReplaceAssociationAsync(
        ReplaceRouteTableAssociationRequest input, Call call, CancellationToken cancellationToken)
    {
        var id = await cloud.WriteAsync(
            call,
            transaction =>
            {
                var (former, association) = RouteTableLookup.RequireAssociation(transaction, call.AccountId, input.AssociationId!);
                var next = RouteTableLookup.Require(transaction, call.AccountId, input.RouteTableId);
                if (next.VpcId != former.VpcId)
                {
                    throw RouteTableErrors.OtherNetwork(next.Id, "route table", former.Id);
                }

                call.AnswerDryRun();
                if (next.Id == former.Id)
                {
                    return association.Id;
                }

                var moved = association with { Id = ids.Next("rtbassoc") };
                transaction.Put(RouteTable.Table, former with { Associations = former.Associations.Remove(association) });
                transaction.Put(RouteTable.Table, next with { Associations = next.Associations.Add(moved) });
                if (moved.SubnetId is null)
                {
                    var vpc = transaction.Find(Vpc.Table, call.AccountId, next.VpcId)!;
                    transaction.Put(Vpc.Table, vpc with { MainRouteTableId = next.Id });
                }

                return moved.Id;
            },
            cancellationToken);
        return new ReplaceRouteTableAssociationResult { NewAssociationId = id, AssociationState = RouteTableOperations.Associated };
    }
}
