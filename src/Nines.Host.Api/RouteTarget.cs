namespace Nines.Host.Api;

/// <summary>What takes the packets of a route.</summary>
public enum RouteTarget
{
    /// <summary>Nothing: they are dropped. The target of a route is so when it is gone.</summary>
    Blackhole,

    /// <summary>The internet gateway, which carries what has a public address.</summary>
    Internet,

    /// <summary>A NAT gateway, which carries what has none.</summary>
    NatGateway,

    /// <summary>A peering, which carries what is for the other network.</summary>
    Peering,
}
