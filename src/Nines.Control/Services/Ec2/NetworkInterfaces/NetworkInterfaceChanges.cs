using System.Collections.Immutable;
using Nines.Api.Ec2;
using Nines.Control.Audit;
using Nines.Control.Gateway;
using Nines.Control.Ids;
using Nines.Control.Services.Ec2.Addresses;
using Nines.Control.Services.Ec2.ClientTokens;
using Nines.Control.Services.Ec2.Instances;
using Nines.Control.Services.Ec2.Query;
using Nines.Control.Services.Ec2.Tags;
using Nines.Control.Store;
using Subnet = Nines.Control.Services.Ec2.Subnets.Subnet;
using Vpc = Nines.Control.Services.Ec2.Vpcs.Vpc;

namespace Nines.Control.Services.Ec2.NetworkInterfaces;

/// <summary>Making and deleting network interfaces, and changing their attributes.</summary>
internal sealed class NetworkInterfaceChanges(Cloud cloud, IIdSource ids, NetworkInterfaceOperations operations) : IOperations
{
    public void Map(OperationTable table)
    {
        table.On(Ec2Api.CreateNetworkInterface, CreateAsync, answersDryRun: true);
        table.On(Ec2Api.DeleteNetworkInterface, DeleteAsync, answersDryRun: true);
        table.On(Ec2Api.ModifyNetworkInterfaceAttribute, ModifyAttributeAsync, answersDryRun: true);
        table.On(Ec2Api.ResetNetworkInterfaceAttribute, ResetAttributeAsync, answersDryRun: true);
    }

    private async ValueTask<CreateNetworkInterfaceResult> CreateAsync(CreateNetworkInterfaceRequest input, Call call, CancellationToken cancellationToken)
    {
        RefuseUnsupported(input);
        var addressing = InterfaceAddressing.Parse(input.PrivateIpAddress, input.PrivateIpAddresses, input.SecondaryPrivateIpAddressCount);
        var subnetId = ResourceId.Parse<SubnetId>(input.SubnetId).Value;
        var groups = ParseGroups(input.Groups);
        var tags = TagRules.Parse(input.TagSpecifications, InterfaceRecords.ResourceType).For(InterfaceRecords.ResourceType);
        var token = ClientToken.Parse(input.ClientToken);
        var fingerprint = ClientToken.FingerprintOf(input with { ClientToken = null, DryRun = null });
        var made = await cloud.WriteAsync(
            call,
            transaction =>
            {
                if (ClientToken.MadeBefore(transaction, call.AccountId, InterfaceRecords.ResourceType, token, fingerprint) is { } earlier)
                {
                    return transaction.Find(NetworkInterface.Table, call.AccountId, earlier)!;
                }

                var subnet = Subnet.FindOpen(transaction, call.AccountId, subnetId);
                var vpc = transaction.Find(Vpc.Table, call.AccountId, subnet.VpcId)!;
                if (cloud.Count(NetworkInterface.Table, call.AccountId) >= NetworkLimits.MaxNetworkInterfaces)
                {
                    throw InterfaceErrors.TooMany();
                }

                var id = ids.Next("eni");
                var adapter = new NetworkInterface
                {
                    AccountId = call.AccountId,
                    Id = id,
                    VpcId = subnet.VpcId,
                    SubnetId = subnet.Id,
                    Zone = subnet.AvailabilityZone,
                    MacAddress = LaunchRecords.MacAddressOf(id),
                    PrivateIpAddress = AddressAllocator.AllocatePrivate(transaction, subnet, id, addressing.Primary),
                    Description = input.Description ?? "",
                    SecurityGroupIds = LaunchTarget.FindGroups(transaction, new LaunchInterface { GroupIds = groups }, vpc, subnet),
                    ClientToken = token,
                    Tags = tags,
                };
                adapter = InterfaceAddressing.Add(transaction, subnet, adapter, addressing.Secondary, addressing.Count);
                call.AnswerDryRun();
                transaction.Insert(NetworkInterface.Table, adapter);
                ClientToken.Remember(transaction, call.AccountId, InterfaceRecords.ResourceType, token, fingerprint, adapter.Id);
                // Whoever deletes the subnet at the same time must meet this.
                transaction.Put(Subnet.Table, subnet);
                return adapter;
            },
            cancellationToken);
        return new CreateNetworkInterfaceResult
        {
            NetworkInterface = operations.Describe(made) with { Status = made.Attachment is null ? "pending" : "in-use" },
            ClientToken = made.ClientToken,
        };
    }

    private async ValueTask<DeleteNetworkInterfaceResult> DeleteAsync(DeleteNetworkInterfaceRequest input, Call call, CancellationToken cancellationToken)
    {
        await cloud.WriteAsync(
            call,
            transaction =>
            {
                var adapter = InterfaceRecords.Require(transaction, call.AccountId, input.NetworkInterfaceId);
                if (adapter.Attachment is not null || adapter.ManagerId is not null)
                {
                    throw InterfaceErrors.CannotDelete(adapter.Id);
                }

                call.AnswerDryRun();
                InterfaceRecords.Delete(transaction, adapter);
            },
            cancellationToken);
        return new DeleteNetworkInterfaceResult();
    }

