using Nines.Control.Store;

namespace Nines.Control.Services.Ec2.Addresses;

/// <summary>That a private address is taken. Its id holds network and address, so that two interfaces cannot have the same one.</summary>
/// <param name="AccountId">Whose network it is.</param>
/// <param name="Id">Network and address: <c>vpc-…/172.31.16.4</c>.</param>
/// <param name="SubnetId">The subnet that the address lies in.</param>
/// <param name="NetworkInterfaceId">Who has it.</param>
internal sealed record PrivateAddress(string AccountId, string Id, string SubnetId, string NetworkInterfaceId) : IResource
{
    /// <summary>All addresses that are taken.</summary>
    public static readonly TableDefinition<PrivateAddress> Table = new("private-addresses", Ec2JsonContext.Default.PrivateAddress);

    /// <summary>Those of a subnet.</summary>
    public static readonly IndexDefinition<PrivateAddress> BySubnet = Table.Index("subnet", address => address.SubnetId);

    /// <summary>The id of an address in a network.</summary>
    public static string Key(string vpcId, string address) => $"{vpcId}/{address}";
}
