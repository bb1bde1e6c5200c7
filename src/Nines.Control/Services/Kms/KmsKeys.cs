using Nines.Control.Store;

namespace Nines.Control.Services.Kms;

/// <summary>Finds the key that a request names: by id, by alias, or by the full name of either.</summary>
internal sealed class KmsKeys(Cloud cloud, KmsArns arns)
{
    private const string KeyPrefix = "key/";

    /// <summary>The key of a request that only reads.</summary>
    /// <param name="accountId">The caller's account.</param>
    /// <param name="keyId">As it was asked for.</param>
    /// <exception cref="Nines.Wire.AwsException"><c>NotFoundException</c>, <c>InvalidArnException</c>, <c>ValidationException</c>.</exception>
    public KmsKey Find(string accountId, string? keyId) => Resolve(accountId, keyId, isAliasAllowed: true, cloud.Find, cloud.Find);

    /// <summary>The key of a request that changes it; that it stays as it is becomes a condition.</summary>
    /// <exception cref="Nines.Wire.AwsException"><c>NotFoundException</c>, <c>InvalidArnException</c>, <c>ValidationException</c>.</exception>
    public KmsKey Find(CloudTransaction transaction, string accountId, string? keyId, bool isAliasAllowed = false) =>
        Resolve(accountId, keyId, isAliasAllowed, transaction.Find, transaction.Find);

    /// <summary>The key, if it can encrypt and decrypt now.</summary>
    /// <exception cref="Nines.Wire.AwsException"><c>DisabledException</c>, <c>KMSInvalidStateException</c>.</exception>
    public KmsKey RequireUsable(KmsKey key) =>
        key.DeletionDate is not null ? throw KmsErrors.PendingDeletion(ArnOf(key))
        : key.IsDisabled ? throw KmsErrors.Disabled(ArnOf(key))
        : key;

    /// <summary>The key, if it is not to go.</summary>
    /// <exception cref="Nines.Wire.AwsException"><c>KMSInvalidStateException</c>.</exception>
    public KmsKey RequireStaying(KmsKey key) => key.DeletionDate is null ? key : throw KmsErrors.PendingDeletion(ArnOf(key));

    public string ArnOf(KmsKey key) => arns.OfKey(key.AccountId, key.Id);

    private KmsKey Resolve(
        string accountId, string? keyId, bool isAliasAllowed, Func<TableDefinition<KmsKey>, string, string, KmsKey?> findKey, Func<TableDefinition<KmsAlias>, string, string, KmsAlias?> findAlias)
    {
        var asked = KmsErrors.Require(keyId, "keyId");
        var (owner, name) = arns.Parse(asked) ?? (accountId, asked.StartsWith(KmsAlias.Prefix, StringComparison.Ordinal) ? asked : KeyPrefix + asked);
        if (name.StartsWith(KmsAlias.Prefix, StringComparison.Ordinal))
        {
            if (!isAliasAllowed)
            {
                throw KmsErrors.InvalidKeyId(asked);
            }

            return owner == accountId && findAlias(KmsAlias.Table, owner, name) is { } alias && findKey(KmsKey.Table, owner, alias.KeyId) is { } named
                ? named
                : throw KmsErrors.AliasNotFound(arns.OfAlias(owner, name));
        }

        if (!name.StartsWith(KeyPrefix, StringComparison.Ordinal) || !Guid.TryParseExact(name[KeyPrefix.Length..], "D", out var id))
        {
            throw KmsErrors.InvalidKeyId(asked);
        }

        // A key of another account is as one that is not there: no policy lets anybody else use it.
        return owner == accountId && findKey(KmsKey.Table, owner, id.ToString()) is { } key
            ? key
            : throw KmsErrors.KeyNotFound(arns.OfKey(owner, id.ToString()));
    }
}
