using System.Collections.Immutable;

namespace Nines.Host.Api;

/// <summary>A peering that a network has with another one, and that both agreed to.</summary>
/// <param name="Id">The id, <c>pcx-…</c>; the same on both sides.</param>
/// <param name="PeerVpcId">The other network.</param>
/// <param name="PeerCidrBlocks">The other network's address blocks.</param>
public sealed record PeeringSpec(string Id, string PeerVpcId, ImmutableArray<string> PeerCidrBlocks)
{
    /// <summary>Whether public names of the other network mean its private addresses here.</summary>
    public bool ResolvesPeerNames { get; init; }
}
