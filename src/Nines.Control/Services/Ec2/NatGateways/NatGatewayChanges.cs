using Nines.Api.Ec2;
using Nines.Control.Audit;
using Nines.Control.Gateway;
using Nines.Control.Ids;
using Nines.Control.Services.Ec2.Addresses;
using Nines.Control.Services.Ec2.NetworkInterfaces;
using Nines.Control.Services.Ec2.Query;
using Nines.Control.Store;
using Nines.Wire;
using Subnet = Nines.Control.Services.Ec2.Subnets.Subnet;

namespace Nines.Control.Services.Ec2.NatGateways;

/// <summary>Giving NAT gateways further addresses, and taking them back: elastic ones where they are public, private ones where they are not.</summary>
internal sealed class NatGatewayChanges(Cloud cloud, IIdSource ids, NatGatewayDescriptions descriptions) : IOperations
{
    private const int MaxDrainSeconds = 4000;

    public void Map(OperationTable table)
    {
        table.On(Ec2Api.AssociateNatGatewayAddress, AssociateAsync, answersDryRun: true);
        table.On(Ec2Api.DisassociateNatGatewayAddress, DisassociateAsync, answersDryRun: true);
        table.On(Ec2Api.AssignPrivateNatGatewayAddress, AssignAsync, answersDryRun: true);
        table.On(Ec2Api.UnassignPrivateNatGatewayAddress, UnassignAsync, answersDryRun: true);
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
                var gateway = Require(transaction, call.AccountId, id, isPrivate: false);
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

        CheckDrain(input.MaxDrainDurationSeconds);

        var removed = await cloud.WriteAsync(
            call,
            transaction =>
            {
                var gateway = Require(transaction, call.AccountId, id, isPrivate: false);
                var named = associations.Distinct().Select(association => Find(transaction, gateway, association)).ToList();
                call.AnswerDryRun();
                var told = named.Select(address => descriptions.Describe(gateway, address) with { Status = "disassociating" }).ToList();
                transaction.Put(NatGateway.Table, named.Aggregate(gateway, (left, address) => NatGatewayAddresses.Remove(transaction, left, address)));
                return told;
            },
            cancellationToken);
        return new DisassociateNatGatewayAddressResult { NatGatewayId = id, NatGatewayAddresses = removed };
    }

    private async ValueTask<AssignPrivateNatGatewayAddressResult> AssignAsync(AssignPrivateNatGatewayAddressRequest input, Call call, CancellationToken cancellationToken)
    {
        var id = ResourceId.Parse<NatGatewayId>(input.NatGatewayId).Value;
        IReadOnlyList<string> named = [.. (input.PrivateIpAddresses ?? []).Distinct()];
        var count = InterfaceAddressing.CheckCount(input.PrivateIpAddressCount);
        if (named.Count > 0 == count > 0)
        {
            throw Ec2Errors.InvalidParameterCombination("Either privateIpAddresses or privateIpAddressCount must be specified.");
        }

        var (gateway, present) = await cloud.WriteAsync(
            call,
            transaction =>
            {
                var gateway = Require(transaction, call.AccountId, id, isPrivate: true);
                var subnet = Subnet.FindOpen(transaction, call.AccountId, gateway.SubnetId);
                var next = NatGatewayAddresses.Assign(transaction, subnet, gateway, named, count);
                call.AnswerDryRun();
                transaction.Put(NatGateway.Table, next);
                return (next, gateway.Secondary.Length);
            },
            cancellationToken);
        return new AssignPrivateNatGatewayAddressResult
        {
            NatGatewayId = id,
            NatGatewayAddresses = [.. gateway.Secondary.Skip(present).Select(address => descriptions.Describe(gateway, address) with { Status = "assigning" })],
        };
    }

    private async ValueTask<UnassignPrivateNatGatewayAddressResult> UnassignAsync(UnassignPrivateNatGatewayAddressRequest input, Call call, CancellationToken cancellationToken)
    {
        var id = ResourceId.Parse<NatGatewayId>(input.NatGatewayId).Value;
        if (input.PrivateIpAddresses is not { Count: > 0 } addresses)
        {
            throw Ec2Errors.MissingParameter("privateIpAddress");
        }

        CheckDrain(input.MaxDrainDurationSeconds);
        var removed = await cloud.WriteAsync(
            call,
            transaction =>
            {
                var gateway = Require(transaction, call.AccountId, id, isPrivate: true);
                var named = addresses.Distinct().Select(address => FindPrivate(gateway, address)).ToList();
                call.AnswerDryRun();
                transaction.Put(NatGateway.Table, named.Aggregate(gateway, (left, address) => NatGatewayAddresses.Remove(transaction, left, address)));
                return named.Select(address => descriptions.Describe(gateway, address) with { Status = "unassigning" }).ToList();
            },
            cancellationToken);
        return new UnassignPrivateNatGatewayAddressResult { NatGatewayId = id, NatGatewayAddresses = removed };
    }

    private static NatGatewaySecondary FindPrivate(NatGateway gateway, string address) => address == gateway.PrivateIpAddress
        ? throw Ec2Errors.InvalidParameterValue($"{address} is the primary address of {gateway.Id}, which cannot be unassigned.")
        : gateway.Secondary.FirstOrDefault(known => known.PrivateIpAddress == address) ?? throw InterfaceErrors.NotAssigned(address, gateway.NetworkInterfaceId);

    private static NatGatewaySecondary Find(CloudTransaction transaction, NatGateway gateway, string associationId)
    {
        bool Has(string? allocationId) => allocationId is not null && transaction.Find(ElasticAddress.Table, gateway.AccountId, allocationId)?.AssociationId == associationId;
        return Has(gateway.AllocationId)
            ? throw Ec2Errors.InvalidParameterValue($"The association ID '{associationId}' is that of the primary address of {gateway.Id}, which cannot be disassociated.")
            : gateway.Secondary.FirstOrDefault(address => Has(address.AllocationId)) ?? throw AddressErrors.AssociationNotFound(associationId);
    }

    /// <summary>An address that goes ends its connections at once; how long they might drain is checked all the same.</summary>
    private static void CheckDrain(int? seconds)
    {
        if (seconds is not (null or (>= 1 and <= MaxDrainSeconds)))
        {
            throw Ec2Errors.InvalidValue("maxDrainDurationSeconds", $"{seconds}", $"Valid values are 1 to {MaxDrainSeconds}.");
        }
    }

    private static NatGateway Require(CloudTransaction transaction, string accountId, string id, bool isPrivate)
    {
        var gateway = transaction.Find(NatGateway.Table, accountId, id) ?? throw Ec2Errors.NotFound(ResourceKind.NatGateway, id);
        return gateway.IsPrivate == isPrivate
            ? gateway
            : throw Ec2Errors.InvalidParameterValue($"The NAT gateway '{id}' is {(gateway.IsPrivate ? "private: it has no elastic IP addresses" : "public: its private IP addresses come with elastic ones")}.");
    }
}
