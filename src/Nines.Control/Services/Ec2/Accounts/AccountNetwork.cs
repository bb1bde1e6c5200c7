using System.Collections.Immutable;
using Nines.Control.Store;

namespace Nines.Control.Services.Ec2.Accounts;

/// <summary>
/// What an account was given when it began: its default VPC, once. A user may delete that VPC later, and the cloud must not
/// make another at its next start; so this says that it was made, not that it is there.
/// </summary>
internal sealed record AccountNetwork : IResource
{
    /// <summary>The only id in this table: an account has one.</summary>
    public const string OnlyId = "network";

    /// <summary>All accounts that were begun.</summary>
    public static readonly TableDefinition<AccountNetwork> Table = new("account-networks", Ec2JsonContext.Default.AccountNetwork);

    /// <inheritdoc/>
    public required string AccountId { get; init; }

    /// <inheritdoc/>
    public string Id => OnlyId;

    /// <summary>The default VPC that it was given.</summary>
    public required string DefaultVpcId { get; init; }

    /// <summary>The zones in which it was given a default subnet.</summary>
    public ImmutableArray<string> Zones { get; init; } = [];
}
