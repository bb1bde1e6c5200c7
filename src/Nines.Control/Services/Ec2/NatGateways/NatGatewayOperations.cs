using Nines.Api.Ec2;
using Nines.Control.Audit;
using Nines.Control.Gateway;
using Nines.Control.Ids;
using Nines.Control.Services.Ec2.Addresses;
using Nines.Control.Services.Ec2.ClientTokens;
using Nines.Control.Services.Ec2.Instances;
using Nines.Control.Services.Ec2.NetworkInterfaces;
using Nines.Control.Services.Ec2.Query;
using Nines.Control.Services.Ec2.Tags;
using Nines.Control.Store;
using InternetGateway = Nines.Control.Services.Ec2.InternetGateways.InternetGateway;
using NetworkInterface = Nines.Control.Services.Ec2.NetworkInterfaces.NetworkInterface;
using Subnet = Nines.Control.Services.Ec2.Subnets.Subnet;

namespace Nines.Control.Services.Ec2.NatGateways;

/// <summary>What a client may ask of NAT gateways.</summary>
internal sealed class NatGatewayOperations(Cloud cloud, IIdSource ids, NatGatewayDescriptions descriptions) : IOperations
{
    /// <summary>The filters of DescribeNatGateways.</summary>
    internal static readonly FilterSet<NatGateway> Filters = new FilterSet<NatGateway>()
        .Add("nat-gateway-id", gateway => gateway.Id)
        .Add("state", _ => NatGatewayDescriptions.Available)
        .Add("subnet-id", gateway => gateway.SubnetId)
        .Add("vpc-id", gateway => gateway.VpcId)
        .AddTags(gateway => gateway.Tags);

    /// <summary>Its type in tag specifications, and in what client tokens made.</summary>
    public const string ResourceType = "natgateway";

    public void Map(OperationTable table)
    {
        table.On(Ec2Api.CreateNatGateway, CreateAsync, answersDryRun: true);
        table.On(Ec2Api.DeleteNatGateway, DeleteAsync, answersDryRun: true);
        table.On(Ec2Api.DescribeNatGateways, DescribeAsync);
    }

    private async ValueTask<CreateNatGatewayResult> CreateAsync(CreateNatGatewayRequest input, Call call, CancellationToken cancellationToken)
    {
        var request = NatGatewayRequest.Parse(input);
        var fingerprint = ClientToken.FingerprintOf(input with { ClientToken = null, DryRun = null });
        var gateway = await cloud.WriteAsync(
            call,
            transaction =>
            {
                if (ClientToken.MadeBefore(transaction, call.AccountId, ResourceType, request.ClientToken, fingerprint) is { } earlier)
                {
                    return transaction.Find(NatGateway.Table, call.AccountId, earlier)!;
                }

                var subnet = Subnet.FindOpen(transaction, call.AccountId, request.SubnetId);
                var elastic = request.AllocationId is null ? null : RequirePublic(transaction, request, subnet);
                call.AnswerDryRun();
                var made = Add(transaction, subnet, elastic, request, call.Now) with { Tags = request.Tags };
                made = elastic is null
                    ? NatGatewayAddresses.Assign(transaction, subnet, made, request.SecondaryAddresses, request.SecondaryCount)
                    : NatGatewayAddresses.Add(transaction, ids, subnet, made, request.Secondary);
                transaction.Insert(NatGateway.Table, made);
                ClientToken.Remember(transaction, call.AccountId, ResourceType, request.ClientToken, fingerprint, made.Id);
                return made;
            },
            cancellationToken);
        return new CreateNatGatewayResult { ClientToken = gateway.ClientToken, NatGateway = descriptions.Describe(gateway) with { State = "pending" } };
    }

