using System.Net;
using Nines.Control.Gateway;
using Nines.Control.Hosts;
using Nines.Control.Identity;
using Nines.Control.Services.Ec2.Addresses;

namespace Nines.Control;

/// <summary>How a control plane shall be.</summary>
internal sealed record ControlPlaneOptions
{
    /// <summary>Where it keeps everything.</summary>
    public required string StateDirectory { get; init; }

    /// <summary>Where buckets lie.</summary>
    public required string BucketsDirectory { get; init; }

    /// <summary>Where the API listens.</summary>
    public IPAddress Listen { get; init; } = IPAddress.Loopback;

    /// <summary>TCP port of the API; 0 takes a free one.</summary>
    public int Port { get; init; } = GatewayOptions.DefaultPort;

    /// <summary>The program's version.</summary>
    public string Version { get; init; } = "0";

    /// <summary>Availability zones.</summary>
    public int Zones { get; init; } = 3;

    /// <summary>The account, its region and its root keys.</summary>
    public IdentityOptions Identity { get; init; } = new();

    /// <summary>How full hosts may get.</summary>
    public PlacementOptions Placement { get; init; } = new();

    /// <summary>Public addresses.</summary>
    public AddressOptions Addresses { get; init; } = new();
}
