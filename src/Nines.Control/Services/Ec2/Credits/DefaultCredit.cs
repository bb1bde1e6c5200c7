using Nines.Control.Store;

namespace Nines.Control.Services.Ec2.Credits;

/// <summary>An account's own default for the instances of a family.</summary>
/// <param name="AccountId">The account.</param>
/// <param name="Id">The family, <c>t3</c>.</param>
/// <param name="CpuCredits"><c>standard</c> or <c>unlimited</c>.</param>
internal sealed record DefaultCredit(string AccountId, string Id, string CpuCredits) : IResource
{
    /// <summary>Defaults that were changed.</summary>
    public static readonly TableDefinition<DefaultCredit> Table = new("default-credits", Ec2JsonContext.Default.DefaultCredit);
}
