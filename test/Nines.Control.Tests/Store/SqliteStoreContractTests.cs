using Nines.Control.Store;
using Nines.Control.Store.Sqlite;

namespace Nines.Control.Tests.Store;

/// <summary>The contract, on a file.</summary>
public sealed class SqliteStoreContractTests : StoreContract
{
    private const int HistoryEvents = 200;

    private readonly StateFolder _folder = new();
    private readonly VirtualTime _time = new();

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Dispose();
    }

    private protected override ValueTask<IStore> OpenAsync() =>
        ValueTask.FromResult<IStore>(SqliteStore.Open(_folder.Store, new SqliteStoreOptions { Time = _time, HistoryEvents = HistoryEvents }));

    private protected override async ValueTask AdvanceAsync(TimeSpan by)
    {
        _time.Advance(by);
        // The removal of an ended lease queues before this, so it is done when this returns.
        await CommitAsync([], []);
    }

    private protected override async ValueTask CompactAsync() => await CommitAsync([], [.. Enumerable.Range(0, HistoryEvents + 1).Select(i => Put($"/filler/{i}", "x"))]);
}
