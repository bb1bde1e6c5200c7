using System.Security.Cryptography;
using Nines.Control.Reconcile;
using Nines.Control.Secrets;
using Nines.Control.Services.Kms;
using Nines.Control.Store;
using Nines.Control.Store.Sqlite;

namespace Nines.Control.Tests.Services.Kms;

public sealed class KeyReconcilerTests : IAsyncLifetime
{
    private const string Account = "123456789012";
    private static readonly DateTimeOffset s_now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly VirtualTime _time = new();
    private readonly RandomNumberGenerator _random = RandomNumberGenerator.Create();
    private readonly SqliteStore _store = SqliteStore.OpenInMemory();
    private readonly SecretBox _box;
    private readonly KmsCipher _cipher;
    private Cloud _cloud = null!;

    public KeyReconcilerTests()
    {
        _box = new SecretBox(RandomNumberGenerator.GetBytes(32), _random);
        _cipher = new KmsCipher(_box, _random);
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _cloud = await Cloud.OpenAsync(_store, KmsService.Tables, cancellationToken: Cancel);

    [Fact]
    public async Task A_key_stays_until_its_day_and_goes_with_its_names()
    {
        var key = await InsertAsync(key => key with { DeletionDate = s_now.AddDays(7) });
        await _cloud.WriteAsync(transaction => transaction.Insert(KmsAlias.Table, new KmsAlias(Account, "alias/one", key.Id, s_now, s_now)), Cancel);

        (await ReconcileAsync(key)).ShouldBe(Outcome.After(TimeSpan.FromDays(1)));
        Find(key).ShouldNotBeNull();

        _time.Advance(TimeSpan.FromDays(7));
        (await ReconcileAsync(key)).ShouldBe(Outcome.Settled);
        Find(key).ShouldBeNull();
        _cloud.List(KmsAlias.Table, Account).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_key_is_rotated_when_its_time_has_come_and_its_next_time_is_set()
    {
        var key = await InsertAsync(key => key with { RotationPeriodDays = 90, NextRotation = s_now.AddDays(90) });
        await ReconcileAsync(key);
        Find(key)!.Materials.Length.ShouldBe(1);

        _time.Advance(TimeSpan.FromDays(90));
        await ReconcileAsync(key);
        Find(key)!.Materials.Length.ShouldBe(2);
        Find(key)!.NextRotation.ShouldBe(s_now.AddDays(180));
        (await ReconcileAsync(key)).ShouldBe(Outcome.After(TimeSpan.FromDays(1)));
        Find(key)!.Materials.Length.ShouldBe(2);
    }

    [Fact]
    public async Task A_key_that_is_switched_off_is_not_rotated()
    {
        var key = await InsertAsync(key => key with { IsDisabled = true, RotationPeriodDays = 90, NextRotation = s_now });
        (await ReconcileAsync(key)).ShouldBe(Outcome.Settled);
        Find(key)!.Materials.Length.ShouldBe(1);
    }

    public async ValueTask DisposeAsync()
    {
        await _cloud.DisposeAsync();
        await _store.DisposeAsync();
        _box.Dispose();
        _random.Dispose();
    }

    private KmsKey? Find(KmsKey key) => _cloud.Find(KmsKey.Table, Account, key.Id);

    private ValueTask<Outcome> ReconcileAsync(KmsKey key) => new KeyReconciler(_cloud, _cipher, _time).ReconcileAsync(ResourceKey.Of(key), Cancel);

    private async Task<KmsKey> InsertAsync(Func<KmsKey, KmsKey> with)
    {
        var id = Guid.NewGuid().ToString();
        var key = with(new KmsKey { AccountId = Account, Id = id, CreationDate = s_now, Materials = [_cipher.NewMaterial(id, s_now)] });
        await _cloud.WriteAsync(transaction => transaction.Insert(KmsKey.Table, key), Cancel);
        return key;
    }
}
