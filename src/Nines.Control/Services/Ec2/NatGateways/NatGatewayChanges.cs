using Nines.Api.Ec2;
using Nines.Control.Audit;
using Nines.Control.Gateway;
using Nines.Control.Ids;
using Nines.Control.Services.Ec2.Addresses;
using Nines.Control.Services.Ec2.Query;
using Nines.Control.Store;
using Nines.Wire;
using Subnet = Nines.Control.Services.Ec2.Subnets.Subnet;

namespace Nines.Control.Services.Ec2.NatGateways;

/// <summary>Giving NAT gateways further addresses, and taking them back.</summary>
internal sealed class NatGatewayChanges(Cloud cloud, IIdSource ids, NatGatewayDescriptions descriptions) : IOperations
{
    private const int MaxDrainSeconds = 4000;

    public void Map(OperationTable table)
    {
        table.On(Ec2Api.AssociateNatGatewayAddress, AssociateAsync, answersDryRun: true);
        table.On(Ec2Api.DisassociateNatGatewayAddress, DisassociateAsync, answersDryRun: true);
    }

    private async ValueTask<AssociateNatGatewayAddressResult> AssociateAsync(AssociateNatGatewayAddressRequest input, Call call, CancellationToken cancellationToken)
    {
        var id = ResourceId.Parse<NatGatewayId>(input.NatGatewayId).Value;
        var wanted = NatGatewayAddresses.Parse(input.AllocationIds, input.PrivateIpAddresses);
        if (wanted.Count == 0)
        {
            throw Ec2Errors.MissingParameter("allocationId");
        }

        var gateway = await cloud.WriteAsync(
            call,
            transaction =>
            {
                var gateway = Require(transaction, call.AccountId, id);
                NatGatewayAddresses.Check(transaction, call.AccountId, wanted, 1 + gateway.Secondary.Length);
                call.AnswerDryRun();
                var subnet = Subnet.FindOpen(transaction, call.AccountId, gateway.SubnetId);
                var next = NatGatewayAddresses.Add(transaction, ids, subnet, gateway, wanted);
                transaction.Put(NatGateway.Table, next);
                return next;
            },
            cancellationToken);
        var added = gateway.Secondary.Where(address => wanted.Any(one => one.AllocationId == address.AllocationId));
        return new AssociateNatGatewayAddressResult
        {
            NatGatewayId = id,
            NatGatewayAddresses = [.. added.Select(address => descriptions.Describe(gateway, address) with { Status = "associating" })],
        };
    }

    private async ValueTask<DisassociateNatGatewayAddressResult> DisassociateAsync(DisassociateNatGatewayAddressRequest input, Call call, CancellationToken cancellationToken)
    {
        var id = ResourceId.Parse<NatGatewayId>(input.NatGatewayId).Value;
        if (input.AssociationIds is not { Count: > 0 } associations)
        {
            throw Ec2Errors.MissingParameter("associationId");
        }

        if (input.MaxDrainDurationSeconds is not (null or (>= 1 and <= MaxDrainSeconds)))
        {
            throw Ec2Errors.InvalidValue("maxDrainDurationSeconds", $"{input.MaxDrainDurationSeconds}", $"Valid values are 1 to {MaxDrainSeconds}.");
        }

        var removed = await cloud.WriteAsync(
            call,
            transaction =>
            {
                var gateway = Require(transaction, call.AccountId, id);
                var named = associations.Distinct().Select(association => Find(transaction, gateway, association)).ToList();
                call.AnswerDryRun();
                var told = named.Select(address => descriptions.Describe(gateway, address) with { Status = "disassociating" }).ToList();
                transaction.Put(NatGateway.Table, named.Aggregate(gateway, (left, address) => NatGatewayAddresses.Remove(transaction, left, address)));
                return told;
            },
            cancellationToken);
        return new DisassociateNatGatewayAddressResult { NatGatewayId = id, NatGatewayAddresses = removed };
    }

    private static NatGatewaySecondary Find(CloudTransaction transaction, NatGateway gateway, string associationId)
    {
        bool Has(string allocationId) => transaction.Find(ElasticAddress.Table, gateway.AccountId, allocationId)?.AssociationId == associationId;
        return Has(gateway.AllocationId)
            ? throw Ec2Errors.InvalidParameterValue($"The association ID '{associationId}' is that of the primary address of {gateway.Id}, which cannot be disassociated.")
            : gateway.Secondary.FirstOrDefault(address => Has(address.AllocationId)) ?? throw AddressErrors.AssociationNotFound(associationId);
    }

    private static NatGateway Require(CloudTransaction transaction, string accountId, string id) =>
        transaction.Find(NatGateway.Table, accountId, id) ?? throw Ec2Errors.NotFound(ResourceKind.NatGateway, id);
}
