using Microsoft.Extensions.Logging.Abstractions;
using Nines.Control.Store;
using Nines.Control.Store.Sqlite;

namespace Nines.Control.Tests.Store;

public sealed class CloudFeedTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_revision_is_waited_for_until_subscribers_have_heard_of_it_though_it_can_be_read_before()
    {
        await using var store = SqliteStore.OpenInMemory();
        await using var feed = new CloudFeed(store, [Shelf.Table], NullLogger.Instance);
        await feed.StartAsync(Cancel);
        using var mayGoOn = new ManualResetEventSlim();
        using var subscription = feed.Subscribe(Shelf.Table, _ => mayGoOn.Wait(TimeSpan.FromSeconds(20)));
        var transaction = new CloudTransaction(feed.State);
        transaction.Put(Shelf.Table, Shelf.Of("a"));
        var written = (await store.CommitAsync(transaction.ToStoreTransaction(), Cancel)).Revision;
        await Poll.UntilAsync(() => feed.State.Revision >= written, "the change can be read", Cancel);

        var waiting = feed.WaitForAsync(written, Cancel);
        waiting.IsCompleted.ShouldBeFalse();
        mayGoOn.Set();
        await waiting;
    }
}
