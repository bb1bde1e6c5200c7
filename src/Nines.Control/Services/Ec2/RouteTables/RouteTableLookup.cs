using Nines.Control.Services.Ec2.Query;
using Nines.Control.Store;
using Nines.Wire;

namespace Nines.Control.Services.Ec2.RouteTables;

/// <summary>Finds the route table that a request names.</summary>
internal static class RouteTableLookup
{
    /// <exception cref="AwsException"><c>InvalidRouteTableId.Malformed</c>, <c>InvalidRouteTableID.NotFound</c>.</exception>
    public static RouteTable Require(CloudTransaction transaction, string accountId, string? id) =>
        transaction.Find(RouteTable.Table, accountId, ResourceId.Parse<RouteTableId>(id).Value) ?? throw Ec2Errors.NotFound(ResourceKind.RouteTable, id!);

    /// <summary>The table that has an association, and that.</summary>
    /// <exception cref="AwsException"><c>InvalidAssociationID.NotFound</c>.</exception>
    public static (RouteTable Table, RouteTableAssociation Association) RequireAssociation(CloudTransaction transaction, string accountId, string id)
    {
        // The index says which table; that it still has the association is read again as a condition of the transaction.
        var listed = transaction.By(RouteTable.ByAssociation, id).FirstOrDefault(table => table.AccountId == accountId);
        var table = listed is null ? null : transaction.Find(RouteTable.Table, accountId, listed.Id);
        return table?.Associations.FirstOrDefault(association => association.Id == id) is { } found
            ? (table, found)
            : throw RouteTableErrors.AssociationNotFound(id);
    }
}
