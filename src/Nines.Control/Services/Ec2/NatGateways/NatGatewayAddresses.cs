using Nines.Control.Ids;
using Nines.Control.Services.Ec2.Addresses;
using Nines.Control.Services.Ec2.NetworkInterfaces;
using Nines.Control.Services.Ec2.Query;
using Nines.Control.Services.Ec2.Subnets;
using Nines.Control.Store;
using Nines.Wire;

namespace Nines.Control.Services.Ec2.NatGateways;

/// <summary>The addresses that a NAT gateway has beside its first, within a caller's transaction.</summary>
internal static class NatGatewayAddresses
{
    /// <summary>The most addresses of a gateway (Amazon VPC User Guide: NAT gateway basics).</summary>
    public const int Max = 8;

    /// <summary>Reads which addresses a request names: elastic ones, and, where it says so, the private ones that are to have them.</summary>
    /// <exception cref="AwsException"><c>InvalidParameterCombination</c>, <c>InvalidParameterValue</c>, or a malformed id.</exception>
    public static IReadOnlyList<(string AllocationId, string? PrivateAddress)> Parse(IReadOnlyList<string>? allocationIds, IReadOnlyList<string>? privateAddresses)
    {
        string[] allocations = [.. (allocationIds ?? []).Select(id => ResourceId.Parse<AllocationId>(id).Value)];
        if (privateAddresses is { Count: > 0 } && privateAddresses.Count != allocations.Length)
        {
            throw Ec2Errors.InvalidParameterCombination("The number of private IP addresses must be the number of allocation IDs.");
        }

        return allocations.GroupBy(id => id).FirstOrDefault(group => group.Count() > 1) is { } twice
            ? throw AddressErrors.NamedTwice(twice.Key)
            : [.. allocations.Select((id, index) => (id, privateAddresses is { Count: > 0 } ? privateAddresses[index] : null))];
    }

    /// <summary>An elastic address that nothing has.</summary>
    /// <exception cref="AwsException"><c>InvalidAllocationID.NotFound</c>, <c>Resource.AlreadyAssociated</c>.</exception>
    public static ElasticAddress RequireFree(CloudTransaction transaction, string accountId, string allocationId)
    {
        var elastic = transaction.Find(ElasticAddress.Table, accountId, allocationId) ?? throw Ec2Errors.NotFound(ResourceKind.ElasticAddress, allocationId);
        return elastic.AssociationId is null ? elastic : throw AddressErrors.AlreadyAssociated(elastic);
    }

    /// <summary>Whether a gateway can have these addresses.</summary>
    /// <param name="transaction">Where they are looked for.</param>
    /// <param name="accountId">Whose they are.</param>
    /// <param name="wanted">The addresses.</param>
    /// <param name="present">How many it has.</param>
    /// <exception cref="AwsException">As <see cref="RequireFree"/>, and <c>InvalidParameterValue</c>.</exception>
    public static void Check(CloudTransaction transaction, string accountId, IReadOnlyList<(string AllocationId, string? PrivateAddress)> wanted, int present = 1)
    {
        DemandRoom(present, wanted.Count);
        foreach (var (allocationId, _) in wanted)
        {
            RequireFree(transaction, accountId, allocationId);
        }
    }

    /// <summary>Gives a gateway's interface the addresses.</summary>
    /// <returns>The gateway's record, which is not written yet.</returns>
    /// <exception cref="AwsException">As <see cref="AddressAllocator.AllocatePrivate"/>.</exception>
    public static NatGateway Add(
        CloudTransaction transaction, IIdSource ids, Subnet subnet, NatGateway gateway, IReadOnlyList<(string AllocationId, string? PrivateAddress)> wanted)
    {
        foreach (var (allocationId, privateAddress) in wanted)
        {
            var adapter = transaction.Find(NetworkInterface.Table, gateway.AccountId, gateway.NetworkInterfaceId)!;
            var grown = InterfaceAddressing.Add(transaction, subnet, adapter, privateAddress is null ? [] : [privateAddress], privateAddress is null ? 1 : 0);
            var elastic = RequireFree(transaction, gateway.AccountId, allocationId);
            var address = grown.SecondaryAddresses[^1].PrivateIpAddress;
            AddressAssociations.Associate(transaction, elastic, grown, address, ids.Next("eipassoc"));
            gateway = gateway with { Secondary = gateway.Secondary.Add(new(elastic.Id, elastic.PublicIp, address)) };
        }

        return gateway;
    }

    /// <summary>Gives a private gateway's interface further addresses of its subnet.</summary>
    /// <returns>The gateway's record, which is not written yet.</returns>
    /// <exception cref="AwsException"><c>InvalidParameterValue</c>, and as <see cref="AddressAllocator.AllocatePrivate"/>.</exception>
    public static NatGateway Assign(CloudTransaction transaction, Subnet subnet, NatGateway gateway, IReadOnlyList<string> addresses, int count)
    {
        DemandRoom(1 + gateway.Secondary.Length, addresses.Count + count);
        if (addresses.Count + count == 0)
        {
            return gateway;
        }

        var adapter = transaction.Find(NetworkInterface.Table, gateway.AccountId, gateway.NetworkInterfaceId)!;
        var grown = InterfaceAddressing.Add(transaction, subnet, adapter, addresses, count);
        InterfaceRecords.Put(transaction, grown);
        var added = grown.SecondaryAddresses.Skip(adapter.SecondaryAddresses.Length).Select(address => new NatGatewaySecondary(null, null, address.PrivateIpAddress));
        return gateway with { Secondary = gateway.Secondary.AddRange(added) };
    }

    private static void DemandRoom(int present, int wanted)
    {
        if (present + wanted > Max)
        {
            throw Ec2Errors.InvalidParameterValue($"A NAT gateway has at most {Max} addresses.");
        }
    }

    /// <summary>Takes an address from a gateway's interface; the elastic one stays the account's.</summary>
    /// <returns>The gateway's record, which is not written yet.</returns>
    public static NatGateway Remove(CloudTransaction transaction, NatGateway gateway, NatGatewaySecondary address)
    {
        var adapter = transaction.Find(NetworkInterface.Table, gateway.AccountId, gateway.NetworkInterfaceId)!;
        var held = adapter.SecondaryAddresses.First(known => known.PrivateIpAddress == address.PrivateIpAddress);
        InterfaceRecords.ReleasePublic(transaction, gateway.AccountId, held);
        AddressAllocator.ReleasePrivate(transaction, gateway.AccountId, gateway.VpcId, address.PrivateIpAddress);
        InterfaceRecords.Put(transaction, adapter with { SecondaryAddresses = adapter.SecondaryAddresses.Remove(held) });
        return gateway with { Secondary = gateway.Secondary.Remove(address) };
    }
}
