using Nines.Control.Services.Ec2.NetworkInterfaces;

namespace Nines.Control.Services.Ec2.Reachability;

/// <summary>One end of the way that is asked about: an interface by one of its addresses, or what lies outside the cloud.</summary>
internal sealed record ReachEndpoint
{
    /// <summary>An address that stands for all that is outside (RFC 5737: documentation, nobody's).</summary>
    public const string Anywhere = "203.0.113.1";

    /// <summary>The interface, or <see langword="null"/> outside.</summary>
    public NetworkInterface? Adapter { get; private init; }

    /// <summary>Its private address, or the address outside.</summary>
    public required string Address { get; init; }

    /// <summary>The public address of that, or <see langword="null"/>.</summary>
    public string? PublicAddress { get; private init; }

    /// <summary>Whether it was named by its public address: then packets go there, out and in again.</summary>
    public bool IsByPublicAddress { get; private init; }

    /// <summary>An interface.</summary>
    public static ReachEndpoint Of(NetworkInterface adapter, InterfaceAddress address, bool byPublicAddress) =>
        new() { Adapter = adapter, Address = address.PrivateIpAddress, PublicAddress = address.PublicIpAddress, IsByPublicAddress = byPublicAddress };

    /// <summary>Something outside.</summary>
    public static ReachEndpoint Outside(string address = Anywhere) => new() { Address = address };
}
