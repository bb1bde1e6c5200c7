using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using Nines.Host.Api;

namespace Nines.Host.Networks;

/// <summary>A peering, accepted.</summary>
/// <param name="Id">The id.</param>
/// <param name="PeerVpcId">The other network.</param>
/// <param name="PeerBlocks">Its address blocks.</param>
internal sealed record PeeringModel(string Id, string PeerVpcId, ImmutableArray<IPNetwork> PeerBlocks)
{
    private const int MarkDigits = 7;

    /// <summary>Whether public names of the other network mean its private addresses here.</summary>
    public bool ResolvesPeerNames { get; init; }

    /// <summary>The link to the other network, with the same name at both ends.</summary>
    public string Link { get; } = NetworkNames.PeeringLinkOf(Id);

    /// <summary>
    /// The mark of packets that a route leads through it, and the number of the kernel's table that has nothing but the way there. It
    /// follows from the id, so that it stays the same while peerings come and go.
    /// </summary>
    public uint Mark { get; } = 0x2000_0000 + uint.Parse(Id[^MarkDigits..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    /// <summary>Its peer's addresses as a set of nft(8).</summary>
    public string PeerAddresses => $"{{ {string.Join(", ", PeerBlocks)} }}";

    /// <summary>Accepts a peering.</summary>
    /// <exception cref="NetworkSpecException">It says something that cannot be.</exception>
    public static PeeringModel Parse(PeeringSpec spec)
    {
        var id = VpcModel.SafeId(spec.Id);
        if (id.Length < MarkDigits || !uint.TryParse(id[^MarkDigits..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out _))
        {
            throw new NetworkSpecException($"{id} does not end in {MarkDigits} hexadecimal digits.");
        }

        return spec.PeerCidrBlocks.IsDefaultOrEmpty
            ? throw new NetworkSpecException($"{id} leads to a network without an address block.")
            : new(id, VpcModel.SafeId(spec.PeerVpcId), [.. spec.PeerCidrBlocks.Select(block => Ipv4.Block(block, id))]) { ResolvesPeerNames = spec.ResolvesPeerNames };
    }
}
