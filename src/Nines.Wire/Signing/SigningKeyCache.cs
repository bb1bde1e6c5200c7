using System.Collections.Concurrent;

namespace Nines.Wire.Signing;

/// <summary>
/// Signing keys that were derived before. A client signs thousands of requests a day with one key; deriving it costs
/// four of the six HMACs of a verification.
/// </summary>
/// <param name="capacity">How many keys are kept; beyond it all are forgotten, which is cheaper than to know the oldest.</param>
public sealed class SigningKeyCache(int capacity = 4096)
{
    private readonly ConcurrentDictionary<(string AccessKeyId, CredentialScope Scope), (string Secret, byte[] Key)> _keys = new();

    /// <summary>The key of an access key and scope. The caller has found the access key, so the pair is known to exist.</summary>
    public byte[] Get(string accessKeyId, string secretAccessKey, in CredentialScope scope)
    {
        // An access key id may be given a new secret (the operator passes other root keys): the old key must not live on.
        if (_keys.TryGetValue((accessKeyId, scope), out var known) && known.Secret == secretAccessKey)
        {
            return known.Key;
        }

        var key = SigningKey.Derive(secretAccessKey, scope);
        if (_keys.Count >= capacity)
        {
            _keys.Clear();
        }

        _keys[(accessKeyId, scope)] = (secretAccessKey, key);
        return key;
    }
}