    private async ValueTask<ModifyNetworkInterfaceAttributeResult> ModifyAttributeAsync(
        ModifyNetworkInterfaceAttributeRequest input, Call call, CancellationToken cancellationToken)
    {
        if (input.EnaSrdSpecification is not null || input.EnablePrimaryIpv6 == true || input.ConnectionTrackingSpecification is not null)
        {
            throw Ec2Errors.Unsupported("Interfaces of this cloud have no ENA Express, no IPv6 addresses and the kernel's timeouts of connections.");
        }

        object?[] given = [input.Attachment, input.Description, input.Groups, input.SourceDestCheck, input.AssociatePublicIpAddress];
        if (given.Count(value => value is not null) != 1)
        {
            throw Ec2Errors.InvalidParameterCombination("Exactly one attribute of a network interface can be modified at a time.");
        }

        var groups = ParseGroups(input.Groups);
        await cloud.WriteAsync(
            call,
            transaction =>
            {
                var adapter = InterfaceRecords.Require(transaction, call.AccountId, input.NetworkInterfaceId);
                RefuseManaged(adapter);
                var next = adapter with
                {
                    Description = input.Description is null ? adapter.Description : input.Description.Value ?? "",
                    SecurityGroupIds = input.Groups is null ? adapter.SecurityGroupIds : FindGroups(transaction, adapter, groups),
                    SourceDestCheck = input.SourceDestCheck?.Value ?? adapter.SourceDestCheck,
                    AssociatePublicIpAddress = input.AssociatePublicIpAddress ?? adapter.AssociatePublicIpAddress,
                    Attachment = input.Attachment is { } attachment ? Change(adapter, attachment) : adapter.Attachment,
                };
                call.AnswerDryRun();
                InterfaceRecords.Put(transaction, next);
            },
            cancellationToken);
        return new ModifyNetworkInterfaceAttributeResult();
    }

    private async ValueTask<ResetNetworkInterfaceAttributeResult> ResetAttributeAsync(
        ResetNetworkInterfaceAttributeRequest input, Call call, CancellationToken cancellationToken)
    {
        await cloud.WriteAsync(
            call,
            transaction =>
            {
                var adapter = InterfaceRecords.Require(transaction, call.AccountId, input.NetworkInterfaceId);
                RefuseManaged(adapter);
                call.AnswerDryRun();
                InterfaceRecords.Put(transaction, adapter with { SourceDestCheck = true });
            },
            cancellationToken);
        return new ResetNetworkInterfaceAttributeResult();
    }

    private static void RefuseManaged(NetworkInterface adapter)
    {
        if (adapter.ManagerId is not null)
        {
            throw InterfaceErrors.IsManaged(adapter.Id);
        }
    }

    private static NetworkInterfaceAttachment Change(NetworkInterface adapter, NetworkInterfaceAttachmentChanges changes) =>
        adapter.Attachment is { } attachment && attachment.Id == changes.AttachmentId
            ? attachment with { DeleteOnTermination = changes.DeleteOnTermination ?? attachment.DeleteOnTermination }
            : throw InterfaceErrors.AttachmentNotFound(changes.AttachmentId ?? "");

    private static ImmutableArray<string> FindGroups(CloudTransaction transaction, NetworkInterface adapter, IReadOnlyList<string> ids)
    {
        var vpc = transaction.Find(Vpc.Table, adapter.AccountId, adapter.VpcId)!;
        var subnet = transaction.Find(Subnet.Table, adapter.AccountId, adapter.SubnetId)!;
        return LaunchTarget.FindGroups(transaction, new LaunchInterface { GroupIds = ids }, vpc, subnet);
    }

    private static IReadOnlyList<string> ParseGroups(IReadOnlyList<string>? ids)
    {
        var groups = LaunchInterfaces.ParseGroups(ids);
        return groups.Count <= LaunchInterfaces.MaximumGroups ? groups : throw LaunchInterfaces.TooManyGroups();
    }

    private static void RefuseUnsupported(CreateNetworkInterfaceRequest input)
    {
        if (input.Ipv6AddressCount is > 0 || input.Ipv6Addresses is { Count: > 0 } || input.Ipv6PrefixCount is > 0
            || input.Ipv6Prefixes is { Count: > 0 } || input.EnablePrimaryIpv6 == true)
        {
            throw Ec2Errors.NoIpv6();
        }

        if (input.Ipv4PrefixCount is > 0 || input.Ipv4Prefixes is { Count: > 0 })
        {
            throw Ec2Errors.Unsupported("The networks of this cloud delegate no prefixes.");
        }

        if (input.InterfaceType is not (null or "interface") || input.ConnectionTrackingSpecification is not null)
        {
            throw Ec2Errors.Unsupported("The network interface must be of type 'interface', with the kernel's timeouts of connections.");
        }
    }
}
