using System.Collections.Immutable;

namespace Nines.Host.Api;

/// <summary>What a network's guests are told by DHCP beside their address.</summary>
public sealed record DhcpOptionsSpec
{
    /// <summary>The name server that stands for the network's own, in <see cref="NameServers"/>.</summary>
    public const string OwnNameServer = "AmazonProvidedDNS";

    /// <summary>Domain in which guests look names up, or <see langword="null"/> for none.</summary>
    public string? DomainName { get; init; }

    /// <summary>Name servers by IPv4 address, or <see cref="OwnNameServer"/>.</summary>
    public ImmutableArray<string> NameServers { get => field.IsDefault ? [] : field; init; } = [];

    /// <summary>Time servers by IPv4 address.</summary>
    public ImmutableArray<string> TimeServers { get => field.IsDefault ? [] : field; init; } = [];

    /// <summary>NetBIOS name servers by IPv4 address.</summary>
    public ImmutableArray<string> NetbiosNameServers { get => field.IsDefault ? [] : field; init; } = [];

    /// <summary>NetBIOS node type: 1, 2, 4 or 8 (RFC 2132), or <see langword="null"/>.</summary>
    public int? NetbiosNodeType { get; init; }
}
