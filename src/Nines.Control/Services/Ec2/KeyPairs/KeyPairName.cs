using Nines.Control.Store;

namespace Nines.Control.Services.Ec2.KeyPairs;

/// <summary>That a key pair's name is taken in an account.</summary>
/// <param name="AccountId">The account.</param>
/// <param name="Id">The name.</param>
/// <param name="KeyPairId">Who has it.</param>
internal sealed record KeyPairName(string AccountId, string Id, string KeyPairId) : IResource
{
    /// <summary>All names that are taken.</summary>
    public static readonly TableDefinition<KeyPairName> Table = new("key-pair-names", Ec2JsonContext.Default.KeyPairName);
}
