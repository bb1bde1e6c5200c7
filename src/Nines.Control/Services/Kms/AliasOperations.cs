using System.Text.RegularExpressions;
using Nines.Api.Kms;
using Nines.Control.Audit;
using Nines.Control.Gateway;
using Nines.Control.Store;

namespace Nines.Control.Services.Kms;

/// <summary>What a client may do to the names of keys.</summary>
internal sealed partial class AliasOperations(Cloud cloud, KmsKeys keys, KmsArns arns) : IOperations
{
    private const int LongestName = 256;

    public void Map(OperationTable table)
    {
        table.On(KmsApi.CreateAlias, CreateAsync);
        table.On(KmsApi.UpdateAlias, UpdateAsync);
        table.On(KmsApi.DeleteAlias, DeleteAsync);
        table.On(KmsApi.ListAliases, ListAsync);
    }

    private async ValueTask<CreateAliasResult> CreateAsync(CreateAliasRequest input, Call call, CancellationToken cancellationToken)
    {
        var name = ParseName(input.AliasName);
        await cloud.WriteAsync(
            call,
            transaction =>
            {
                var key = FindTarget(transaction, call.AccountId, input.TargetKeyId);
                if (transaction.Find(KmsAlias.Table, call.AccountId, name) is not null)
                {
                    throw KmsErrors.AliasExists(arns.OfAlias(call.AccountId, name));
                }

                transaction.Insert(KmsAlias.Table, new KmsAlias(call.AccountId, name, key.Id, call.Now, call.Now));
            },
            cancellationToken);
        return new CreateAliasResult();
    }

    private async ValueTask<UpdateAliasResult> UpdateAsync(UpdateAliasRequest input, Call call, CancellationToken cancellationToken)
    {
        var name = ParseName(input.AliasName);
        await cloud.WriteAsync(
            call,
            transaction =>
            {
                var alias = FindAlias(transaction, call.AccountId, name);
                var key = FindTarget(transaction, call.AccountId, input.TargetKeyId);
                transaction.Put(KmsAlias.Table, alias with { KeyId = key.Id, LastUpdatedDate = call.Now });
            },
            cancellationToken);
        return new UpdateAliasResult();
    }

    private async ValueTask<DeleteAliasResult> DeleteAsync(DeleteAliasRequest input, Call call, CancellationToken cancellationToken)
    {
        var name = ParseName(input.AliasName);
        await cloud.WriteAsync(call, transaction => transaction.Delete(KmsAlias.Table, FindAlias(transaction, call.AccountId, name)), cancellationToken);
        return new DeleteAliasResult();
    }

    private ValueTask<ListAliasesResult> ListAsync(ListAliasesRequest input, Call call, CancellationToken cancellationToken)
    {
        var only = input.KeyId is null ? null : keys.Find(call.AccountId, input.KeyId);
        var aliases = cloud.List(KmsAlias.Table, call.AccountId).Where(alias => only is null || alias.KeyId == only.Id);
        var (page, next) = KmsPage.Of(aliases, alias => alias.Id, input.Limit, input.Marker, byDefault: 50, highest: 100);
        return ValueTask.FromResult(new ListAliasesResult
        {
            Aliases =
            [
                .. page.Select(alias => new AliasListEntry
                {
                    AliasName = alias.Id,
                    AliasArn = arns.OfAlias(alias.AccountId, alias.Id),
                    TargetKeyId = alias.KeyId,
                    CreationDate = alias.CreationDate,
                    LastUpdatedDate = alias.LastUpdatedDate,
                }),
            ],
            NextMarker = next,
            Truncated = next is not null,
        });
    }

    private KmsAlias FindAlias(CloudTransaction transaction, string accountId, string name) =>
        transaction.Find(KmsAlias.Table, accountId, name) ?? throw KmsErrors.AliasNotFound(arns.OfAlias(accountId, name));

    private KmsKey FindTarget(CloudTransaction transaction, string accountId, string? keyId)
    {
        var key = keys.Find(transaction, accountId, keyId);
        return key.IsManaged ? throw new Wire.AwsException("NotAuthorizedException", "Aliases of the cloud's own keys are the cloud's.")
            : keys.RequireStaying(key);
    }

    private static string ParseName(string? name)
    {
        var asked = KmsErrors.Require(name, "aliasName");
        return !asked.StartsWith(KmsAlias.Prefix, StringComparison.Ordinal) ? throw KmsErrors.InvalidAlias("Alias must start with the prefix \"alias/\". Please see https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html")
            : asked.StartsWith(KmsAlias.ManagedPrefix, StringComparison.Ordinal) ? throw new Wire.AwsException("NotAuthorizedException", "Names that begin with alias/aws/ are reserved.")
            : asked.Length > LongestName ? throw KmsErrors.Constraint(asked[..32] + "...", "aliasName", $"Member must have length less than or equal to {LongestName}")
            : !Names().IsMatch(asked) ? throw KmsErrors.Constraint(asked, "aliasName", "Member must satisfy regular expression pattern: ^alias/[a-zA-Z0-9/_-]+$")
            : asked;
    }

    [GeneratedRegex("^alias/[a-zA-Z0-9/_-]+\\z")]
    private static partial Regex Names();
}
