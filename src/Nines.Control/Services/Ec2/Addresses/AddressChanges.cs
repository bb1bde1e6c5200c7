using Nines.Api.Ec2;
using Nines.Control.Audit;
using Nines.Control.Gateway;
using Nines.Control.Ids;
using Nines.Control.Services.Ec2.Instances;
using Nines.Control.Services.Ec2.NetworkInterfaces;
using Nines.Control.Services.Ec2.Query;
using Nines.Control.Services.Ec2.Tags;
using Nines.Control.Store;
using Instance = Nines.Control.Services.Ec2.Instances.Instance;
using InternetGateway = Nines.Control.Services.Ec2.InternetGateways.InternetGateway;
using NetworkInterface = Nines.Control.Services.Ec2.NetworkInterfaces.NetworkInterface;

namespace Nines.Control.Services.Ec2.Addresses;

/// <summary>Allocating and releasing elastic addresses, and moving them between interfaces.</summary>
internal sealed class AddressChanges(Cloud cloud, IIdSource ids, AddressOptions options) : IOperations
{
    private readonly AddressAssociations _associations = new(options);

    public void Map(OperationTable table)
    {
        table.On(Ec2Api.AllocateAddress, AllocateAsync, answersDryRun: true);
        table.On(Ec2Api.ReleaseAddress, ReleaseAsync, answersDryRun: true);
        table.On(Ec2Api.AssociateAddress, AssociateAsync, answersDryRun: true);
        table.On(Ec2Api.DisassociateAddress, DisassociateAsync, answersDryRun: true);
    }

    private async ValueTask<AllocateAddressResult> AllocateAsync(AllocateAddressRequest input, Call call, CancellationToken cancellationToken)
    {
        if (input.Domain is not (null or "vpc"))
        {
            throw Ec2Errors.InvalidValue("domain", input.Domain, "Valid values are vpc.");
        }

        if (input.Address is not null || input.CustomerOwnedIpv4Pool is not null || input.IpamPoolId is not null || input.PublicIpv4Pool is not (null or "amazon"))
        {
            throw Ec2Errors.Unsupported("Elastic addresses of this cloud are any of its own pool.");
        }

        var tags = TagRules.Parse(input.TagSpecifications, "elastic-ip").For("elastic-ip");
        var made = await cloud.WriteAsync(
            call,
            transaction =>
            {
                if (transaction.List(ElasticAddress.Table, call.AccountId).Take(NetworkLimits.MaxAddresses).Count() == NetworkLimits.MaxAddresses)
                {
                    throw AddressErrors.TooMany();
                }

                call.AnswerDryRun();
                var id = ids.Next("eipalloc");
                var address = new ElasticAddress
                {
                    AccountId = call.AccountId,
                    Id = id,
                    PublicIp = AddressAllocator.AllocatePublic(transaction, options.PublicPool, call.AccountId, id),
                    Tags = tags,
                };
                transaction.Insert(ElasticAddress.Table, address);
                return address;
            },
            cancellationToken);
        return new AllocateAddressResult
        {
            AllocationId = made.Id,
            Domain = "vpc",
            NetworkBorderGroup = call.Region,
            PublicIp = made.PublicIp,
            PublicIpv4Pool = "amazon",
        };
    }

    private async ValueTask<ReleaseAddressResult> ReleaseAsync(ReleaseAddressRequest input, Call call, CancellationToken cancellationToken)
    {
        if (input.AllocationId is null)
        {
            throw input.PublicIp is null
                ? Ec2Errors.MissingParameter("allocationId")
                : Ec2Errors.InvalidParameterValue("You must specify an allocation id when releasing a VPC elastic IP address");
        }

        await cloud.WriteAsync(
            call,
            transaction =>
            {
                var address = RequireAllocation(transaction, call.AccountId, input.AllocationId);
                if (address.AssociationId is not null)
                {
                    throw AddressErrors.InUse(address.PublicIp);
                }

                call.AnswerDryRun();
                AddressAllocator.ReleasePublic(transaction, address.PublicIp);
                if (transaction.Find(AddressTransfer.Table, call.AccountId, address.Id) is { } offered)
                {
                    transaction.Delete(AddressTransfer.Table, offered);
                }

                transaction.Delete(ElasticAddress.Table, address);
            },
            cancellationToken);
        return new ReleaseAddressResult();
    }

