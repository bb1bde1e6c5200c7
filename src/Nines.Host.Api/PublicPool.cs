namespace Nines.Host.Api;

/// <summary>The block of addresses that stands for the internet on a host, agreed between who gives addresses out and who routes them.</summary>
public static class PublicPool
{
    /// <summary>The pool that a cloud has unless it is told another (RFC 2544: never routed on the internet).</summary>
    public const string Default = "198.18.0.0/16";

    /// <summary>
    /// How many addresses at the start of the pool are the cloud's own and never an adapter's: the second is the machine, the third
    /// the internet gateway. The pool's last address is not given out either.
    /// </summary>
    public const int ReservedAddresses = 16;
}
