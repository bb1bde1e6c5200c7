using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using Nines.Host.Api;

namespace Nines.Host.Networks;

/// <summary>A NAT gateway, accepted.</summary>
/// <param name="Id">The id.</param>
/// <param name="Subnet">The subnet that it is in.</param>
/// <param name="Addresses">The addresses that it speaks with, the first of which it always has.</param>
/// <param name="IsPrivate">Whether they are private ones, and it never speaks to the internet.</param>
internal sealed record NatGatewayModel(string Id, SubnetModel Subnet, ImmutableArray<IPAddress> Addresses, bool IsPrivate)
{
    private const int MarkDigits = 7;

    /// <summary>Whether it carries anything to the internet.</summary>
    public bool IsReachable => !IsPrivate && Subnet.HasInternetRoute;

    /// <summary>Whether it may carry anything.</summary>
    public bool Carries => IsPrivate || IsReachable;

    /// <summary>The links by which what it carries leaves, as a rule names them.</summary>
    public string Links => IsPrivate ? NetworkNames.AnyPeeringLink : $"\"{NetworkNames.InternetLink}\"";

    /// <summary>Those of its addresses that are public.</summary>
    public IEnumerable<IPAddress> PublicAddresses => IsPrivate ? [] : Addresses;

    /// <summary>
    /// The mark of the connections that it carries. It follows from the id, so that it stays the same while gateways come and go:
    /// a connection keeps its mark for life.
    /// </summary>
    public string Mark { get; } = "0x1" + Id[^MarkDigits..];

    /// <summary>Accepts a gateway.</summary>
    /// <exception cref="NetworkSpecException">It says something that cannot be.</exception>
    public static NatGatewayModel Parse(NatGatewaySpec spec, Dictionary<string, SubnetModel> subnets)
    {
        var id = VpcModel.SafeId(spec.Id);
        if (id.Length < MarkDigits || !uint.TryParse(id[^MarkDigits..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out _))
        {
            throw new NetworkSpecException($"{id} does not end in {MarkDigits} hexadecimal digits.");
        }

        return subnets.TryGetValue(spec.SubnetId, out var subnet)
            ? new(id, subnet, [.. spec.SecondaryIpAddresses.Prepend(spec.IpAddress).Select(address => Ipv4.Address(address, id))], spec.IsPrivate)
            : throw new NetworkSpecException($"{id} is in the unknown subnet {spec.SubnetId}.");
    }
}
