using System.Security.Cryptography;
using Nines.Control.Ids;
using Nines.Control.Store;
using Nines.Wire;

namespace Nines.Control.Services.Kms;

/// <summary>What the cloud's other services ask of keys: to find one, and to make and open the data keys that they encrypt with.</summary>
internal sealed class DataKeys(Cloud cloud, IIdSource ids, KmsCipher cipher, string region)
{
    private const int DataKeyBytes = 32;
    private readonly KmsArns _arns = new(region);
    private readonly KmsKeys _keys = new(cloud, new KmsArns(region));

    /// <summary>The full name of a key.</summary>
    public string ArnOf(KmsKey key) => _arns.OfKey(key.AccountId, key.Id);

    /// <summary>The key that a request names in any way; <see langword="null"/> when the account has none of that name.</summary>
    public KmsKey? Find(CloudTransaction transaction, string accountId, string keyId)
    {
        try
        {
            return _keys.Find(transaction, accountId, keyId, isAliasAllowed: true);
        }
        catch (AwsException)
        {
            return null;
        }
    }

    /// <summary>The key that the cloud has for one of its services in an account; it is made when it is first needed.</summary>
    /// <param name="transaction">Where it is looked for and made.</param>
    /// <param name="accountId">Whose.</param>
    /// <param name="alias">Its name, <c>alias/aws/…</c>.</param>
    /// <param name="description">What it is for.</param>
    /// <param name="now">When it is made, if it is.</param>
    public KmsKey Managed(CloudTransaction transaction, string accountId, string alias, string description, DateTimeOffset now)
    {
        if (transaction.Find(KmsAlias.Table, accountId, alias) is { } known && transaction.Find(KmsKey.Table, accountId, known.KeyId) is { } there)
        {
            return there;
        }

        var id = ids.NextGuid().ToString();
        var key = new KmsKey
        {
            AccountId = accountId,
            Id = id,
            Description = description,
            CreationDate = now,
            IsManaged = true,
            Materials = [cipher.NewMaterial(id, now)],
        };
        transaction.Insert(KmsKey.Table, key);
        transaction.Insert(KmsAlias.Table, new KmsAlias(accountId, alias, id, now, now));
        return key;
    }

    /// <summary>A new data key, as only the key can open it.</summary>
    public byte[] New(KmsKey key, IReadOnlyDictionary<string, string> context)
    {
        var plaintext = cipher.RandomBytes(DataKeyBytes);
        var ciphertext = cipher.Encrypt(key, plaintext, context);
        CryptographicOperations.ZeroMemory(plaintext);
        return ciphertext;
    }

    /// <summary>A data key, opened.</summary>
    /// <exception cref="AwsException"><c>InvalidCiphertextException</c>: it was made with another key, or with another context.</exception>
    public byte[] Open(KmsKey key, ReadOnlySpan<byte> ciphertext, IReadOnlyDictionary<string, string> context) => cipher.Decrypt(key, ciphertext, context);
}
