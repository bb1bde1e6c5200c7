using System.Net;

namespace Nines.Host.Networks;

/// <summary>A subnet, accepted.</summary>
internal sealed record SubnetModel(string Id, IPNetwork Block, RouteTableModel? RouteTable, NetworkAclModel? NetworkAcl)
{
    /// <summary>The subnet's second address.</summary>
    public IPAddress Router { get; } = Block.At(1);

    /// <summary>Whether anything of it can leave by the internet gateway.</summary>
    public bool HasInternetRoute => RouteTable?.HasInternetRoute ?? false;
}
