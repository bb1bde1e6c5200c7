namespace Nines.Host.Networks;

/// <summary>What a user may choose about the networks of one cloud on one host.</summary>
public sealed record NetworkOptions
{
    /// <summary>
    /// Addresses that stand for the internet. The machine reaches guests by them and they never leave it; two clouds on one machine
    /// need two pools. The first <see cref="PublicPoolReservation"/> are the cloud's own and must not be given to adapters.
    /// </summary>
    public string PublicPool { get; init; } = "198.18.0.0/16";

    /// <summary>How many addresses at the start of the pool are the cloud's own: the second is this machine, the third the internet gateway.</summary>
    public static int PublicPoolReservation => 16;

    /// <summary>Whether guests with a public address reach what lies beyond this machine.</summary>
    public Egress Egress { get; init; } = Egress.Uplink;

    /// <summary>Device of the uplink, or <see langword="null"/> for the one of the default route.</summary>
    public string? UplinkDevice { get; init; }

    /// <summary>Resolver configuration that names outside of the clouds are looked up with; <see langword="null"/>: they do not exist.</summary>
    public string? ResolverFile { get; init; } = "/etc/resolv.conf";

    /// <summary>How often the name servers are looked after.</summary>
    public TimeSpan SupervisionInterval { get; init; } = TimeSpan.FromSeconds(1);
}
