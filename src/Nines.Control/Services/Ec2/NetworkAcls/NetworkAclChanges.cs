using Nines.Api.Ec2;
using Nines.Control.Audit;
using Nines.Control.Gateway;
using Nines.Control.Ids;
using Nines.Control.Services.Ec2.Query;
using Nines.Control.Services.Ec2.Tags;
using Nines.Control.Services.Ec2.Vpcs;
using Nines.Control.Store;

namespace Nines.Control.Services.Ec2.NetworkAcls;

/// <summary>Making and deleting network access lists, changing their rules, and saying which subnets they guard.</summary>
internal sealed class NetworkAclChanges(Cloud cloud, IIdSource ids) : IOperations
{
    public void Map(OperationTable table)
    {
        table.On(Ec2Api.CreateNetworkAcl, CreateAsync, answersDryRun: true);
        table.On(Ec2Api.DeleteNetworkAcl, DeleteAsync, answersDryRun: true);
        table.On(Ec2Api.CreateNetworkAclEntry, CreateEntryAsync, answersDryRun: true);
        table.On(Ec2Api.ReplaceNetworkAclEntry, ReplaceEntryAsync, answersDryRun: true);
        table.On(Ec2Api.DeleteNetworkAclEntry, DeleteEntryAsync, answersDryRun: true);
        table.On(Ec2Api.ReplaceNetworkAclAssociation, ReplaceAssociationAsync, answersDryRun: true);
    }

    private async ValueTask<CreateNetworkAclResult> CreateAsync(CreateNetworkAclRequest input, Call call, CancellationToken cancellationToken)
    {
        var tags = TagRules.Parse(input.TagSpecifications, "network-acl").For("network-acl");
        var made = await cloud.WriteAsync(
            call,
            transaction =>
            {
                var vpc = VpcLookup.RequireForChange(transaction, call.AccountId, input.VpcId);
                var known = transaction.By(NetworkAcl.ByVpc, vpc.Id);
                if (input.ClientToken is { } token && known.FirstOrDefault(acl => acl.ClientToken == token) is { } earlier)
                {
                    return earlier;
                }

                if (known.Count >= NetworkLimits.MaxNetworkAclsPerVpc)
                {
                    throw NetworkAclErrors.TooMany();
                }

                call.AnswerDryRun();
                var acl = new NetworkAcl
                {
                    AccountId = call.AccountId,
                    Id = ids.Next("acl"),
                    VpcId = vpc.Id,
                    Entries = NetworkAclEntry.Last,
                    ClientToken = input.ClientToken,
                    Tags = tags,
                };
                transaction.Insert(NetworkAcl.Table, acl);
                return acl;
            },
            cancellationToken);
        return new CreateNetworkAclResult { NetworkAcl = NetworkAclOperations.Describe(made), ClientToken = made.ClientToken };
    }

    private async ValueTask<DeleteNetworkAclResult> DeleteAsync(DeleteNetworkAclRequest input, Call call, CancellationToken cancellationToken)
    {
        await cloud.WriteAsync(
            call,
            transaction =>
            {
                var acl = Require(transaction, call.AccountId, input.NetworkAclId);
                if (acl.IsDefault)
                {
                    throw NetworkAclErrors.DefaultStays(acl.Id);
                }

                if (!acl.Associations.IsEmpty)
                {
                    throw NetworkAclErrors.HasDependencies(acl.Id);
                }

                call.AnswerDryRun();
                transaction.Delete(NetworkAcl.Table, acl);
            },
            cancellationToken);
        return new DeleteNetworkAclResult();
    }

    private async ValueTask<CreateNetworkAclEntryResult> CreateEntryAsync(CreateNetworkAclEntryRequest input, Call call, CancellationToken cancellationToken)
    {
        var entry = NetworkAclEntryParser.Parse(input);
        await cloud.WriteAsync(
            call,
            transaction =>
            {
                var acl = Require(transaction, call.AccountId, input.NetworkAclId);
                if (Find(acl, entry.RuleNumber, entry.IsEgress) is not null)
                {
                    throw NetworkAclErrors.EntryExists(entry.RuleNumber);
                }

                if (acl.Entries.Count(known => known.IsEgress == entry.IsEgress) > NetworkLimits.MaxNetworkAclEntries)
                {
                    throw NetworkAclErrors.TooManyEntries(acl.Id);
                }

                call.AnswerDryRun();
                transaction.Put(NetworkAcl.Table, acl with { Entries = NetworkAclEntry.InOrder(acl.Entries.Add(entry)) });
            },
            cancellationToken);
        return new CreateNetworkAclEntryResult();
    }

