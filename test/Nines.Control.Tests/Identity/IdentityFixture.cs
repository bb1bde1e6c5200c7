using System.Security.Cryptography;
using Nines.Control.Identity;
using Nines.Control.Secrets;
using Nines.Control.Store;
using Nines.Control.Store.Sqlite;

namespace Nines.Control.Tests.Identity;

/// <summary>The identity of a cloud over a store in memory.</summary>
internal sealed class IdentityFixture : IAsyncDisposable
{
    private readonly SqliteStore _store = SqliteStore.OpenInMemory();
    private readonly RandomNumberGenerator _random = RandomNumberGenerator.Create();

    private IdentityFixture()
    {
        Box = new SecretBox(RandomNumberGenerator.GetBytes(SecretBox.MasterKeyBytes), _random);
        Generator = new AccessKeyGenerator(_random);
        Sessions = new SessionTokens(Box, Generator);
    }

    public SecretBox Box { get; }

    public AccessKeyGenerator Generator { get; }

    public SessionTokens Sessions { get; }

    public Cloud Cloud { get; private set; } = null!;

    public AccessKeys Keys { get; private set; } = null!;

    public AccountBootstrap Bootstrap { get; private set; } = null!;

    public static async Task<IdentityFixture> CreateAsync(CancellationToken cancellationToken, params IEnumerable<TableDefinition> tables)
    {
        var fixture = new IdentityFixture();
        fixture.Cloud = await Cloud.OpenAsync(fixture._store, [.. IdentityTables.All, .. tables], cancellationToken: cancellationToken);
        fixture.Keys = new AccessKeys(fixture.Cloud, fixture.Box);
        fixture.Bootstrap = new AccountBootstrap(fixture.Cloud, fixture.Keys, fixture.Generator, TimeProvider.System);
        return fixture;
    }

    public async ValueTask DisposeAsync()
    {
        await Cloud.DisposeAsync();
        await _store.DisposeAsync();
        Box.Dispose();
        _random.Dispose();
    }
}
