using System.Text.RegularExpressions;
using Nines.Control.Audit;
using Nines.Control.Gateway;
using Nines.Control.Identity;
using Nines.Control.Services.Ec2.Images;
using Nines.Control.Store;
using Nines.Wire;

namespace Nines.Control.Admin;

/// <summary>The accounts that the operator makes beside the one that the cloud began with.</summary>
/// <param name="cloud">The records.</param>
/// <param name="keys">Seals the secrets of keys.</param>
/// <param name="generator">Makes ids and keys.</param>
/// <param name="begin">Gives a new account what one has from its beginning.</param>
internal sealed partial class AccountAdmin(Cloud cloud, AccessKeys keys, AccessKeyGenerator generator, Action<CloudTransaction, string> begin)
{
    /// <summary>What the operator's own account is called in a credentials file.</summary>
    private const string OperatorName = "default";

    /// <summary>Makes an account with root keys of its own and all that a new account has, in one transaction.</summary>
    /// <exception cref="AwsException"><c>ValidationException</c>, <c>EntityAlreadyExists</c>.</exception>
    public Task<AccountResult> CreateAsync(Call call, AccountRequest request, CancellationToken cancellationToken)
    {
        var name = request.Name is { } asked && Names().IsMatch(asked)
            ? asked
            : throw new AwsException("ValidationException", $"'{request.Name}' cannot be the name of an account: it has up to 50 lower-case letters, digits and hyphens, and begins with a letter.");
        if (request.AccountId is { } wanted && !Account.IsId(wanted))
        {
            throw new AwsException("ValidationException", $"'{wanted}' is no account id: it has twelve digits.");
        }

        return cloud.WriteAsync(
            call,
            transaction =>
            {
                if (name == OperatorName || transaction.ListAll(Account.Table).Any(account => account.Name == name))
                {
                    throw new AwsException("EntityAlreadyExists", $"There is an account '{name}' already.");
                }

                var id = request.AccountId ?? FreeId(transaction);
                if (IsTaken(transaction, id))
                {
                    throw new AwsException("EntityAlreadyExists", $"There is an account {id} already.");
                }

                var root = generator.Next(AccessKeyGenerator.LongTermPrefix);
                transaction.Insert(Account.Table, new Account { AccountId = id, Name = name, CreatedAt = call.Now });
                transaction.Insert(AccessKey.Table, keys.Make(id, root, call.Now));
                begin(transaction, id);
                return new AccountResult(name, id, call.Region, root.AccessKeyId, root.SecretAccessKey);
            },
            cancellationToken);
    }

    /// <summary>All accounts.</summary>
    public AccountsResult List() => new(
    [
        .. cloud.ListAll(Account.Table).OrderBy(account => account.Name is not null).ThenBy(account => account.Name, StringComparer.Ordinal)
            .Select(account => new AccountLine(account.AccountId, account.Name, account.CreatedAt)),
    ]);

    private string FreeId(CloudTransaction transaction)
    {
        string id;
        do
        {
            id = generator.NextAccountId();
        }
        while (IsTaken(transaction, id));
        return id;
    }

    private static bool IsTaken(CloudTransaction transaction, string id) =>
        id == ImageOwners.CloudAccountId || transaction.Find(Account.Table, id, id) is not null;

    [GeneratedRegex("^[a-z][a-z0-9-]{0,49}\\z")]
    private static partial Regex Names();
}
