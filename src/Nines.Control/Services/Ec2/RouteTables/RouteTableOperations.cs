using Nines.Api.Ec2;
using Nines.Control.Gateway;
using Nines.Control.Services.Ec2.Query;
using Nines.Control.Services.Ec2.Tags;
using Nines.Control.Store;

namespace Nines.Control.Services.Ec2.RouteTables;

/// <summary>What a client may ask of route tables.</summary>
internal sealed class RouteTableOperations(Cloud cloud) : IOperations
{
    /// <summary>The filters of DescribeRouteTables.</summary>
    internal static readonly FilterSet<RouteTableView> Filters = new FilterSet<RouteTableView>()
        .AddMany("association.route-table-association-id", view => view.Table.Associations.Select(association => association.Id))
        .AddMany("association.route-table-id", view => view.Table.Associations.Select(_ => view.Table.Id))
        .AddMany("association.subnet-id", view => view.Table.Associations.Select(association => association.SubnetId))
        .AddMany("association.main", view => view.Table.Associations.Select(association => association.SubnetId is null ? "true" : "false"))
        .Add("owner-id", view => view.Table.AccountId)
        .Add("route-table-id", view => view.Table.Id)
        .AddMany("route.destination-cidr-block", view => view.Table.Routes.Select(route => route.DestinationCidrBlock))
        .AddMany("route.gateway-id", view => view.Table.Routes.Select(route => route.GatewayId))
        .AddMany("route.nat-gateway-id", view => view.Table.Routes.Select(route => route.NatGatewayId))
        .AddMany("route.origin", view => view.Table.Routes.Select(route => route.Origin))
        .AddMany("route.vpc-peering-connection-id", view => view.Table.Routes.Select(route => route.VpcPeeringConnectionId))
        .AddMany("route.state", view => view.Table.Routes.Select(view.StateOf))
        .Add("vpc-id", view => view.Table.VpcId)
        .AddNeverMatching(
            "association.gateway-id",
            "route.destination-ipv6-cidr-block",
            "route.destination-prefix-list-id",
            "route.egress-only-internet-gateway-id",
            "route.instance-id",
            "route.transit-gateway-id")
        .AddTags(view => view.Table.Tags);

    private static readonly PageLimits s_pages = new(5, 100);

    public void Map(OperationTable table) => table.On(Ec2Api.DescribeRouteTables, DescribeAsync);

    private ValueTask<DescribeRouteTablesResult> DescribeAsync(DescribeRouteTablesRequest input, Call call, CancellationToken cancellationToken)
    {
        var matches = Filters.Compile(input.Filters);
        var page = PageRequest.Parse(s_pages, input.MaxResults, input.NextToken, new PageScope("DescribeRouteTables", call.AccountId, input.Filters));
        var tables = Lookup.Select<RouteTable, RouteTableId>(cloud, RouteTable.Table, call.AccountId, input.RouteTableIds, page.AfterKey)
            .Select(table => new RouteTableView(table, cloud));
        var (items, next) = page.Take(tables.Where(matches), view => view.Table.Id);
        return new(new DescribeRouteTablesResult { RouteTables = [.. items.Select(Describe)], NextToken = next });
    }

    /// <summary>A table as EC2 answers it.</summary>
    internal static Api.Ec2.RouteTable Describe(RouteTableView view) => new()
    {
        RouteTableId = view.Table.Id,
        VpcId = view.Table.VpcId,
        OwnerId = view.Table.AccountId,
        Associations =
        [
            .. view.Table.Associations.Select(association => new Api.Ec2.RouteTableAssociation
            {
                RouteTableAssociationId = association.Id,
                RouteTableId = view.Table.Id,
                SubnetId = association.SubnetId,
                Main = association.SubnetId is null,
                AssociationState = Associated,
            }),
        ],
        Routes = [.. view.Table.Routes.Select(route => Describe(view, route))],
        PropagatingVgws = [],
        Tags = view.Table.Tags.ToApiOrNull(),
    };

    /// <summary>The state of an association that serves.</summary>
    internal static RouteTableAssociationState Associated { get; } = new() { State = "associated" };

    private static Api.Ec2.Route Describe(RouteTableView view, Route route) => new()
    {
        DestinationCidrBlock = route.DestinationCidrBlock,
        GatewayId = route.GatewayId,
        NatGatewayId = route.NatGatewayId,
        VpcPeeringConnectionId = route.VpcPeeringConnectionId,
        Origin = route.Origin,
        State = view.StateOf(route),
    };
}
