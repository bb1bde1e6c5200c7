using Nines.Control.Store;

namespace Nines.Control.Identity;

/// <summary>A long-term access key of an account's root.</summary>
internal sealed record AccessKey : IResource
{
    public static readonly TableDefinition<AccessKey> Table = new("access-keys", IdentityJsonContext.Default.AccessKey);

    /// <summary>By its id alone: a request names no account.</summary>
    public static readonly IndexDefinition<AccessKey> ById = Table.Index("id", key => key.Id);

    public required string AccountId { get; init; }

    /// <summary>The access key id, which is no secret: <c>AKIA…</c>.</summary>
    public required string Id { get; init; }

    /// <summary>The secret, sealed with the master key of the store.</summary>
    public required byte[] SealedSecret { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
}
