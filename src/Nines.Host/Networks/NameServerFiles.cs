using System.Net;
using System.Text;

namespace Nines.Host.Networks;

/// <summary>The three files that a name server (dnsmasq) is run by.</summary>
/// <param name="Configuration">Read at its start only.</param>
/// <param name="Leases">Which adapter gets which address; read again on a hang-up signal.</param>
/// <param name="Names">Which name has which address; read again on a hang-up signal.</param>
internal sealed record NameServerFiles(string Configuration, string Leases, string Names)
{
    /// <summary>Port of the name server that asks the machine's resolver; not 53, which the machine may use itself.</summary>
    public const int ForwarderPort = 10053;

    /// <summary>More than a network has addresses; dnsmasq's own limit is a thousand.</summary>
    public const int MaxLeases = 1 << 16;

    /// <summary>How long a guest may keep its address before it asks again.</summary>
    public const int LeaseSeconds = 3600;

    /// <summary>The files of a network's own server: addresses for its adapters, names for its hosts.</summary>
    /// <param name="directory">Where the files will lie.</param>
    /// <param name="publicPool">Public names are made up for all of it, as AWS has a name for every address.</param>
    /// <param name="forwarder">Who is asked for other names, or <see langword="null"/>: they do not exist.</param>
    /// <param name="peers">The networks whose public names mean private addresses here too.</param>
    public static NameServerFiles OfVpc(VpcModel vpc, string directory, IPNetwork publicPool, IPAddress? forwarder, params IEnumerable<VpcModel> peers)
    {
        var publicDomain = PublicDomain(vpc.DomainName);
        var text = new StringBuilder(Common(directory));
        text.Append($"""
            interface={NetworkNames.TapPrefix}*
            addn-hosts={directory}/names
            dhcp-hostsfile={directory}/leases
            domain={vpc.DomainName}
            local=/{vpc.DomainName}/
            dhcp-authoritative
            no-ping
            leasefile-ro
            dhcp-lease-max={MaxLeases}
            quiet-dhcp
            dhcp-option=option:mtu,1500
            no-resolv

            """);
        text.Append(vpc.DhcpOptions.Lines());
        if (forwarder is not null)
        {
            text.Append($"server={forwarder}#{ForwarderPort}\n");
        }

        if (publicDomain is not null)
        {
            text.Append($"local=/{publicDomain}/\nsynth-domain={publicDomain},{publicPool},ec2-\n");
        }

        foreach (var subnet in vpc.Subnets)
        {
            // Clients that take option 121 ignore the router option (RFC 3442), so the default route is in both.
            text.Append($"dhcp-range=set:{subnet.Id},{subnet.Block.BaseAddress},static,{subnet.Block.Mask()},{LeaseSeconds}\n");
            text.Append($"dhcp-option=tag:{subnet.Id},option:classless-static-route,{Ipv4.MetadataAddress}/32,{subnet.Router},0.0.0.0/0,{subnet.Router}\n");
        }

        return new(text.ToString(), Lines(vpc.Adapters.Select(LeaseLine)), Lines(
        [
            .. vpc.Adapters.SelectMany(adapter => NameLines(adapter, vpc.DomainName, publicDomain)),
            .. peers.SelectMany(peer => peer.Adapters.SelectMany(adapter => PublicNameLines(adapter, PublicDomain(peer.DomainName)))),
        ]));
    }

    /// <summary>The files of the machine-side server that forwards what networks ask to the machine's own resolver.</summary>
    public static NameServerFiles OfForwarder(string directory, IPAddress listenAddress, string resolverFile) => new(
        Common(directory) + $"""
            port={ForwarderPort}
            listen-address={listenAddress}
            bind-interfaces
            resolv-file={resolverFile}

            """,
        "",
        "");

    /// <summary>The domain of public host names that belongs to one of private names (AWS: Public IPv4 DNS names), or <see langword="null"/>.</summary>
    public static string? PublicDomain(string domainName) =>
        domainName == "ec2.internal" ? "compute-1.amazonaws.com"
        : domainName.EndsWith(".compute.internal", StringComparison.Ordinal) ? $"{domainName[..^".compute.internal".Length]}.compute.amazonaws.com"
        : null;

    private static string Common(string directory) => $"""
        pid-file={directory}/pid
        log-facility={directory}/log
        no-hosts
        domain-needed
        bogus-priv
        cache-size=1000

        """;

    private static string LeaseLine(AdapterModel adapter) =>
        $"{adapter.MacAddress},{adapter.Address},{adapter.HostName},{LeaseSeconds}";

    /// <summary>Inside its own network a public name means the private address. The first name of an address is its reverse.</summary>
    private static IEnumerable<string> NameLines(AdapterModel adapter, string domainName, string? publicDomain)
    {
        yield return $"{adapter.Address} {adapter.HostName}.{domainName}";

        // An address has the name that follows from it, whatever its machine is called.
        if ($"ip-{Dashed(adapter.Address)}" is var own && own != adapter.HostName)
        {
            yield return $"{adapter.Address} {own}.{domainName}";
        }

        if (adapter.ResourceName is { } resource && resource != adapter.HostName)
        {
            yield return $"{adapter.Address} {resource}.{domainName}";
        }
        foreach (var secondary in adapter.SecondaryAddresses)
        {
            yield return $"{secondary.Address} ip-{Dashed(secondary.Address)}.{domainName}";
        }

        foreach (var line in PublicNameLines(adapter, publicDomain))
        {
            yield return line;
        }
    }

    private static IEnumerable<string> PublicNameLines(AdapterModel adapter, string? publicDomain) => publicDomain is null ? []
        : adapter.ReachableAddresses.Select(address => $"{address.Address} ec2-{Dashed(address.PublicAddress!)}.{publicDomain}");

    private static string Dashed(IPAddress address) => address.ToString().Replace('.', '-');

    private static string Lines(IEnumerable<string> lines) => string.Concat(lines.Select(line => line + "\n"));
}
