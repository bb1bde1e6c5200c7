using Nines.Control.Store;
using Nines.Control.Store.Sqlite;

namespace Nines.Control.Tests.Store;

/// <summary>The contract, as the simulation uses the store: in memory, on the caller's thread.</summary>
public sealed class InMemoryStoreContractTests : StoreContract
{
    private const int HistoryEvents = 200;

    private readonly VirtualTime _time = new();

    private protected override ValueTask<IStore> OpenAsync() =>
        ValueTask.FromResult<IStore>(SqliteStore.OpenInMemory(new SqliteStoreOptions { Time = _time, HistoryEvents = HistoryEvents }));

    private protected override ValueTask AdvanceAsync(TimeSpan by)
    {
        _time.Advance(by);
        return ValueTask.CompletedTask;
    }

    private protected override async ValueTask CompactAsync() => await CommitAsync([], [.. Enumerable.Range(0, HistoryEvents + 1).Select(i => Put($"/filler/{i}", "x"))]);
}
