using Nines.Host.Api;

namespace Nines.Host.Networks;

/// <summary>What a user may choose about the networks of one cloud on one host.</summary>
public sealed record NetworkOptions
{
    /// <summary>
    /// Addresses that stand for the internet, between /8 and /24. The machine reaches guests by them and they never leave it; two
    /// clouds on one machine need two pools. The first <see cref="Api.PublicPool.ReservedAddresses"/> are the cloud's own.
    /// </summary>
    public string PublicPool { get; init; } = Api.PublicPool.Default;

    /// <summary>Whether guests with a public address reach what lies beyond this machine.</summary>
    public Egress Egress { get; init; } = Egress.Uplink;

    /// <summary>Device of the uplink, or <see langword="null"/> for the one of the default route.</summary>
    public string? UplinkDevice { get; init; }

    /// <summary>
    /// Resolver configuration that names outside of the cloud are looked up with, where guests may reach the outside at all;
    /// <see langword="null"/>: such names do not exist.
    /// </summary>
    public string? ResolverFile { get; init; } = "/etc/resolv.conf";

    internal string? ForwardingResolver => Egress == Egress.None ? null : ResolverFile;

    /// <summary>How often the name servers are looked after.</summary>
    public TimeSpan SupervisionInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>For how long a network that shall be as it is already is not looked at again.</summary>
    public TimeSpan VerifyInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long packets are counted before flow logs tell of them; AWS takes a minute at most for machines like these.</summary>
    public TimeSpan FlowInterval { get; init; } = TimeSpan.FromMinutes(1);
}
