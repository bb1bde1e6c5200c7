using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Nines.Control.Store;

namespace Nines.Control.Tests.Store;

/// <summary>What every store must do; each implementation runs all of it.</summary>
public abstract class StoreContract : IAsyncLifetime
{
    private protected IStore Store { get; private set; } = null!;

    private protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => Store = await OpenAsync();

    public virtual async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>A new, empty store.</summary>
    private protected abstract ValueTask<IStore> OpenAsync();

    /// <summary>Lets time pass for leases.</summary>
    private protected abstract ValueTask AdvanceAsync(TimeSpan by);

    /// <summary>Makes the store forget the changes up to now.</summary>
    private protected abstract ValueTask CompactAsync();

    [Fact]
    public async Task A_new_store_is_empty_at_revision_0()
    {
        Store.Revision.ShouldBe(0);
        var snapshot = await ReadAsync("");
        snapshot.Revision.ShouldBe(0);
        snapshot.Entries.ShouldBeEmpty();
        snapshot.More.ShouldBeFalse();
    }

    [Fact]
    public async Task A_transaction_that_changes_something_is_one_revision()
    {
        var first = await CommitAsync([], [Put("/a", "1"), Put("/b", "2")]);
        first.ShouldBe(new CommitResult(true, 1));
        (await CommitAsync([], [Put("/b", "3")])).Revision.ShouldBe(2);
        var entries = (await ReadAsync("/")).Entries;
        entries.Select(Text).ShouldBe(["/a=1@1", "/b=3@2"]);
        Store.Revision.ShouldBe(2);
    }

    [Fact]
    public async Task A_transaction_without_a_change_makes_no_revision()
    {
        await CommitAsync([], [Put("/a", "1")]);
        (await CommitAsync([At("/a", 1)], [])).ShouldBe(new CommitResult(true, 1));
        (await CommitAsync([], [Delete("/missing")])).ShouldBe(new CommitResult(true, 1));
    }

    [Fact]
    public async Task Conditions_hold_or_nothing_is_applied()
    {
        await CommitAsync([], [Put("/a", "1")]);
        var refused = await CommitAsync([At("/b", 0), At("/a", 7)], [Put("/a", "2"), Put("/b", "2")]);
        refused.ShouldBe(new CommitResult(false, 1, "/a"));
        (await ReadAsync("/")).Entries.Select(Text).ShouldBe(["/a=1@1"]);
        (await CommitAsync([At("/a", 0)], [Put("/a", "2")])).Succeeded.ShouldBeFalse();
        (await CommitAsync([At("/a", 1), At("/b", 0)], [Put("/a", "2"), Put("/b", "2")])).Succeeded.ShouldBeTrue();
        (await CommitAsync([At("/b", 0)], [Delete("/b")])).Succeeded.ShouldBeFalse();
    }

    [Fact]
    public async Task A_removed_record_is_gone_and_may_come_back()
    {
        await CommitAsync([], [Put("/a", "1")]);
        (await CommitAsync([At("/a", 1)], [Delete("/a")])).Revision.ShouldBe(2);
        (await ReadAsync("/")).Entries.ShouldBeEmpty();
        (await CommitAsync([At("/a", 0)], [Put("/a", "2")])).Succeeded.ShouldBeTrue();
        (await ReadAsync("/")).Entries.Select(Text).ShouldBe(["/a=2@3"]);
    }

    [Fact]
    public async Task Reading_takes_a_prefix_in_pages_by_key()
    {
        await CommitAsync([], [.. new[] { "/t/3", "/t/1", "/t/2", "/t", "/ta/1", "/s/9", "/t/é" }.Select(key => Put(key, "x"))]);
        var page = await Store.ReadAsync("/t/", null, 2, Cancel);
        page.Entries.Select(entry => entry.Key).ShouldBe(["/t/1", "/t/2"]);
        page.More.ShouldBeTrue();
        page = await Store.ReadAsync("/t/", "/t/2", 2, Cancel);
        page.Entries.Select(entry => entry.Key).ShouldBe(["/t/3", "/t/é"]);
        page.More.ShouldBeFalse();
    }

    [Fact]
    public async Task What_no_store_takes_is_refused()
    {
        await Should.ThrowAsync<ArgumentException>(() => CommitAsync([], [Put("", "1")]).AsTask());
        await Should.ThrowAsync<ArgumentException>(() => CommitAsync([], [Put(new string('k', StoreLimits.MaxKeyLength + 1), "1")]).AsTask());
        await Should.ThrowAsync<ArgumentException>(() => CommitAsync([], [new StoreMutation("/a", new byte[StoreLimits.MaxValueBytes + 1])]).AsTask());
        (await CommitAsync([], [new StoreMutation("/" + new string('k', StoreLimits.MaxKeyLength - 1), new byte[StoreLimits.MaxValueBytes])])).Succeeded.ShouldBeTrue();
    }

