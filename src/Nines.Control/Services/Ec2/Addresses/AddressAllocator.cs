using Nines.Control.Services.Ec2.SubnetCidrReservations;
using Nines.Control.Services.Ec2.Subnets;
using Nines.Control.Store;
using Nines.Host.Api;
using Nines.Wire;

namespace Nines.Control.Services.Ec2.Addresses;

/// <summary>
/// Gives addresses out within a caller's transaction: the reservation becomes true together with what it is for, or not at
/// all. When another transaction took the address meanwhile the caller's runs again and finds the next one.
/// </summary>
internal static class AddressAllocator
{
    /// <summary>How many addresses at a subnet's start are not given out: network, router, DNS, and one that AWS keeps.</summary>
    public const int ReservedAtStart = 4;

    /// <summary>And at its end: what would be the broadcast address.</summary>
    public const int ReservedAtEnd = 1;

    /// <summary>The smallest and the largest subnet, as prefix lengths.</summary>
    public const int SmallestPrefix = 28;

    /// <inheritdoc cref="SmallestPrefix"/>
    public const int LargestPrefix = 16;

    /// <summary>How many addresses of a subnet can be given out, were it empty.</summary>
    public static int Usable(Ipv4Block block) => (int)Math.Max(0, block.Count - ReservedAtStart - ReservedAtEnd);

    /// <summary>How many addresses of a subnet can still be given out.</summary>
    public static int Available(Cloud cloud, Subnet subnet) =>
        Usable(subnet.Block) - cloud.CountBy(PrivateAddress.BySubnet, subnet.Id);

    /// <summary>Takes an address of a subnet.</summary>
    /// <param name="transaction">What it belongs to.</param>
    /// <param name="subnet">The subnet.</param>
    /// <param name="networkInterfaceId">Who gets it.</param>
    /// <param name="requested">The address that the client asked for, or <see langword="null"/> for any.</param>
    /// <returns>The address in dotted notation.</returns>
    /// <exception cref="AwsException"><c>InvalidParameterValue</c>, <c>InvalidIPAddress.InUse</c>, <c>InsufficientFreeAddressesInSubnet</c>.</exception>
    public static string AllocatePrivate(CloudTransaction transaction, Subnet subnet, string networkInterfaceId, string? requested = null)
    {
        var block = subnet.Block;
        var reserved = transaction.By(SubnetCidrReservation.BySubnet, subnet.Id).Select(reservation => (reservation.Block, reservation.ReservationType)).ToArray();
        bool IsFree(uint candidate) => !Array.Exists(reserved, one => one.Block.Contains(candidate)) && !IsTaken(transaction, subnet, Ipv4Block.Format(candidate));
        var address = requested is null
            ? AddressProbe.Find(block.First + ReservedAtStart, block.Last - ReservedAtEnd, networkInterfaceId, candidate => !IsFree(candidate))
                ?? throw AddressErrors.SubnetFull(subnet.Id)
            : Check(block, requested);
        var text = Ipv4Block.Format(address);
        if (Array.Exists(reserved, one => one.ReservationType == SubnetCidrReservation.Prefix && one.Block.Contains(address)))
        {
            throw AddressErrors.ReservedForPrefixes(text);
        }

        if (requested is not null && IsTaken(transaction, subnet, text))
        {
            throw AddressErrors.InUse(text);
        }

        transaction.Insert(PrivateAddress.Table, new PrivateAddress(subnet.AccountId, PrivateAddress.Key(subnet.VpcId, text), subnet.Id, networkInterfaceId));
        return text;
    }

    /// <summary>Gives a private address back; nothing happens when it is not taken.</summary>
    public static void ReleasePrivate(CloudTransaction transaction, string accountId, string vpcId, string address)
    {
        if (transaction.Find(PrivateAddress.Table, accountId, PrivateAddress.Key(vpcId, address)) is { } taken)
        {
            transaction.Delete(PrivateAddress.Table, taken);
        }
    }

    /// <summary>Takes a public address of the cloud's pool.</summary>
    /// <param name="transaction">What it belongs to.</param>
    /// <param name="pool">The pool.</param>
    /// <param name="accountId">Whose it becomes.</param>
    /// <param name="networkInterfaceId">Who gets it: an interface, or the allocation of an elastic address.</param>
    /// <returns>The address in dotted notation.</returns>
    /// <exception cref="AwsException"><c>InsufficientAddressCapacity</c>.</exception>
    public static string AllocatePublic(CloudTransaction transaction, Ipv4Block pool, string accountId, string networkInterfaceId)
    {
        // The owner differs per request only by its interface, which keeps its private address for life but gets a new
        // public one with every start: the revision makes the search begin elsewhere each time.
        var address = AddressProbe.Find(
            pool.First + PublicPool.ReservedAddresses,
            pool.Last - ReservedAtEnd,
            $"{networkInterfaceId}@{transaction.Revision}",
            candidate => transaction.Peek(PublicAddress.Table, PublicAddress.PoolAccountId, Ipv4Block.Format(candidate)) is not null)
            ?? throw AddressErrors.PoolEmpty();
        var text = Ipv4Block.Format(address);
        transaction.Insert(PublicAddress.Table, new PublicAddress(text, accountId, networkInterfaceId));
        return text;
    }

    /// <summary>Gives a public address back; nothing happens when it is not taken.</summary>
    public static void ReleasePublic(CloudTransaction transaction, string address)
    {
        if (transaction.Find(PublicAddress.Table, PublicAddress.PoolAccountId, address) is { } taken)
        {
            transaction.Delete(PublicAddress.Table, taken);
        }
    }

    private static uint Check(Ipv4Block block, string requested)
    {
        if (!Ipv4Block.TryParseAddress(requested, out var address))
        {
            throw AddressErrors.NotAnAddress(requested);
        }

        if (!block.Contains(address))
        {
            throw AddressErrors.OutsideSubnet(requested);
        }

        return address - block.First < ReservedAtStart || block.Last - address < ReservedAtEnd ? throw AddressErrors.Reserved(requested) : address;
    }

    private static bool IsTaken(CloudTransaction transaction, Subnet subnet, string address) =>
        transaction.Peek(PrivateAddress.Table, subnet.AccountId, PrivateAddress.Key(subnet.VpcId, address)) is not null;
}
