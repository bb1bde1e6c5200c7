using System.Collections.Immutable;
using Nines.Control.Services.Ec2.Tags;
using Nines.Control.Services.Ec2.Vpcs;
using Nines.Control.Store;

namespace Nines.Control.Services.Ec2.RouteTables;

/// <summary>Where a subnet's packets go.</summary>
internal sealed record RouteTable : ITaggable<RouteTable>
{
    /// <summary>All route tables.</summary>
    public static readonly TableDefinition<RouteTable> Table = new("route-tables", Ec2JsonContext.Default.RouteTable);

    /// <summary>Those of a VPC.</summary>
    public static readonly IndexDefinition<RouteTable> ByVpc = Table.Index("vpc", table => table.VpcId);

    /// <summary>The one that a subnet is associated with by name; without one the VPC's main table serves it.</summary>
    public static readonly IndexDefinition<RouteTable> BySubnet =
        Table.IndexMany("subnet", table => table.Associations.Select(association => association.SubnetId).OfType<string>());

    /// <summary>The one that has an association.</summary>
    public static readonly IndexDefinition<RouteTable> ByAssociation = Table.IndexMany("association", table => table.Associations.Select(association => association.Id));

    /// <inheritdoc/>
    public required string AccountId { get; init; }

    /// <inheritdoc/>
    public required string Id { get; init; }

    /// <summary>The VPC it belongs to.</summary>
    public required string VpcId { get; init; }

    /// <summary>The routes; the most specific one that fits a packet takes it.</summary>
    public ImmutableArray<Route> Routes { get; init; } = [];

    /// <summary>What it serves.</summary>
    public ImmutableArray<RouteTableAssociation> Associations { get; init; } = [];

    /// <summary>What its maker called the request, so that the same one again makes no second table.</summary>
    public string? ClientToken { get; init; }

    /// <inheritdoc/>
    public ImmutableSortedDictionary<string, string> Tags { get; init; } = TagMap.Empty;

    /// <summary>The routes that every table of a VPC has: one to each of its blocks.</summary>
    public static ImmutableArray<Route> LocalRoutes(Vpc vpc) =>
        [.. vpc.CidrBlocks.Select(block => new Route { DestinationCidrBlock = block.CidrBlock, GatewayId = Route.LocalTarget, Origin = Route.OfTable })];

    /// <inheritdoc/>
    public RouteTable WithTags(ImmutableSortedDictionary<string, string> tags) => this with { Tags = tags };
}
