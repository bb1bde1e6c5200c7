using System.Collections.Immutable;

namespace Nines.Host.Api;

/// <summary>Where packets go that leave the network; those to the network's own addresses need no route.</summary>
public sealed record RouteTableSpec
{
    /// <summary>The id, <c>rtb-…</c>.</summary>
    public required string Id { get; init; }

    /// <summary>The routes; the most specific one that fits a packet takes it, and what none fits is dropped.</summary>
    public ImmutableArray<RouteSpec> Routes { get; init; } = [];
}
