using Nines.Api.Ec2;
using Nines.Control.Audit;
using Nines.Control.Gateway;
using Nines.Control.Ids;
using Nines.Control.Services.Ec2.Query;
using Nines.Control.Services.Ec2.Tags;
using Nines.Control.Store;

namespace Nines.Control.Services.Ec2.Addresses;

/// <summary>Offering elastic addresses to other accounts, and taking them (Amazon VPC User Guide: Transfer Elastic IP addresses).</summary>
internal sealed class AddressTransferOperations(Cloud cloud, IIdSource ids) : IOperations
{
    private const int AccountDigits = 12;

    public void Map(OperationTable table)
    {
        table.On(Ec2Api.EnableAddressTransfer, EnableAsync, answersDryRun: true);
        table.On(Ec2Api.DisableAddressTransfer, DisableAsync, answersDryRun: true);
        table.On(Ec2Api.AcceptAddressTransfer, AcceptAsync, answersDryRun: true);
        table.On(Ec2Api.DescribeAddressTransfers, DescribeAsync);
    }

    private async ValueTask<EnableAddressTransferResult> EnableAsync(EnableAddressTransferRequest input, Call call, CancellationToken cancellationToken)
    {
        var id = ResourceId.Parse<AllocationId>(input.AllocationId).Value;
        var receiver = input.TransferAccountId is { Length: AccountDigits } account && account.All(char.IsAsciiDigit)
            ? account
            : throw Ec2Errors.InvalidValue("transferAccountId", input.TransferAccountId, "It must be the 12 digits of an account.");
        if (receiver == call.AccountId)
        {
            throw Ec2Errors.InvalidValue("transferAccountId", receiver, "An address cannot be transferred to the account that has it.");
        }

        var made = await cloud.WriteAsync(
            call,
            transaction =>
            {
                foreach (var old in transaction.List(AddressTransfer.Table, call.AccountId).Where(transfer => transfer.IsForgottenAt(call.Now)).ToArray())
                {
                    transaction.Delete(AddressTransfer.Table, old);
                }

                var address = transaction.Find(ElasticAddress.Table, call.AccountId, id) ?? throw Ec2Errors.NotFound(ResourceKind.ElasticAddress, id);
                if (transaction.Find(AddressTransfer.Table, call.AccountId, id) is { } present && present.IsOpenAt(call.Now))
                {
                    throw AddressErrors.TransferOpen(id);
                }

                call.AnswerDryRun();
                var transfer = new AddressTransfer
                {
                    AccountId = call.AccountId,
                    Id = id,
                    PublicIp = address.PublicIp,
                    TransferAccountId = receiver,
                    ExpirationTime = call.Now + AddressTransfer.Patience,
                };
                transaction.Put(AddressTransfer.Table, transfer);

                // Whoever releases the address at the same time must meet this.
                transaction.Put(ElasticAddress.Table, address);
                return transfer;
            },
            cancellationToken);
        return new EnableAddressTransferResult { AddressTransfer = Describe(made, call.Now) };
    }

    private async ValueTask<DisableAddressTransferResult> DisableAsync(DisableAddressTransferRequest input, Call call, CancellationToken cancellationToken)
    {
        var id = ResourceId.Parse<AllocationId>(input.AllocationId).Value;
        var ended = await cloud.WriteAsync(
            call,
            transaction =>
            {
                if (transaction.Find(ElasticAddress.Table, call.AccountId, id) is null)
                {
                    throw Ec2Errors.NotFound(ResourceKind.ElasticAddress, id);
                }

                var transfer = transaction.Find(AddressTransfer.Table, call.AccountId, id) is { } present && present.IsOpenAt(call.Now)
                    ? present
                    : throw AddressErrors.TransferNotFound(id);
                call.AnswerDryRun();
                var next = transfer with { DisabledTime = call.Now };
                transaction.Put(AddressTransfer.Table, next);
                return next;
            },
            cancellationToken);
        return new DisableAddressTransferResult { AddressTransfer = Describe(ended, call.Now) };
    }

