using Nines.Api.Ec2;
using Nines.Control.Audit;
using Nines.Control.Gateway;
using Nines.Control.Ids;
using Nines.Control.Services.Ec2.Query;
using Nines.Control.Services.Ec2.Tags;
using Nines.Control.Services.Ec2.Vpcs;
using Nines.Control.Store;
using NetworkInterface = Nines.Control.Services.Ec2.NetworkInterfaces.NetworkInterface;

namespace Nines.Control.Services.Ec2.InternetGateways;

/// <summary>What a client may ask of internet gateways.</summary>
internal sealed class InternetGatewayOperations(Cloud cloud, IIdSource ids) : IOperations
{
    // EC2 says of an attached internet gateway that it is available.
    private const string Attached = "available";

    /// <summary>The filters of DescribeInternetGateways.</summary>
    internal static readonly FilterSet<InternetGateway> Filters = new FilterSet<InternetGateway>()
        .Add("attachment.state", gateway => gateway.VpcId is null ? null : Attached)
        .Add("attachment.vpc-id", gateway => gateway.VpcId)
        .Add("internet-gateway-id", gateway => gateway.Id)
        .Add("owner-id", gateway => gateway.AccountId)
        .AddTags(gateway => gateway.Tags);

    public void Map(OperationTable table)
    {
        table.On(Ec2Api.CreateInternetGateway, CreateAsync, answersDryRun: true);
        table.On(Ec2Api.DeleteInternetGateway, DeleteAsync, answersDryRun: true);
        table.On(Ec2Api.AttachInternetGateway, AttachAsync, answersDryRun: true);
        table.On(Ec2Api.DetachInternetGateway, DetachAsync, answersDryRun: true);
        table.On(Ec2Api.DescribeInternetGateways, DescribeAsync);
    }

    private async ValueTask<CreateInternetGatewayResult> CreateAsync(CreateInternetGatewayRequest input, Call call, CancellationToken cancellationToken)
    {
        var tags = TagRules.Parse(input.TagSpecifications, "internet-gateway").For("internet-gateway");
        var gateway = new InternetGateway { AccountId = call.AccountId, Id = ids.Next("igw"), Tags = tags };
        await cloud.WriteAsync(
            call,
            transaction =>
            {
                if (cloud.Count(InternetGateway.Table, call.AccountId) >= NetworkLimits.MaxVpcs)
                {
                    throw InternetGatewayErrors.TooMany();
                }

                call.AnswerDryRun();
                transaction.Insert(InternetGateway.Table, gateway);
            },
            cancellationToken);
        return new CreateInternetGatewayResult { InternetGateway = Describe(gateway) };
    }

    private async ValueTask<DeleteInternetGatewayResult> DeleteAsync(DeleteInternetGatewayRequest input, Call call, CancellationToken cancellationToken)
    {
        await cloud.WriteAsync(
            call,
            transaction =>
            {
                var gateway = Require(transaction, call.AccountId, input.InternetGatewayId);
                if (gateway.VpcId is not null)
                {
                    throw InternetGatewayErrors.HasDependencies(gateway.Id);
                }

                call.AnswerDryRun();
                transaction.Delete(InternetGateway.Table, gateway);
            },
            cancellationToken);
        return new DeleteInternetGatewayResult();
    }

    private async ValueTask<AttachInternetGatewayResult> AttachAsync(AttachInternetGatewayRequest input, Call call, CancellationToken cancellationToken)
    {
        await cloud.WriteAsync(
            call,
            transaction =>
            {
                var gateway = Require(transaction, call.AccountId, input.InternetGatewayId);
                var vpc = VpcLookup.RequireForChange(transaction, call.AccountId, input.VpcId);
                if (gateway.VpcId is { } elsewhere)
                {
                    throw InternetGatewayErrors.AlreadyAttached(gateway.Id, elsewhere);
                }

                if (transaction.By(InternetGateway.ByVpc, vpc.Id).Count > 0)
                {
                    throw InternetGatewayErrors.VpcHasOne(vpc.Id);
                }

                call.AnswerDryRun();
                transaction.Put(InternetGateway.Table, gateway with { VpcId = vpc.Id });
            },
            cancellationToken);
        return new AttachInternetGatewayResult();
    }

    private async ValueTask<DetachInternetGatewayResult> DetachAsync(DetachInternetGatewayRequest input, Call call, CancellationToken cancellationToken)
    {
        await cloud.WriteAsync(
            call,
            transaction =>
            {
                var gateway = Require(transaction, call.AccountId, input.InternetGatewayId);
                var vpc = VpcLookup.Require(transaction, call.AccountId, input.VpcId);
                if (gateway.VpcId != vpc.Id)
                {
                    throw InternetGatewayErrors.NotAttached(gateway.Id, vpc.Id);
                }

                if (transaction.List(NetworkInterface.Table, call.AccountId).Any(adapter => adapter.VpcId == vpc.Id && adapter.HasPublicAddress))
                {
                    throw InternetGatewayErrors.HasPublicAddresses(vpc.Id);
                }

                call.AnswerDryRun();
                transaction.Put(InternetGateway.Table, gateway with { VpcId = null });
            },
            cancellationToken);
        return new DetachInternetGatewayResult();
    }

    private ValueTask<DescribeInternetGatewaysResult> DescribeAsync(DescribeInternetGatewaysRequest input, Call call, CancellationToken cancellationToken)
    {
        var matches = Filters.Compile(input.Filters);
        var page = PageRequest.Parse(PageLimits.Usual, input.MaxResults, input.NextToken, new PageScope("DescribeInternetGateways", call.AccountId, input.Filters));
        var gateways = Lookup.Select<InternetGateway, InternetGatewayId>(cloud, InternetGateway.Table, call.AccountId, input.InternetGatewayIds, page.AfterKey);
        var (items, next) = page.Take(gateways.Where(matches), gateway => gateway.Id);
        return new(new DescribeInternetGatewaysResult { InternetGateways = [.. items.Select(Describe)], NextToken = next });
    }

    private static InternetGateway Require(CloudTransaction transaction, string accountId, string? id) =>
        transaction.Find(InternetGateway.Table, accountId, ResourceId.Parse<InternetGatewayId>(id).Value) ?? throw Ec2Errors.NotFound(ResourceKind.InternetGateway, id!);

    private static Api.Ec2.InternetGateway Describe(InternetGateway gateway) => new()
    {
        InternetGatewayId = gateway.Id,
        OwnerId = gateway.AccountId,
        Attachments = gateway.VpcId is null ? [] : [new InternetGatewayAttachment { State = Attached, VpcId = gateway.VpcId }],
        Tags = gateway.Tags.ToApiOrNull(),
    };
}
