using System.Buffers;
using Nines.Control.Store;
using Nines.Wire.Signing;

namespace Nines.Control.Identity;

/// <summary>Sees to it at every start that there is an account with root keys, and that its owner can read them.</summary>
internal sealed class AccountBootstrap(Cloud cloud, AccessKeys keys, AccessKeyGenerator generator, TimeProvider time)
{
    private static readonly SearchValues<char> s_regionCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-");

    /// <summary>Makes what is missing, takes over the keys that were passed in, and writes the credentials file.</summary>
    /// <exception cref="IdentityException">What was asked for contradicts the state, or is malformed.</exception>
    public async Task<RootCredentials> EnsureAsync(IdentityOptions options, CancellationToken cancellationToken)
    {
        Validate(options);
        var account = cloud.ListAll(Account.Table).FirstOrDefault(known => known.Name is null);
        if (account is not null && options.AccountId is { } asked && asked != account.AccountId)
        {
            throw new IdentityException(
                $"The state belongs to the account {account.AccountId}, not to {asked}: leave out the account, or use another state directory.");
        }

        var accountId = account?.AccountId ?? options.AccountId ?? IdentityOptions.DefaultAccountId;
        var now = time.GetUtcNow();
        var current = cloud.List(AccessKey.Table, accountId).FirstOrDefault();
        var root = options.RootKeys
            ?? (current is null ? generator.Next(AccessKeyGenerator.LongTermPrefix) : new Credentials(current.Id, keys.Secret(current)));

        await cloud.WriteAsync(
            transaction =>
            {
                if (transaction.Find(Account.Table, accountId, accountId) is null)
                {
                    transaction.Insert(Account.Table, new Account { AccountId = accountId, CreatedAt = now });
                }

                Replace(transaction, accountId, root, now);
                return true;
            },
            cancellationToken);

        var credentials = new RootCredentials(accountId, options.Region, root);
        if (options.StateDirectory is { } directory)
        {
            CredentialsFile.Write(directory, credentials);
        }

        return credentials;
    }

    /// <summary>Leaves the account with these root keys and no others: who passes new keys wants the old ones to be worth nothing.</summary>
    private void Replace(CloudTransaction transaction, string accountId, Credentials root, DateTimeOffset now)
    {
        foreach (var old in transaction.List(AccessKey.Table, accountId).ToArray())
        {
            if (old.Id == root.AccessKeyId && keys.Secret(old) == root.SecretAccessKey)
            {
                continue;
            }

            transaction.Delete(AccessKey.Table, old);
        }

        if (transaction.Find(AccessKey.Table, accountId, root.AccessKeyId) is null)
        {
            transaction.Insert(AccessKey.Table, keys.Make(accountId, root, now));
        }
    }

    private static void Validate(IdentityOptions options)
    {
        if (options.AccountId is { } id && !Account.IsId(id))
        {
            throw new IdentityException($"'{id}' is no account id: it has twelve digits.");
        }

        if (options.Region.Length == 0 || options.Region.AsSpan().ContainsAnyExcept(s_regionCharacters))
        {
            throw new IdentityException($"'{options.Region}' is no region: it has lower-case letters, digits and hyphens, such as us-east-1.");
        }

        if (options.RootKeys is not { } keys)
        {
            return;
        }

        // AWS's SDKs accept any key; these rules keep a key out of trouble in headers, files and shells.
        if (keys.AccessKeyId.Length is < 4 or > 128 || keys.AccessKeyId.Any(character => !char.IsAsciiLetterOrDigit(character) && character != '_'))
        {
            throw new IdentityException("The root's access key id has 4 to 128 letters, digits and underscores.");
        }

        if (keys.AccessKeyId.StartsWith(AccessKeyGenerator.TemporaryPrefix, StringComparison.Ordinal))
        {
            throw new IdentityException($"The root's access key id must not begin with {AccessKeyGenerator.TemporaryPrefix}: those are temporary keys.");
        }

        if (keys.SecretAccessKey.Length is < 4 or > 128 || keys.SecretAccessKey.Any(character => character is <= ' ' or > '~'))
        {
            throw new IdentityException("The root's secret access key has 4 to 128 visible ASCII characters.");
        }
    }
}
