using System.Collections.Immutable;
using System.Net;

namespace Nines.Host.Networks;

/// <summary>An adapter, accepted.</summary>
internal sealed record AdapterModel
{
    public required string Id { get; init; }

    /// <summary>Name of its tap.</summary>
    public required string Tap { get; init; }

    /// <summary>The tap that its packets go by: its own, or that of the adapter that carries for it while its cable is pulled.</summary>
    public required string CarrierTap { get; init; }

    public required SubnetModel Subnet { get; init; }

    public required string MacAddress { get; init; }

    public required IPAddress Address { get; init; }

    public required IPAddress? PublicAddress { get; init; }

    /// <summary>Private addresses after the primary one, in order.</summary>
    public ImmutableArray<AddressModel> SecondaryAddresses { get; init; } = [];

    public required string HostName { get; init; }

    /// <summary>Another name that leads to its primary address, or <see langword="null"/>.</summary>
    public string? ResourceName { get; init; }

    /// <summary>Its security groups, in order.</summary>
    public required ImmutableArray<string> GroupIds { get; init; }

    public required bool SourceDestinationCheck { get; init; }

    /// <summary>Whether another adapter carries for it.</summary>
    public bool IsCarried => CarrierTap != Tap;

    /// <summary>All its private addresses, the primary one first.</summary>
    public IEnumerable<AddressModel> Addresses => SecondaryAddresses.Prepend(new(Address, PublicAddress));

    /// <summary>The addresses whose public one works: in a subnet without a route to the internet none does.</summary>
    public IEnumerable<AddressModel> ReachableAddresses => Subnet.HasInternetRoute ? Addresses.Where(address => address.PublicAddress is not null) : [];
}
