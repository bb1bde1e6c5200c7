using System.Runtime.CompilerServices;
using System.Text;
using Nines.Control.Secrets;
using Nines.Control.Store;
using Nines.Wire.Signing;

namespace Nines.Control.Identity;

/// <summary>The long-term access keys: found by id alone, their secrets unsealed once.</summary>
internal sealed class AccessKeys(Cloud cloud, SecretBox box)
{
    // Keyed by the record itself: when a key is replaced or removed its secret goes with the old record.
    private readonly ConditionalWeakTable<AccessKey, string> _secrets = [];

    /// <summary>The key of that id with its secret, or null.</summary>
    public (AccessKey Key, string Secret)? Find(string accessKeyId)
    {
        foreach (var key in cloud.By(AccessKey.ById, accessKeyId))
        {
            return (key, Secret(key));
        }

        return null;
    }

    /// <summary>The record of a key, its secret sealed for it alone.</summary>
    public AccessKey Make(string accountId, Credentials keys, DateTimeOffset now) => new()
    {
        AccountId = accountId,
        Id = keys.AccessKeyId,
        SealedSecret = box.Seal(Encoding.UTF8.GetBytes(keys.SecretAccessKey), Purpose(accountId, keys.AccessKeyId)),
        CreatedAt = now,
    };

    /// <summary>The secret of a key.</summary>
    public string Secret(AccessKey key) => _secrets.GetValue(key, Unseal);

    private string Unseal(AccessKey key) => Encoding.UTF8.GetString(box.Open(key.SealedSecret, Purpose(key.AccountId, key.Id)));

    /// <summary>What the secret is sealed for: a sealed secret that is moved to another record does not open.</summary>
    private static string Purpose(string accountId, string accessKeyId) => $"access-key/{accountId}/{accessKeyId}";
}
