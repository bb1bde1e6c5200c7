using System.Collections.Immutable;
using System.Net;

namespace Nines.Host.Networks;

/// <summary>An adapter, accepted.</summary>
internal sealed record AdapterModel
{
    public required string Id { get; init; }

    /// <summary>Name of its tap.</summary>
    public required string Tap { get; init; }

    public required SubnetModel Subnet { get; init; }

    public required string MacAddress { get; init; }

    public required IPAddress Address { get; init; }

    public required IPAddress? PublicAddress { get; init; }

    public required string HostName { get; init; }

    /// <summary>Its security groups, in order.</summary>
    public required ImmutableArray<string> GroupIds { get; init; }

    public required bool SourceDestinationCheck { get; init; }

    /// <summary>The public address that works: one in a subnet without a route to the internet does not.</summary>
    public IPAddress? ReachablePublicAddress => Subnet.HasInternetRoute ? PublicAddress : null;
}
