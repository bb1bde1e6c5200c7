using System.Net;

namespace Nines.Control.Gateway;

/// <summary>Where the gateway listens, and what it says about itself.</summary>
internal sealed record GatewayOptions
{
    /// <summary>The port that emulators of AWS use and that <c>awslocal</c>, <c>tflocal</c> and <c>cdklocal</c> expect.</summary>
    public const int DefaultPort = 4566;

    /// <summary>The address; this machine only, unless told otherwise.</summary>
    public IPAddress Address { get; init; } = IPAddress.Loopback;

    /// <summary>The port; 0: one that is free.</summary>
    public int Port { get; init; } = DefaultPort;

    /// <summary>The region of this cloud.</summary>
    public string Region { get; init; } = Identity.IdentityOptions.DefaultRegion;

    /// <summary>The program's version.</summary>
    public string Version { get; init; } = "0";

    /// <summary>What clients may cost.</summary>
    public GatewayLimits Limits { get; init; } = new();
}