    private async ValueTask<ReplaceNetworkAclEntryResult> ReplaceEntryAsync(ReplaceNetworkAclEntryRequest input, Call call, CancellationToken cancellationToken)
    {
        var entry = NetworkAclEntryParser.Parse(input);
        await cloud.WriteAsync(
            call,
            transaction =>
            {
                var acl = Require(transaction, call.AccountId, input.NetworkAclId);
                var present = Find(acl, entry.RuleNumber, entry.IsEgress) ?? throw NetworkAclErrors.EntryNotFound(entry.RuleNumber, acl.Id);
                call.AnswerDryRun();
                transaction.Put(NetworkAcl.Table, acl with { Entries = acl.Entries.Replace(present, entry) });
            },
            cancellationToken);
        return new ReplaceNetworkAclEntryResult();
    }

    private async ValueTask<DeleteNetworkAclEntryResult> DeleteEntryAsync(DeleteNetworkAclEntryRequest input, Call call, CancellationToken cancellationToken)
    {
        var number = NetworkAclEntryParser.ParseNumber(input.RuleNumber);
        await cloud.WriteAsync(
            call,
            transaction =>
            {
                var acl = Require(transaction, call.AccountId, input.NetworkAclId);
                var present = Find(acl, number, input.Egress ?? false) ?? throw NetworkAclErrors.EntryNotFound(number, acl.Id);
                call.AnswerDryRun();
                transaction.Put(NetworkAcl.Table, acl with { Entries = acl.Entries.Remove(present) });
            },
            cancellationToken);
        return new DeleteNetworkAclEntryResult();
    }

    private async ValueTask<ReplaceNetworkAclAssociationResult> ReplaceAssociationAsync(
        ReplaceNetworkAclAssociationRequest input, Call call, CancellationToken cancellationToken)
    {
        var id = await cloud.WriteAsync(
            call,
            transaction =>
            {
                var (former, association) = RequireAssociation(transaction, call.AccountId, input.AssociationId!);
                var next = Require(transaction, call.AccountId, input.NetworkAclId);
                if (next.VpcId != former.VpcId)
                {
                    throw NetworkAclErrors.OtherNetwork(next.Id, association.SubnetId);
                }

                call.AnswerDryRun();
                if (next.Id == former.Id)
                {
                    return association.Id;
                }

                var moved = association with { Id = ids.Next("aclassoc") };
                transaction.Put(NetworkAcl.Table, former with { Associations = former.Associations.Remove(association) });
                transaction.Put(NetworkAcl.Table, next with { Associations = next.Associations.Add(moved) });
                return moved.Id;
            },
            cancellationToken);
        return new ReplaceNetworkAclAssociationResult { NewAssociationId = id };
    }

    private static NetworkAclEntry? Find(NetworkAcl acl, int number, bool isEgress) =>
        acl.Entries.FirstOrDefault(entry => entry.RuleNumber == number && entry.IsEgress == isEgress);

    private static NetworkAcl Require(CloudTransaction transaction, string accountId, string? id) =>
        transaction.Find(NetworkAcl.Table, accountId, ResourceId.Parse<NetworkAclId>(id).Value) ?? throw Ec2Errors.NotFound(ResourceKind.NetworkAcl, id!);

    private static (NetworkAcl Acl, NetworkAclAssociation Association) RequireAssociation(CloudTransaction transaction, string accountId, string id)
    {
        // The index says which list; that it still has the association is read again as a condition of the transaction.
        var listed = transaction.By(NetworkAcl.ByAssociation, id).FirstOrDefault(acl => acl.AccountId == accountId);
        var acl = listed is null ? null : transaction.Find(NetworkAcl.Table, accountId, listed.Id);
        return acl?.Associations.FirstOrDefault(association => association.Id == id) is { } found ? (acl, found) : throw NetworkAclErrors.AssociationNotFound(id);
    }
}
