using Nines.Control.Store;

namespace Nines.Control.Services.Ec2.Addresses;

/// <summary>That a public address of the cloud's pool is taken.</summary>
/// <param name="Id">The address.</param>
/// <param name="OwnerAccountId">Whose it is.</param>
/// <param name="NetworkInterfaceId">Who has it: an interface, or the allocation of an elastic address.</param>
internal sealed record PublicAddress(string Id, string OwnerAccountId, string NetworkInterfaceId) : IResource
{
    /// <summary>The account under which the cloud keeps what all accounts share: an address belongs to one of them at a time.</summary>
    public const string PoolAccountId = "000000000000";

    /// <summary>All addresses that are taken.</summary>
    public static readonly TableDefinition<PublicAddress> Table = new("public-addresses", Ec2JsonContext.Default.PublicAddress);

    /// <inheritdoc/>
    public string AccountId => PoolAccountId;
}
