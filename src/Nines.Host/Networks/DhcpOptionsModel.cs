using System.Collections.Immutable;
using System.Net;
using System.Text;
using Nines.Host.Api;

namespace Nines.Host.Networks;

/// <summary>What guests are told by DHCP, accepted.</summary>
internal sealed record DhcpOptionsModel
{
    /// <summary>The domain in which guests look names up, or <see langword="null"/>.</summary>
    public required string? DomainName { get; init; }

    public required ImmutableArray<IPAddress> NameServers { get; init; }

    public ImmutableArray<IPAddress> TimeServers { get; init; } = [];

    public ImmutableArray<IPAddress> NetbiosNameServers { get; init; } = [];

    public int? NetbiosNodeType { get; init; }

    /// <summary>Accepts options; a network that says nothing of them has its own domain and name server.</summary>
    /// <param name="spec">The options.</param>
    /// <param name="vpc">The network, for messages and for its domain.</param>
    /// <param name="nameServer">The network's own name server.</param>
    /// <exception cref="NetworkSpecException">It says something that cannot be.</exception>
    public static DhcpOptionsModel Parse(DhcpOptionsSpec? spec, VpcSpec vpc, IPAddress nameServer)
    {
        if (spec is null)
        {
            return new() { DomainName = vpc.DomainName, NameServers = [nameServer] };
        }

        return new()
        {
            DomainName = spec.DomainName is null ? null : VpcModel.SafeDomain(spec.DomainName, vpc.Id),
            NameServers = [.. spec.NameServers.Select(server => server == DhcpOptionsSpec.OwnNameServer ? nameServer : Ipv4.Address(server, vpc.Id))],
            TimeServers = [.. spec.TimeServers.Select(server => Ipv4.Address(server, vpc.Id))],
            NetbiosNameServers = [.. spec.NetbiosNameServers.Select(server => Ipv4.Address(server, vpc.Id))],
            NetbiosNodeType = spec.NetbiosNodeType is null or 1 or 2 or 4 or 8
                ? spec.NetbiosNodeType
                : throw new NetworkSpecException($"{vpc.Id}: {spec.NetbiosNodeType} is not a NetBIOS node type."),
        };
    }

    /// <summary>The options as lines of dnsmasq; one without a value keeps it from telling a default of its own.</summary>
    public string Lines()
    {
        var text = new StringBuilder();
        Append("domain-name", DomainName);
        Append("dns-server", Join(NameServers));
        if (!TimeServers.IsEmpty)
        {
            Append("ntp-server", Join(TimeServers));
        }

        if (!NetbiosNameServers.IsEmpty)
        {
            Append("netbios-ns", Join(NetbiosNameServers));
        }

        if (NetbiosNodeType is { } type)
        {
            Append("netbios-nodetype", $"{type}");
        }

        return text.ToString();

        void Append(string option, string? value) => text.Append(string.IsNullOrEmpty(value) ? $"dhcp-option=option:{option}\n" : $"dhcp-option=option:{option},{value}\n");

        static string Join(ImmutableArray<IPAddress> addresses) => string.Join(',', addresses);
    }
}