    [Fact]
    public async Task Of_racing_transactions_on_one_record_exactly_one_wins_each_revision()
    {
        await CommitAsync([], [Put("/n", "0")]);
        var wins = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            var won = 0;
            for (var attempt = 0; attempt < 50; attempt++)
            {
                var now = (await ReadAsync("/n")).Entries.Single();
                var next = int.Parse(Encoding.UTF8.GetString(now.Value), null) + 1;
                if ((await CommitAsync([At("/n", now.Revision)], [Put("/n", $"{next}")])).Succeeded)
                    won++;
            }
            return won;
        }, Cancel)));
        var last = (await ReadAsync("/n")).Entries.Single();
        Text(last).ShouldBe($"/n={wins.Sum()}@{wins.Sum() + 1}");
        wins.Sum().ShouldBeGreaterThan(49);
    }

    [Fact]
    public async Task A_watch_brings_every_change_after_a_revision_in_order_then_those_to_come()
    {
        await CommitAsync([], [Put("/a", "1")]);
        await CommitAsync([], [Put("/a", "2"), Put("/b", "1")]);
        await using var watch = Store.WatchAsync(1, "/", Cancel).GetAsyncEnumerator(Cancel);
        (await NextAsync(watch)).ShouldBe("2: /a=2 /b=1");
        await CommitAsync([], [Delete("/a")]);
        (await NextAsync(watch)).ShouldBe("3: /a");
        var next = NextAsync(watch);
        next.IsCompleted.ShouldBeFalse();
        await CommitAsync([], [Put("/c", "1")]);
        (await next).ShouldBe("4: /c=1");
    }

    [Fact]
    public async Task A_watch_brings_only_its_prefix()
    {
        await using var watch = Store.WatchAsync(0, "/t/", Cancel).GetAsyncEnumerator(Cancel);
        await CommitAsync([], [Put("/s/1", "x")]);
        await CommitAsync([], [Put("/s/1", "y"), Put("/t/1", "y")]);
        (await NextAsync(watch)).ShouldBe("2: /t/1=y");
    }

    [Fact]
    public async Task A_watch_ends_when_it_is_cancelled()
    {
        using var stop = new CancellationTokenSource();
        await using var watch = Store.WatchAsync(0, "/", stop.Token).GetAsyncEnumerator(Cancel);
        var next = NextAsync(watch);
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => next);
    }

    [Fact]
    public async Task A_revision_too_old_to_watch_from_is_told_and_a_snapshot_goes_on()
    {
        await CommitAsync([], [Put("/a", "1")]);
        await CompactAsync();
        await using var late = Store.WatchAsync(0, "/", Cancel).GetAsyncEnumerator(Cancel);
        var refusal = await Should.ThrowAsync<RevisionCompactedException>(() => NextAsync(late));
        refusal.AfterRevision.ShouldBe(0);
        refusal.OldestRevision.ShouldBeGreaterThan(0);

        var snapshot = await ReadAsync("/a");
        snapshot.Entries.Select(Text).ShouldBe(["/a=1@1"]);
        await using var watch = Store.WatchAsync(snapshot.Revision, "/", Cancel).GetAsyncEnumerator(Cancel);
        await CommitAsync([], [Put("/b", "2")]);
        (await NextAsync(watch)).ShouldBe($"{snapshot.Revision + 1}: /b=2");
    }

    [Fact]
    public async Task Records_vanish_with_their_lease_in_one_transaction()
    {
        var lease = await Store.GrantLeaseAsync(TimeSpan.FromSeconds(10), Cancel);
        await CommitAsync([], [Put("/a", "1", lease), Put("/b", "1", lease), Put("/c", "1")]);
        (await ReadAsync("/a")).Entries.Single().LeaseId.ShouldBe(lease);
        await using var watch = Store.WatchAsync(1, "/", Cancel).GetAsyncEnumerator(Cancel);
        await AdvanceAsync(TimeSpan.FromSeconds(9));
        Store.Revision.ShouldBe(1);
        await AdvanceAsync(TimeSpan.FromSeconds(2));
        (await NextAsync(watch)).ShouldBe("2: /a /b");
        (await ReadAsync("/")).Entries.Select(entry => entry.Key).ShouldBe(["/c"]);
    }

    [Fact]
    public async Task A_lease_kept_alive_lives_on()
    {
        var lease = await Store.GrantLeaseAsync(TimeSpan.FromSeconds(10), Cancel);
        await CommitAsync([], [Put("/a", "1", lease)]);
        for (var i = 0; i < 5; i++)
        {
            await AdvanceAsync(TimeSpan.FromSeconds(8));
            await Store.KeepLeaseAliveAsync(lease, Cancel);
        }
        (await ReadAsync("/")).Entries.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_lease_that_ended_stays_ended()
    {
        var lease = await Store.GrantLeaseAsync(TimeSpan.FromSeconds(10), Cancel);
        await AdvanceAsync(TimeSpan.FromSeconds(11));
        await Should.ThrowAsync<LeaseNotFoundException>(() => Store.KeepLeaseAliveAsync(lease, Cancel).AsTask());
        await Should.ThrowAsync<LeaseNotFoundException>(() => CommitAsync([], [Put("/a", "1", lease)]).AsTask());
        await Should.ThrowAsync<LeaseNotFoundException>(() => Store.KeepLeaseAliveAsync(lease + 99, Cancel).AsTask());
        (await ReadAsync("/")).Entries.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_revoked_lease_takes_its_records_at_once()
    {
        var lease = await Store.GrantLeaseAsync(TimeSpan.FromSeconds(10), Cancel);
        await CommitAsync([], [Put("/a", "1", lease), Put("/b", "1")]);
        await Store.RevokeLeaseAsync(lease, Cancel);
        (await ReadAsync("/")).Entries.Select(entry => entry.Key).ShouldBe(["/b"]);
        await Store.RevokeLeaseAsync(lease, Cancel);
        Store.Revision.ShouldBe(2);
    }

    [Fact]
    public async Task A_record_written_again_without_its_lease_outlives_it()
    {
        var lease = await Store.GrantLeaseAsync(TimeSpan.FromSeconds(10), Cancel);
        await CommitAsync([], [Put("/a", "1", lease)]);
        await CommitAsync([], [Put("/a", "2")]);
        await Store.RevokeLeaseAsync(lease, Cancel);
        (await ReadAsync("/")).Entries.Select(Text).ShouldBe(["/a=2@2"]);
    }

    [Fact]
    public async Task Any_transactions_leave_what_a_dictionary_would_hold_and_a_watch_tells_all_of_it()
    {
        var keys = new[] { "/a", "/b", "/c", "/d" };
        var steps = Gen.ListOf(Gen.Zip(Gen.Elements(keys), Gen.Choose(0, 9)), 120).Sample(1, 1).Single();
        var model = new SortedDictionary<string, (string Value, long Revision)>(StringComparer.Ordinal);
        foreach (var (key, choice) in steps)
        {
            // Some conditions are right and some are one off; some steps remove.
            var known = model.TryGetValue(key, out var current) ? current.Revision : 0;
            var expected = choice % 3 == 0 ? known + 1 : known;
            var result = await CommitAsync([At(key, expected)], [choice > 7 ? Delete(key) : Put(key, $"{choice}")]);
            result.Succeeded.ShouldBe(expected == known);
            if (!result.Succeeded)
                continue;
            if (choice > 7)
                model.Remove(key);
            else
                model[key] = ($"{choice}", result.Revision);
        }
        var held = (await ReadAsync("/")).Entries.Select(Text).ToList();
        held.ShouldBe(model.Select(record => $"{record.Key}={record.Value.Value}@{record.Value.Revision}"));

        var replayed = new SortedDictionary<string, string>(StringComparer.Ordinal);
        await foreach (var batch in Store.WatchAsync(0, "/", Cancel))
        {
            foreach (var change in batch.Events)
            {
                replayed.Remove(change.Key);
                if (change.Value is not null)
                    replayed.Add(change.Key, $"{change.Key}={Encoding.UTF8.GetString(change.Value)}@{batch.Revision}");
            }
            if (batch.Revision == Store.Revision)
                break;
        }
        replayed.Values.ShouldBe(held);
    }

    private protected ValueTask<CommitResult> CommitAsync(StoreCondition[] conditions, StoreMutation[] mutations) =>
        Store.CommitAsync(new StoreTransaction(conditions, mutations), Cancel);

    private protected ValueTask<StoreSnapshot> ReadAsync(string prefix) => Store.ReadAsync(prefix, null, 1000, Cancel);

    private protected static StoreMutation Put(string key, string value, long lease = 0) => new(key, Encoding.UTF8.GetBytes(value), lease);

    private protected static StoreMutation Delete(string key) => new(key, null);

    private protected static StoreCondition At(string key, long revision) => new(key, revision);

    private protected static string Text(StoreEntry entry) => $"{entry.Key}={Encoding.UTF8.GetString(entry.Value)}@{entry.Revision}";

    private static async Task<string> NextAsync(IAsyncEnumerator<StoreBatch> watch)
    {
        (await watch.MoveNextAsync()).ShouldBeTrue();
        return $"{watch.Current.Revision}: " + string.Join(' ', watch.Current.Events.Select(change =>
            change.Value is null ? change.Key : $"{change.Key}={Encoding.UTF8.GetString(change.Value)}"));
    }
}
