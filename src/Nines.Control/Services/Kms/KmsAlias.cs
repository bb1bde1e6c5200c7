using Nines.Control.Store;

namespace Nines.Control.Services.Kms;

/// <summary>A name for a key.</summary>
/// <param name="AccountId">Whose.</param>
/// <param name="Id">The name, <c>alias/</c> and all.</param>
/// <param name="KeyId">The key that it is for now.</param>
/// <param name="CreationDate">When it was made.</param>
/// <param name="LastUpdatedDate">When it was last given a key.</param>
internal sealed record KmsAlias(string AccountId, string Id, string KeyId, DateTimeOffset CreationDate, DateTimeOffset LastUpdatedDate) : IResource
{
    public static readonly TableDefinition<KmsAlias> Table = new("kms-aliases", KmsJsonContext.Default.KmsAlias);

    public static readonly IndexDefinition<KmsAlias> ByKey = Table.Index("key", alias => alias.KeyId);

    /// <summary>What every name begins with.</summary>
    public const string Prefix = "alias/";

    /// <summary>What names of the cloud's own keys begin with.</summary>
    public const string ManagedPrefix = "alias/aws/";
}
