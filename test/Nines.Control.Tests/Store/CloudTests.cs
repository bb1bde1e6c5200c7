using Nines.Control.Store;
using Nines.Control.Store.Sqlite;

namespace Nines.Control.Tests.Store;

public sealed class CloudTests : IAsyncLifetime
{
    private readonly SqliteStore _store = SqliteStore.OpenInMemory();
    private Cloud _cloud = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _cloud = await Cloud.OpenAsync(_store, [Shelf.Table], cancellationToken: Cancel);

    public async ValueTask DisposeAsync()
    {
        await _cloud.DisposeAsync();
        await _store.DisposeAsync();
    }

    [Fact]
    public async Task A_write_is_seen_by_the_next_read()
    {
        await Put(Shelf.Of("a", 1, "kitchen"));
        _cloud.Find(Shelf.Table, Shelf.Account, "a").ShouldBe(Shelf.Of("a", 1, "kitchen"));
        _cloud.Revision.ShouldBe(_store.Revision);
    }

    [Fact]
    public async Task Records_are_listed_by_id_within_their_account()
    {
        foreach (var id in new[] { "c", "a", "d", "b" })
            await Put(Shelf.Of(id));
        await Put(new Shelf("999999999999", "b2"));

        _cloud.List(Shelf.Table, Shelf.Account).Select(shelf => shelf.Id).ShouldBe(["a", "b", "c", "d"]);
        _cloud.List(Shelf.Table, Shelf.Account, afterId: "b").Select(shelf => shelf.Id).ShouldBe(["c", "d"]);
        _cloud.List(Shelf.Table, Shelf.Account, afterId: "bb").Select(shelf => shelf.Id).ShouldBe(["c", "d"]);
        _cloud.ListAll(Shelf.Table).Count().ShouldBe(5);
        _cloud.Count(Shelf.Table, Shelf.Account).ShouldBe(4);
        _cloud.Count(Shelf.Table, "999999999999").ShouldBe(1);
        _cloud.Count(Shelf.Table, "000000000000").ShouldBe(0);
    }

    [Fact]
    public async Task A_listing_under_way_is_not_disturbed_by_writes()
    {
        foreach (var id in new[] { "a", "b", "c" })
            await Put(Shelf.Of(id));
        using var listing = _cloud.List(Shelf.Table, Shelf.Account).GetEnumerator();
        listing.MoveNext();
        await _cloud.WriteAsync(transaction => transaction.Delete(Shelf.Table, Shelf.Of("b")), Cancel);
        listing.MoveNext().ShouldBeTrue();
        listing.Current.Id.ShouldBe("b");
    }

    [Fact]
    public async Task An_index_follows_its_records()
    {
        await Put(Shelf.Of("a", room: "kitchen"));
        await Put(Shelf.Of("b", room: "kitchen"));
        await Put(Shelf.Of("c"));
        InRoom("kitchen").ShouldBe(["a", "b"]);
        _cloud.CountBy(Shelf.ByRoom, "kitchen").ShouldBe(2);
        _cloud.CountBy(Shelf.ByRoom, "kitche").ShouldBe(0);

        await Put(Shelf.Of("a", 2, "cellar"));
        InRoom("kitchen").ShouldBe(["b"]);
        InRoom("cellar").ShouldBe(["a"]);
        _cloud.By(Shelf.ByRoom, "cellar").Single().Version.ShouldBe(2);

        await _cloud.WriteAsync(transaction => transaction.Delete(Shelf.Table, Shelf.Of("b")), Cancel);
        InRoom("kitchen").ShouldBeEmpty();
    }

    [Fact]
    public async Task An_index_of_many_keys_finds_by_each()
    {
        await Put(Shelf.Of("a") with { Labels = ["x", "y", "x"] });
        await Put(Shelf.Of("b") with { Labels = ["y"] });
        _cloud.By(Shelf.ByLabel, "x").Select(shelf => shelf.Id).ShouldBe(["a"]);
        _cloud.By(Shelf.ByLabel, "y").Select(shelf => shelf.Id).ShouldBe(["a", "b"]);
        await Put(Shelf.Of("a") with { Labels = ["z"] });
        _cloud.By(Shelf.ByLabel, "x").ShouldBeEmpty();
        _cloud.By(Shelf.ByLabel, "y").Select(shelf => shelf.Id).ShouldBe(["b"]);
    }

    [Fact]
    public async Task A_transaction_sees_its_own_writes()
    {
        await Put(Shelf.Of("b", 1, "kitchen"));
        await Put(Shelf.Of("d", 1, "kitchen"));
        await _cloud.WriteAsync(transaction =>
        {
            transaction.Insert(Shelf.Table, Shelf.Of("a", 1, "kitchen"));
            transaction.Insert(Shelf.Table, Shelf.Of("e", 1, "kitchen"));
            transaction.Put(Shelf.Table, Shelf.Of("b", 2, "cellar"));
            transaction.Delete(Shelf.Table, Shelf.Of("d"));
            transaction.Find(Shelf.Table, Shelf.Account, "b")!.Version.ShouldBe(2);
            transaction.Find(Shelf.Table, Shelf.Account, "d").ShouldBeNull();
            transaction.List(Shelf.Table, Shelf.Account).Select(shelf => shelf.Id).ShouldBe(["a", "b", "e"]);
            transaction.List(Shelf.Table, Shelf.Account, afterId: "a").Select(shelf => shelf.Id).ShouldBe(["b", "e"]);
            transaction.By(Shelf.ByRoom, "kitchen").Select(shelf => shelf.Id).ShouldBe(["a", "e"]);
            transaction.By(Shelf.ByRoom, "cellar").Select(shelf => shelf.Id).ShouldBe(["b"]);
        }, Cancel);
        _cloud.List(Shelf.Table, Shelf.Account).Select(shelf => shelf.Id).ShouldBe(["a", "b", "e"]);
    }

