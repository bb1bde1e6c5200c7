using System.Net;

namespace Nines.Host.Networks;

/// <summary>A subnet, accepted.</summary>
internal sealed record SubnetModel(string Id, IPNetwork Block, bool HasInternetRoute)
{
    /// <summary>The subnet's second address.</summary>
    public IPAddress Router { get; } = Block.At(1);
}