    private async ValueTask<AcceptAddressTransferResult> AcceptAsync(AcceptAddressTransferRequest input, Call call, CancellationToken cancellationToken)
    {
        var publicIp = input.Address ?? throw Ec2Errors.MissingParameter("address");
        var tags = TagRules.Parse(input.TagSpecifications, "elastic-ip").For("elastic-ip");
        var accepted = await cloud.WriteAsync(
            call,
            transaction =>
            {
                var offered = transaction.By(AddressTransfer.ByReceiver, call.AccountId).FirstOrDefault(offer => offer.PublicIp == publicIp && offer.IsOpenAt(call.Now));
                var transfer = (offered is null ? null : transaction.Find(AddressTransfer.Table, offered.AccountId, offered.Id)) ?? throw AddressErrors.NotFound(publicIp);
                var address = transaction.Find(ElasticAddress.Table, transfer.AccountId, transfer.Id) ?? throw AddressErrors.NotFound(publicIp);
                if (address.AssociationId is not null)
                {
                    throw AddressErrors.TransferAssociated(address.PublicIp);
                }

                if (transaction.List(ElasticAddress.Table, call.AccountId).Take(NetworkLimits.MaxAddresses).Count() == NetworkLimits.MaxAddresses)
                {
                    throw AddressErrors.TooMany();
                }

                call.AnswerDryRun();
                var taken = new ElasticAddress { AccountId = call.AccountId, Id = ids.Next("eipalloc"), PublicIp = address.PublicIp, Tags = tags };
                transaction.Delete(ElasticAddress.Table, address);
                transaction.Insert(ElasticAddress.Table, taken);
                transaction.Put(PublicAddress.Table, new PublicAddress(address.PublicIp, call.AccountId, taken.Id));
                var next = transfer with { AcceptedTime = call.Now };
                transaction.Put(AddressTransfer.Table, next);
                return (Transfer: next, Allocation: taken.Id);
            },
            cancellationToken);
        return new AcceptAddressTransferResult { AddressTransfer = Describe(accepted.Transfer, call.Now) with { AllocationId = accepted.Allocation } };
    }

    private ValueTask<DescribeAddressTransfersResult> DescribeAsync(DescribeAddressTransfersRequest input, Call call, CancellationToken cancellationToken)
    {
        var named = ResourceId.ParseAll<AllocationId>(input.AllocationIds).Select(id => id.Value).ToHashSet();
        var page = PageRequest.Parse(PageLimits.Usual, input.MaxResults, input.NextToken, new PageScope("DescribeAddressTransfers", call.AccountId, null, string.Join(' ', named)));
        var transfers = cloud.List(AddressTransfer.Table, call.AccountId).Where(transfer => !transfer.IsForgottenAt(call.Now)).ToList();
        if (named.Except(transfers.Select(transfer => transfer.Id)).Where(id => cloud.Find(ElasticAddress.Table, call.AccountId, id) is null).ToList() is { Count: > 0 } missing)
        {
            throw Ec2Errors.NotFound(ResourceKind.ElasticAddress, missing);
        }

        var (items, next) = page.Take(transfers.Where(transfer => named.Count == 0 || named.Contains(transfer.Id)), transfer => transfer.Id);
        return new(new DescribeAddressTransfersResult { AddressTransfers = [.. items.Select(transfer => Describe(transfer, call.Now))], NextToken = next });
    }

    private static Api.Ec2.AddressTransfer Describe(AddressTransfer transfer, DateTimeOffset now) => new()
    {
        AllocationId = transfer.Id,
        PublicIp = transfer.PublicIp,
        TransferAccountId = transfer.TransferAccountId,
        TransferOfferExpirationTimestamp = transfer.ExpirationTime,
        TransferOfferAcceptedTimestamp = transfer.AcceptedTime,
        AddressTransferStatus = transfer.AcceptedTime is not null ? "accepted" : transfer.IsOpenAt(now) ? "pending" : "disabled",
    };
}
