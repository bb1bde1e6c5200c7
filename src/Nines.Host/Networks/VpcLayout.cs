namespace Nines.Host.Networks;

/// <summary>What a network's namespace holds: a tap with its router's address and a /32 route for every adapter (layer 3 only).</summary>
internal static class VpcLayout
{
    /// <summary>The internet gateway's end of the link to a network; the same on every such link.</summary>
    public const string GatewayAddress = "169.254.0.1";

    /// <summary>The network's end of the link to the internet gateway; the same on every such link.</summary>
    public const string OwnAddress = "169.254.0.2";

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

    /// <summary>The layout; the same for the same network.</summary>
    public static NamespaceLayout Of(VpcModel vpc, string tapOwner) => new()
    {
        TapOwner = tapOwner,
        Taps = [.. vpc.Adapters.Select(adapter => adapter.Tap)],
        Links = ["lo", NetworkNames.InternetLink],
        Addresses =
        [
            $"{vpc.NameServer}/32 dev lo",
            $"{Ipv4.NameServerAddress}/32 dev lo",
            $"{Ipv4.MetadataAddress}/32 dev lo",
            $"{OwnAddress}/32 dev {NetworkNames.InternetLink}",
            .. vpc.Adapters.Select(adapter => $"{adapter.Subnet.Router}/32 dev {adapter.Tap}"),
        ],
        Routes =
        [
            $"default via {GatewayAddress} dev {NetworkNames.InternetLink} onlink",
            .. vpc.Blocks.Select(block => $"blackhole {block}"),
            .. vpc.Adapters.Select(adapter => $"{adapter.Address} dev {adapter.Tap} src {adapter.Subnet.Router}"),
        ],
        Neighbours = [.. vpc.Adapters.Select(adapter => $"{adapter.Address} lladdr {adapter.MacAddress} dev {adapter.Tap}")],
    };
}