    private async ValueTask<AssociateAddressResult> AssociateAsync(AssociateAddressRequest input, Call call, CancellationToken cancellationToken)
    {
        if (input.AllocationId is null == input.PublicIp is null)
        {
            throw input.AllocationId is null
                ? Ec2Errors.MissingParameter("allocationId")
                : Ec2Errors.InvalidParameterCombination("You may specify public IP or allocation id, but not both in the same call");
        }

        if (input.InstanceId is not null && input.NetworkInterfaceId is not null)
        {
            throw Ec2Errors.InvalidParameterCombination("You may specify an instance or a network interface, but not both in the same call");
        }

        var id = await cloud.WriteAsync(
            call,
            transaction =>
            {
                var elastic = input.AllocationId is { } allocation
                    ? RequireAllocation(transaction, call.AccountId, allocation)
                    : RequirePublicIp(transaction, call.AccountId, input.PublicIp!);
                var adapter = FindTarget(transaction, call.AccountId, input.InstanceId, input.NetworkInterfaceId);
                var privateIp = input.PrivateIpAddress ?? adapter.PrivateIpAddress;
                if (adapter.Addresses.All(address => address.PrivateIpAddress != privateIp))
                {
                    throw AddressErrors.NotOfInterface(privateIp, adapter.Id);
                }

                if (transaction.By(InternetGateway.ByVpc, adapter.VpcId).Count == 0)
                {
                    throw AddressErrors.NoGateway(adapter.VpcId);
                }

                RefuseManaged(transaction, call.AccountId, adapter.Id);
                RefuseManaged(transaction, call.AccountId, elastic.NetworkInterfaceId);
                var isThere = elastic.NetworkInterfaceId == adapter.Id && elastic.PrivateIpAddress == privateIp;
                if (elastic.AssociationId is not null && !isThere && input.AllowReassociation == false)
                {
                    throw AddressErrors.AlreadyAssociated(elastic);
                }

                call.AnswerDryRun();
                if (isThere)
                {
                    return elastic.AssociationId!;
                }

                var associationId = ids.Next("eipassoc");
                var freed = _associations.Free(transaction, elastic);
                // Found again: it may be the one that the address was taken from.
                AddressAssociations.Associate(
                    transaction, freed, transaction.Find(NetworkInterface.Table, adapter.AccountId, adapter.Id)!, privateIp, associationId);
                return associationId;
            },
            cancellationToken);
        return new AssociateAddressResult { AssociationId = id };
    }

    private async ValueTask<DisassociateAddressResult> DisassociateAsync(DisassociateAddressRequest input, Call call, CancellationToken cancellationToken)
    {
        if (input.AssociationId is null && input.PublicIp is null)
        {
            throw Ec2Errors.MissingParameter("associationId");
        }

        await cloud.WriteAsync(
            call,
            transaction =>
            {
                var elastic = input.AssociationId is { } association
                    ? RequireAssociation(transaction, call.AccountId, association)
                    : RequirePublicIp(transaction, call.AccountId, input.PublicIp!);
                RefuseManaged(transaction, call.AccountId, elastic.NetworkInterfaceId);
                call.AnswerDryRun();
                if (elastic.AssociationId is not null)
                {
                    _associations.Free(transaction, elastic);
                }
            },
            cancellationToken);
        return new DisassociateAddressResult();
    }

    /// <summary>A NAT gateway keeps its address for life.</summary>
    private static void RefuseManaged(CloudTransaction transaction, string accountId, string? networkInterfaceId)
    {
        if (networkInterfaceId is { } id && transaction.Find(NetworkInterface.Table, accountId, id) is { ManagerId: not null })
        {
            throw InterfaceErrors.IsManaged(id);
        }
    }

    private static NetworkInterface FindTarget(CloudTransaction transaction, string accountId, string? instanceId, string? networkInterfaceId)
    {
        if (networkInterfaceId is { } asked)
        {
            var adapter = transaction.Find(NetworkInterface.Table, accountId, ResourceId.Parse<NetworkInterfaceId>(asked).Value)
                ?? throw Ec2Errors.NotFound(ResourceKind.NetworkInterface, asked);
            if (adapter.Attachment is { } attachment)
            {
                RequireInstance(transaction, accountId, attachment.InstanceId);
            }

            return adapter;
        }

        var instance = RequireInstance(transaction, accountId, instanceId ?? throw Ec2Errors.MissingParameter("instanceId"));
        return instance.NetworkInterfaceIds is [var only, ..]
            ? transaction.Find(NetworkInterface.Table, accountId, only)!
            : throw AddressErrors.InstanceEnds(instance.Id);
    }

    private static Instance RequireInstance(CloudTransaction transaction, string accountId, string id)
    {
        var instance = transaction.Find(Instance.Table, accountId, ResourceId.Parse<InstanceId>(id).Value) ?? throw Ec2Errors.NotFound(ResourceKind.Instance, id);
        return instance.State.IsEnding() ? throw AddressErrors.InstanceEnds(id) : instance;
    }

    private static ElasticAddress RequireAllocation(CloudTransaction transaction, string accountId, string id) =>
        transaction.Find(ElasticAddress.Table, accountId, ResourceId.Parse<AllocationId>(id).Value) ?? throw Ec2Errors.NotFound(ResourceKind.ElasticAddress, id);

    private static ElasticAddress RequirePublicIp(CloudTransaction transaction, string accountId, string address) =>
        Own(transaction, accountId, transaction.By(ElasticAddress.ByPublicIp, address)) ?? throw AddressErrors.NotFound(address);

    private static ElasticAddress RequireAssociation(CloudTransaction transaction, string accountId, string id) =>
        Own(transaction, accountId, transaction.By(ElasticAddress.ByAssociation, id)) is { } found && found.AssociationId == id
            ? found
            : throw AddressErrors.AssociationNotFound(id);

    /// <summary>What an index says, read again as a condition of the transaction.</summary>
    private static ElasticAddress? Own(CloudTransaction transaction, string accountId, IEnumerable<ElasticAddress> listed) =>
        listed.FirstOrDefault(address => address.AccountId == accountId) is { } found ? transaction.Find(ElasticAddress.Table, accountId, found.Id) : null;
}