    /// <summary>The address of a gateway that speaks to the internet: it and the further ones must be free, and the internet there.</summary>
    private static ElasticAddress RequirePublic(CloudTransaction transaction, NatGatewayRequest request, Subnet subnet)
    {
        var elastic = NatGatewayAddresses.RequireFree(transaction, subnet.AccountId, request.AllocationId!);
        NatGatewayAddresses.Check(transaction, subnet.AccountId, request.Secondary);
        return transaction.By(InternetGateway.ByVpc, subnet.VpcId).Count == 0 ? throw AddressErrors.NoGateway(subnet.VpcId) : elastic;
    }

    private async ValueTask<DeleteNatGatewayResult> DeleteAsync(DeleteNatGatewayRequest input, Call call, CancellationToken cancellationToken)
    {
        await cloud.WriteAsync(
            call,
            transaction =>
            {
                var id = ResourceId.Parse<NatGatewayId>(input.NatGatewayId).Value;
                var gateway = transaction.Find(NatGateway.Table, call.AccountId, id) ?? throw Ec2Errors.NotFound(ResourceKind.NatGateway, id);
                call.AnswerDryRun();
                if (transaction.Find(NetworkInterface.Table, call.AccountId, gateway.NetworkInterfaceId) is { } adapter)
                {
                    InterfaceRecords.Delete(transaction, adapter);
                }

                ClientToken.Forget(transaction, call.AccountId, ResourceType, gateway.ClientToken);
                transaction.Delete(NatGateway.Table, gateway);
            },
            cancellationToken);
        return new DeleteNatGatewayResult { NatGatewayId = input.NatGatewayId };
    }

    private ValueTask<DescribeNatGatewaysResult> DescribeAsync(DescribeNatGatewaysRequest input, Call call, CancellationToken cancellationToken)
    {
        var matches = Filters.Compile(input.Filter);
        var page = PageRequest.Parse(PageLimits.Usual, input.MaxResults, input.NextToken, new PageScope("DescribeNatGateways", call.AccountId, input.Filter));
        var gateways = Lookup.Select<NatGateway, NatGatewayId>(cloud, NatGateway.Table, call.AccountId, input.NatGatewayIds, page.AfterKey);
        var (items, next) = page.Take(gateways.Where(matches), gateway => gateway.Id);
        return new(new DescribeNatGatewaysResult { NatGateways = [.. items.Select(descriptions.Describe)], NextToken = next });
    }

    /// <summary>Adds the gateway's interface, gives it the elastic address where it has one, and answers the gateway's own record, which is not written yet.</summary>
    private NatGateway Add(CloudTransaction transaction, Subnet subnet, ElasticAddress? elastic, NatGatewayRequest request, DateTimeOffset now)
    {
        var (id, adapterId) = (ids.Next("nat"), ids.Next("eni"));
        var adapter = new NetworkInterface
        {
            AccountId = subnet.AccountId,
            Id = adapterId,
            VpcId = subnet.VpcId,
            SubnetId = subnet.Id,
            Zone = subnet.AvailabilityZone,
            MacAddress = LaunchRecords.MacAddressOf(adapterId),
            PrivateIpAddress = AddressAllocator.AllocatePrivate(transaction, subnet, adapterId, request.PrivateAddress),
            Description = $"Interface for NAT Gateway {id}",
            SourceDestCheck = false,
            ManagerId = id,
        };
        transaction.Insert(NetworkInterface.Table, adapter);
        // Whoever deletes the subnet at the same time must meet this.
        transaction.Put(Subnet.Table, subnet);
        if (elastic is not null)
        {
            AddressAssociations.Associate(transaction, elastic, adapter, adapter.PrivateIpAddress, ids.Next("eipassoc"));
        }

        return new NatGateway
        {
            AccountId = subnet.AccountId,
            Id = id,
            VpcId = subnet.VpcId,
            SubnetId = subnet.Id,
            NetworkInterfaceId = adapterId,
            PrivateIpAddress = adapter.PrivateIpAddress,
            AllocationId = elastic?.Id,
            PublicIp = elastic?.PublicIp,
            CreateTime = InstancePlan.WholeSecond(now),
            ClientToken = request.ClientToken,
        };
    }
}
