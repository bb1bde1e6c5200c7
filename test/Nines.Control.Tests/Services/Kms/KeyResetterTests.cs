using System.Security.Cryptography;
using Microsoft.Extensions.Logging.Abstractions;
using Nines.Api.Kms;
using Nines.Control.Audit;
using Nines.Control.Gateway;
using Nines.Control.Ids;
using Nines.Control.Secrets;
using Nines.Control.Services.Kms;
using Nines.Control.Store;
using Nines.Control.Store.Sqlite;
using Nines.Control.Tests.Services.Ec2;

namespace Nines.Control.Tests.Services.Kms;

public sealed class KeyResetterTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_reset_takes_an_accounts_keys_and_names_and_no_others()
    {
        await using var store = SqliteStore.OpenInMemory();
        await using var cloud = await Cloud.OpenAsync(store, KmsService.Tables, cancellationToken: Cancel);
        foreach (var account in new[] { Ec2World.Account, Ec2World.OtherAccount })
        {
            await cloud.WriteAsync(
                transaction =>
                {
                    transaction.Insert(KmsKey.Table, new KmsKey { AccountId = account, Id = Guid.NewGuid().ToString(), Materials = [] });
                    transaction.Insert(KmsAlias.Table, new KmsAlias(account, "alias/one", "any", default, default));
                },
                Cancel);
        }

        await cloud.WriteAsync(transaction => new KeyResetter().Reset(transaction, Ec2World.Account), Cancel);

        cloud.ListAll(KmsKey.Table).ShouldHaveSingleItem().AccountId.ShouldBe(Ec2World.OtherAccount);
        cloud.ListAll(KmsAlias.Table).ShouldHaveSingleItem().AccountId.ShouldBe(Ec2World.OtherAccount);
    }

    [Fact]
    public async Task The_audit_names_the_key_that_was_made()
    {
        using var random = RandomNumberGenerator.Create();
        using var box = new SecretBox(RandomNumberGenerator.GetBytes(32), random);
        await using var store = SqliteStore.OpenInMemory();
        await using var cloud = await Cloud.OpenAsync(store, KmsService.Tables, cancellationToken: Cancel);
        await using var kms = new KmsService(cloud, new RandomIdSource(), box, "us-east-1", TimeProvider.System, new Random(1), NullLoggerFactory.Instance);
        var table = new OperationTable();
        foreach (var operations in kms.Operations)
        {
            operations.Map(table);
        }

        var made = (CreateKeyResult)await table.Find(KmsApi.CreateKey)!.InvokeAsync(new CreateKeyRequest(), Ec2World.CallOf(), Cancel);

        await using var audit = new AuditLog(store, TimeProvider.System, NullLogger<AuditLog>.Instance);
        (await audit.ReadNewestAsync(1, Cancel)).ShouldHaveSingleItem().Resources.ShouldBe([made.KeyMetadata!.KeyId!]);
    }
}
