using Nines.Api.Ec2;
using Nines.Control.Audit;
using Nines.Control.Gateway;
using Nines.Control.Services.Ec2.Addresses;
using Nines.Control.Store;
using Subnet = Nines.Control.Services.Ec2.Subnets.Subnet;

namespace Nines.Control.Services.Ec2.NetworkInterfaces;

/// <summary>Giving interfaces further private addresses, and taking them away.</summary>
internal sealed class PrivateAddressChanges(Cloud cloud) : IOperations
{
    public void Map(OperationTable table)
    {
        table.On(Ec2Api.AssignPrivateIpAddresses, AssignAsync);
        table.On(Ec2Api.UnassignPrivateIpAddresses, UnassignAsync);
    }

    private async ValueTask<AssignPrivateIpAddressesResult> AssignAsync(AssignPrivateIpAddressesRequest input, Call call, CancellationToken cancellationToken)
    {
        if (input.Ipv4PrefixCount is > 0 || input.Ipv4Prefixes is { Count: > 0 })
        {
            throw Ec2Errors.Unsupported("The networks of this cloud delegate no prefixes.");
        }

        IReadOnlyList<string> named = [.. (input.PrivateIpAddresses ?? []).Distinct()];
        var count = InterfaceAddressing.CheckCount(input.SecondaryPrivateIpAddressCount);
        if (named.Count > 0 == count > 0)
        {
            throw Ec2Errors.InvalidParameterCombination("Either privateIpAddresses or secondaryPrivateIpAddressCount must be specified.");
        }

        var added = await cloud.WriteAsync(
            call,
            transaction =>
            {
                var adapter = InterfaceRecords.Require(transaction, call.AccountId, input.NetworkInterfaceId);
                if (adapter.ManagerId is not null)
                {
                    throw InterfaceErrors.IsManaged(adapter.Id);
                }

                var subnet = transaction.Find(Subnet.Table, call.AccountId, adapter.SubnetId)!;
                string[] missing = [.. named.Where(address => adapter.SecondaryAddresses.All(known => known.PrivateIpAddress != address))];
                if (input.AllowReassignment == true)
                {
                    TakeFromOthers(transaction, adapter, missing);
                }

                var next = InterfaceAddressing.Add(transaction, subnet, adapter, missing, count);
                InterfaceRecords.Put(transaction, next);
                return next.SecondaryAddresses.Select(address => address.PrivateIpAddress).Where(address => named.Count == 0 || named.Contains(address))
                    .Skip(named.Count == 0 ? adapter.SecondaryAddresses.Length : 0).ToArray();
            },
            cancellationToken);
        return new AssignPrivateIpAddressesResult
        {
            NetworkInterfaceId = input.NetworkInterfaceId,
            AssignedPrivateIpAddresses = [.. added.Select(address => new AssignedPrivateIpAddress { PrivateIpAddress = address })],
        };
    }

    private async ValueTask<UnassignPrivateIpAddressesResult> UnassignAsync(UnassignPrivateIpAddressesRequest input, Call call, CancellationToken cancellationToken)
    {
        if (input.Ipv4Prefixes is { Count: > 0 })
        {
            throw Ec2Errors.Unsupported("The networks of this cloud delegate no prefixes.");
        }

        if (input.PrivateIpAddresses is null or [])
        {
            throw Ec2Errors.MissingParameter("privateIpAddresses");
        }

        await cloud.WriteAsync(
            call,
            transaction =>
            {
                var adapter = InterfaceRecords.Require(transaction, call.AccountId, input.NetworkInterfaceId);
                if (adapter.ManagerId is not null)
                {
                    throw InterfaceErrors.IsManaged(adapter.Id);
                }

                InterfaceRecords.Put(transaction, input.PrivateIpAddresses.Distinct().Aggregate(adapter, (next, address) => Remove(transaction, next, address)));
            },
            cancellationToken);
        return new UnassignPrivateIpAddressesResult();
    }

    /// <summary>Takes addresses that are further ones of other interfaces; a primary one stays where it is, and is refused as in use.</summary>
    private static void TakeFromOthers(CloudTransaction transaction, NetworkInterface adapter, IEnumerable<string> addresses)
    {
        foreach (var address in addresses)
        {
            if (transaction.Find(PrivateAddress.Table, adapter.AccountId, PrivateAddress.Key(adapter.VpcId, address)) is { } taken
                && transaction.Find(NetworkInterface.Table, adapter.AccountId, taken.NetworkInterfaceId) is { } other
                && other.PrivateIpAddress != address)
            {
                if (other.ManagerId is not null)
                {
                    throw InterfaceErrors.IsManaged(other.Id);
                }

                InterfaceRecords.Put(transaction, Remove(transaction, other, address));
            }
        }
    }

    private static NetworkInterface Remove(CloudTransaction transaction, NetworkInterface adapter, string address)
    {
        if (address == adapter.PrivateIpAddress)
        {
            throw InterfaceErrors.PrimaryStays();
        }

        var removed = adapter.SecondaryAddresses.FirstOrDefault(known => known.PrivateIpAddress == address) ?? throw InterfaceErrors.NotAssigned(address, adapter.Id);
        AddressAllocator.ReleasePrivate(transaction, adapter.AccountId, adapter.VpcId, address);
        InterfaceRecords.ReleasePublic(transaction, adapter.AccountId, removed);
        return adapter with { SecondaryAddresses = adapter.SecondaryAddresses.Remove(removed) };
    }
}
