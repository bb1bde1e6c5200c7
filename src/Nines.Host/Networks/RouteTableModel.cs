using System.Collections.Immutable;
using System.Net;
using Nines.Host.Api;

namespace Nines.Host.Networks;

/// <summary>A route table, accepted: the most specific routes first, so that the first that fits is the right one.</summary>
internal sealed record RouteTableModel(string Id, ImmutableArray<(IPNetwork Destination, RouteTarget Target, string? TargetId)> Routes)
{
    /// <summary>Whether a route leads to the internet gateway.</summary>
    public bool HasInternetRoute => Routes.Any(route => route.Target == RouteTarget.Internet);

    /// <summary>Whether a route leads out of the network at all.</summary>
    public bool HasWayOut => Routes.Any(route => route.Target != RouteTarget.Blackhole);

    /// <summary>Whether all that leaves the network may leave it, so that there is nothing to look up.</summary>
    public bool LeadsEverywhere => Routes is [{ Destination.PrefixLength: 0, Target: RouteTarget.Internet }];

    /// <summary>Accepts a table.</summary>
    /// <exception cref="NetworkSpecException">It says something that cannot be.</exception>
    public static RouteTableModel Parse(RouteTableSpec spec) => new(
        VpcModel.SafeId(spec.Id),
        [
            .. spec.Routes
                .Select(route => (Destination: Ipv4.Block(route.DestinationCidrBlock, spec.Id), route.Target, route.TargetId))
                .OrderByDescending(route => route.Destination.PrefixLength)
                .ThenBy(route => route.Destination.BaseAddress.ToNumber()),
        ]);
}
