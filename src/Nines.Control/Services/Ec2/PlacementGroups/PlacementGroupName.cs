using Nines.Control.Store;

namespace Nines.Control.Services.Ec2.PlacementGroups;

/// <summary>That a placement group's name is taken in an account.</summary>
/// <param name="AccountId">The account.</param>
/// <param name="Id">The name.</param>
/// <param name="GroupId">Who has it.</param>
internal sealed record PlacementGroupName(string AccountId, string Id, string GroupId) : IResource
{
    /// <summary>All names that are taken.</summary>
    public static readonly TableDefinition<PlacementGroupName> Table = new("placement-group-names", Ec2JsonContext.Default.PlacementGroupName);
}