    [Fact]
    public async Task A_body_that_throws_changes_nothing()
    {
        await Should.ThrowAsync<InvalidOperationException>(() => _cloud.WriteAsync(transaction =>
        {
            transaction.Insert(Shelf.Table, Shelf.Of("a"));
            throw new InvalidOperationException();
        }, Cancel));
        _store.Revision.ShouldBe(0);
        _cloud.Find(Shelf.Table, Shelf.Account, "a").ShouldBeNull();
    }

    [Fact]
    public async Task Insert_refuses_an_id_that_is_taken()
    {
        await Put(Shelf.Of("a", 1));
        var refusal = await Should.ThrowAsync<RecordExistsException>(() => _cloud.WriteAsync(transaction => transaction.Insert(Shelf.Table, Shelf.Of("a", 2)), Cancel));
        refusal.Key.Id.ShouldBe("a");
        _cloud.Find(Shelf.Table, Shelf.Account, "a")!.Version.ShouldBe(1);
    }

    [Fact]
    public async Task No_increment_is_lost_among_concurrent_writers()
    {
        await Put(Shelf.Of("counter"));
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            for (var i = 0; i < 25; i++)
            {
                await _cloud.WriteAsync(transaction =>
                {
                    // Not recorded as read: writing it back makes it a condition all the same.
                    var counter = transaction.Peek(Shelf.Table, Shelf.Account, "counter")!;
                    transaction.Put(Shelf.Table, counter with { Version = counter.Version + 1 });
                }, Cancel);
            }
        }, Cancel)));
        _cloud.Find(Shelf.Table, Shelf.Account, "counter")!.Version.ShouldBe(200);
    }

    [Fact]
    public async Task What_was_found_missing_must_still_be_missing()
    {
        var runs = 0;
        var result = await _cloud.WriteAsync(transaction =>
        {
            if (++runs == 1)
                Put(Shelf.Of("name", 7)).GetAwaiter().GetResult();
            var holder = transaction.Find(Shelf.Table, Shelf.Account, "name");
            transaction.Put(Shelf.Table, Shelf.Of("mine"));
            return holder?.Version ?? 0;
        }, Cancel);
        runs.ShouldBe(2);
        result.ShouldBe(7);
    }

    [Fact]
    public async Task Subscribers_hear_every_change_in_order_before_the_write_returns()
    {
        var heard = new List<string>();
        using (_cloud.Subscribe(Shelf.Table, change => heard.Add($"{change.Key.Id} {change.Before?.Version}>{change.After?.Version}")))
        {
            await Put(Shelf.Of("a", 1));
            await Put(Shelf.Of("a", 2));
            await _cloud.WriteAsync(transaction => transaction.Delete(Shelf.Table, Shelf.Of("a")), Cancel);
            heard.ShouldBe(["a >1", "a 1>2", "a 2>"]);
        }
        await Put(Shelf.Of("a", 3));
        heard.Count.ShouldBe(3);
    }

    [Fact]
    public async Task A_waiter_is_woken_by_the_change_it_waits_for()
    {
        var waiting = _cloud.WaitAsync(Shelf.Table, Shelf.Account, "a", shelf => shelf?.Version == 2, Cancel);
        await Put(Shelf.Of("a", 1));
        waiting.IsCompleted.ShouldBeFalse();
        await Put(Shelf.Of("a", 2));
        (await waiting)!.Version.ShouldBe(2);
        (await _cloud.WaitAsync(Shelf.Table, Shelf.Account, "b", shelf => shelf is null, Cancel)).ShouldBeNull();
    }

    [Fact]
    public async Task Opened_again_it_holds_the_same_and_other_clouds_follow()
    {
        for (var i = 0; i < 300; i++)
            await Put(Shelf.Of($"s{i:D3}", i, i % 2 == 0 ? "even" : "odd"));
        await using var other = await Cloud.OpenAsync(_store, [Shelf.Table], cancellationToken: Cancel);
        other.List(Shelf.Table, Shelf.Account).ShouldBe(_cloud.List(Shelf.Table, Shelf.Account));
        other.By(Shelf.ByRoom, "odd").Count.ShouldBe(150);

        await Put(Shelf.Of("s000", 1000));
        (await other.WaitAsync(Shelf.Table, Shelf.Account, "s000", shelf => shelf?.Version == 1000, Cancel)).ShouldNotBeNull();
    }

    [Fact]
    public void A_table_that_was_not_named_is_an_error_of_the_program()
    {
        var unknown = new TableDefinition<Shelf>("unknown", ShelfJsonContext.Default.Shelf);
        Should.Throw<InvalidOperationException>(() => _cloud.Find(unknown, Shelf.Account, "a")).Message.ShouldContain("unknown");
        Should.Throw<InvalidOperationException>(() => Shelf.Table.Index("late", shelf => shelf.Id)).Message.ShouldContain("late");
    }

    private Task Put(Shelf shelf) => _cloud.WriteAsync(transaction => transaction.Put(Shelf.Table, shelf), Cancel);

    private IEnumerable<string> InRoom(string room) => _cloud.By(Shelf.ByRoom, room).Select(shelf => shelf.Id);
}
