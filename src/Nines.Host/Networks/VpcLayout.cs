using System.Net;

namespace Nines.Host.Networks;

/// <summary>What a network's namespace holds: a tap with its router's address and a /32 route for every adapter (layer 3 only).</summary>
internal static class VpcLayout
{
    /// <summary>The internet gateway's end of the link to a network; the same on every such link.</summary>
    public const string GatewayAddress = "169.254.0.1";

    /// <summary>Where the networks' ends of those links have their addresses.</summary>
    public static readonly IPNetwork LinkBlock = new(new IPAddress([169, 254, 64, 0]), 18);

    /// <summary>
    /// Kernel parameters of the namespace, set before any link is made, because a link takes the defaults of its birth. An address is
    /// answered for on every tap (proxy ARP), and the guard of the ruleset, not a reverse path, decides on sources.
    /// </summary>
    public static IReadOnlyList<(string Name, string Value)> Parameters { get; } =
    [
        ("ipv6/conf/all/disable_ipv6", "1"),
        ("ipv6/conf/default/disable_ipv6", "1"),
        ("ipv4/ip_forward", "1"),
        ("ipv4/conf/all/rp_filter", "0"),
        ("ipv4/conf/default/rp_filter", "0"),
        ("ipv4/conf/all/send_redirects", "0"),
        ("ipv4/conf/default/send_redirects", "0"),
        ("ipv4/conf/default/accept_redirects", "0"),
        ("ipv4/conf/default/proxy_arp", "1"),
    ];

    /// <summary>The address of a network's end of its link: by the link's number in the gateway, so that no two networks have the same.</summary>
    public static IPAddress LinkAddress(int linkIndex) => LinkBlock.At((uint)linkIndex % (1u << (32 - LinkBlock.PrefixLength)));

    /// <summary>Whether an entry is the layout's: what is on a link of a peering is not.</summary>
    public static bool IsOwn(string entry) => !entry.Contains($" dev {NetworkNames.PeeringLinkPrefix}", StringComparison.Ordinal);

    /// <summary>The layout; the same for the same network.</summary>
    public static NamespaceLayout Of(VpcModel vpc, string tapOwner, IPAddress linkAddress) => new()
    {
        TapOwner = tapOwner,
        Taps = [.. vpc.Adapters.Select(adapter => adapter.Tap)],
        Links = ["lo", NetworkNames.InternetLink],
        Addresses =
        [
            $"{vpc.NameServer}/32 dev lo",
            $"{Ipv4.NameServerAddress}/32 dev lo",
            $"{Ipv4.MetadataAddress}/32 dev lo",
            $"{linkAddress}/32 dev {NetworkNames.InternetLink}",
            .. vpc.Adapters.Select(adapter => $"{adapter.Subnet.Router}/32 dev {adapter.Tap}"),
        ],
        Routes =
        [
            $"default via {GatewayAddress} dev {NetworkNames.InternetLink} onlink",
            .. vpc.Blocks.Select(block => $"blackhole {block}"),
            .. vpc.Adapters.SelectMany(adapter => adapter.Addresses, (adapter, address) => $"{address.Address} dev {adapter.CarrierTap} src {adapter.Subnet.Router}"),
        ],
        Neighbours = [.. vpc.Adapters.SelectMany(adapter => adapter.Addresses, (adapter, address) => $"{address.Address} lladdr {adapter.MacAddress} dev {adapter.CarrierTap}")],
    };
}
