using System.Diagnostics;
using System.Text;
using Microsoft.Data.Sqlite;
using Nines.Control.Store;
using Nines.Control.Store.Sqlite;

namespace Nines.Control.Tests.Store;

/// <summary>What is particular to the store in a file: bad days, formats, being opened again.</summary>
public sealed class SqliteStoreTests : IDisposable
{
    private readonly StateFolder _folder = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Opened_again_it_holds_what_it_held()
    {
        await FillAsync(10);
        await using var store = SqliteStore.Open(_folder.Store);
        store.Revision.ShouldBe(10);
        (await KeysAsync(store)).Count.ShouldBe(10);
        (await PutAsync(store, "/k/10")).Revision.ShouldBe(11);
    }

    [Fact]
    public async Task Only_its_owner_may_read_it()
    {
        await FillAsync(1);
        File.GetUnixFileMode(_folder.Store).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Fact]
    public void It_syncs_at_every_commit()
    {
        using var connection = SqliteFile.Open(_folder.Store, SqliteMigration.All, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);
        connection.QueryNumber("PRAGMA synchronous").ShouldBe(2);
        connection.QueryText("PRAGMA journal_mode").ShouldBe("wal");
    }

    [Fact]
    public async Task A_lease_lives_on_when_the_store_is_opened_again()
    {
        var time = new VirtualTime();
        long lease;
        await using (var store = SqliteStore.Open(_folder.Store, new SqliteStoreOptions { Time = time }))
        {
            lease = await store.GrantLeaseAsync(TimeSpan.FromSeconds(10), Cancel);
            await store.CommitAsync(new StoreTransaction([], [new StoreMutation("/a", [1], lease)]), Cancel);
        }
        time.Advance(TimeSpan.FromHours(1));
        await using (var store = SqliteStore.Open(_folder.Store, new SqliteStoreOptions { Time = time }))
        {
            await store.KeepLeaseAliveAsync(lease, Cancel);
            (await KeysAsync(store)).ShouldBe(["/a"]);
            time.Advance(TimeSpan.FromSeconds(11));
            await store.CommitAsync(new StoreTransaction([], []), Cancel);
            (await KeysAsync(store)).ShouldBeEmpty();
        }
    }

    [Theory]
    [InlineData(0, "it is empty")]
    [InlineData(10, "it does not begin as a store does")]
    [InlineData(5000, "damaged")]
    [InlineData(-4096, "damaged")]
    public async Task A_truncated_file_is_refused_and_left_alone(long length, string reason)
    {
        await FillAsync(200);
        using (var file = File.OpenWrite(_folder.Store))
            file.SetLength(length < 0 ? file.Length + length : length);
        var left = File.ReadAllBytes(_folder.Store);
        Refusal<StoreCorruptException>().ShouldContain(reason);
        File.ReadAllBytes(_folder.Store).ShouldBe(left);
    }

    [Fact]
    public async Task A_file_with_a_damaged_page_is_refused()
    {
        await FillAsync(200);
        using (var file = File.OpenWrite(_folder.Store))
        {
            file.Seek(4096 * 3, SeekOrigin.Begin);
            file.Write(Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("rot", 1000))));
        }
        var refusal = Refusal<StoreCorruptException>();
        refusal.ShouldContain(_folder.Store);
        refusal.ShouldContain("Put a backup in its place");
    }

    [Fact]
    public async Task A_file_that_is_lost_is_not_an_empty_store()
    {
        await FillAsync(1);
        File.Delete(_folder.Store);
        Refusal<StoreCorruptException>().ShouldContain("it was here once");
        File.Exists(_folder.Store).ShouldBeFalse();
    }

    [Fact]
    public void Another_program_s_database_is_refused()
    {
        using (var connection = SqliteFile.Connect(_folder.Store, SqliteOpenMode.ReadWriteCreate))
            connection.Execute("CREATE TABLE t (x)");
        Refusal<StoreCorruptException>().ShouldContain("another program");
    }

    [Fact]
    public async Task A_first_start_that_was_interrupted_is_begun_again()
    {
        File.WriteAllText(_folder.Store + ".new", "half of a store");
        File.WriteAllText(_folder.Store + ".new-journal", "half of a journal");
        await FillAsync(3);
        await using var store = SqliteStore.Open(_folder.Store);
        store.Revision.ShouldBe(3);
    }

    [Fact]
    public async Task A_newer_format_is_refused()
    {
        await FillAsync(1);
        using (var connection = SqliteFile.Connect(_folder.Store, SqliteOpenMode.ReadWrite))
            connection.Execute("PRAGMA user_version=99");
        Refusal<StoreException>().ShouldContain("format 99");
    }

    [Fact]
    public async Task An_older_format_is_copied_aside_and_brought_up_to_date()
    {
        await FillAsync(5);
        var next = new SqliteMigration(2, "keys move", connection => connection.Execute("UPDATE records SET key = '/moved' || key"));
        var last = new SqliteMigration(3, "a table", connection => connection.Execute("CREATE TABLE extra (x)"));
        await using (var store = SqliteStore.Open(_folder.Store, new SqliteStoreOptions { Migrations = [.. SqliteMigration.All, next, last] }))
        {
            store.Revision.ShouldBe(5);
            (await KeysAsync(store)).ShouldAllBe(key => key.StartsWith("/moved/k/"));
        }
        Refusal<StoreException>().ShouldContain("format 3");

        // The copy is a whole store of the old format.
        await using var old = SqliteStore.Open(_folder.Store + ".format1.backup");
        (await KeysAsync(old)).ShouldBe(["/k/0", "/k/1", "/k/2", "/k/3", "/k/4"]);
    }

    [Fact]
    public async Task A_step_that_fails_leaves_the_format_before_it()
    {
        await FillAsync(5);
        var good = new SqliteMigration(2, "good", connection => connection.Execute("CREATE TABLE extra (x)"));
        var bad = new SqliteMigration(3, "bad", connection =>
        {
            connection.Execute("DELETE FROM records");
            connection.Execute("THIS IS NOT SQL");
        });
        Should.Throw<StoreException>(() => SqliteStore.Open(_folder.Store, new SqliteStoreOptions { Migrations = [.. SqliteMigration.All, good, bad] }));
        await using var store = SqliteStore.Open(_folder.Store, new SqliteStoreOptions { Migrations = [.. SqliteMigration.All, good] });
        (await KeysAsync(store)).Count.ShouldBe(5);
    }

    [Fact]
    public void The_steps_are_numbered_without_gaps() =>
        SqliteMigration.All.Select(migration => migration.Version).ShouldBe(Enumerable.Range(1, SqliteMigration.All.Count));

    [Fact]
    public async Task Without_room_a_transaction_fails_alone_and_later_ones_work()
    {
        await using var store = SqliteStore.Open(_folder.Store, new SqliteStoreOptions { MaxPages = 60 });
        await PutAsync(store, "/small/0");
        var large = Enumerable.Range(0, 20).Select(i => TryPutAsync(store, $"/large/{i}", 100_000)).ToArray();
        var small = Enumerable.Range(1, 5).Select(i => TryPutAsync(store, $"/small/{i}", 10)).ToArray();
        (await Task.WhenAll(small)).ShouldAllBe(done => done);
        var stored = await Task.WhenAll(large);
        stored.ShouldContain(false);

        // What was acknowledged is there, and nothing else.
        (await KeysAsync(store)).Count.ShouldBe(6 + stored.Count(done => done));
        await store.CommitAsync(new StoreTransaction([], [.. Enumerable.Range(0, 20).Select(i => new StoreMutation($"/large/{i}", null))]), Cancel);
        (await TryPutAsync(store, "/large/again", 100_000)).ShouldBeTrue();
    }

    [Fact]
    public async Task On_a_full_disk_nothing_is_acknowledged_and_it_works_again_when_there_is_room()
    {
        Assert.SkipUnless(FileSystem.EffectiveUserId == 0, "Mounting a small disk needs root.");
        var disk = Directory.CreateDirectory(_folder.At("disk")).FullName;
        await RunAsync("mount", "-t", "tmpfs", "-o", "size=2m", "nines-test", disk);
        try
        {
            var ballast = Path.Combine(disk, "ballast");
            File.WriteAllBytes(ballast, new byte[1_200_000]);
            var stored = new List<string>();
            await using (var store = SqliteStore.Open(Path.Combine(disk, "store.db")))
            {
                for (var i = 0; await TryPutAsync(store, $"/k/{i:D4}", 20_000); i++)
                    stored.Add($"/k/{i:D4}");
                stored.Count.ShouldBeInRange(1, 100);
                (await TryPutAsync(store, "/k/again", 20_000)).ShouldBeFalse();
                (await KeysAsync(store)).ShouldBe(stored);

                File.Delete(ballast);
                (await TryPutAsync(store, "/k/room", 20_000)).ShouldBeTrue();
                stored.Add("/k/room");
            }
            await using var again = SqliteStore.Open(Path.Combine(disk, "store.db"));
            (await KeysAsync(again)).ShouldBe(stored);
        }
        finally
        {
            await RunAsync("umount", disk);
        }
    }

    [Fact]
    public async Task Closing_finishes_what_was_queued_and_refuses_the_rest()
    {
        var store = SqliteStore.Open(_folder.Store);
        var commits = Enumerable.Range(0, 50).Select(i => PutAsync(store, $"/k/{i}").AsTask()).ToArray();
        await store.DisposeAsync();
        await Task.WhenAll(commits);
        await Should.ThrowAsync<ObjectDisposedException>(() => PutAsync(store, "/late").AsTask());
        await using var again = SqliteStore.Open(_folder.Store);
        (await KeysAsync(again)).Count.ShouldBe(50);
    }

    private static async Task RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        await process.WaitForExitAsync(CancellationToken.None);
        process.ExitCode.ShouldBe(0, program);
    }

    private async Task FillAsync(int records)
    {
        await using var store = SqliteStore.Open(_folder.Store);
        for (var i = 0; i < records; i++)
            await store.CommitAsync(new StoreTransaction([], [new StoreMutation($"/k/{i}", new byte[200])]), Cancel);
    }

    private string Refusal<TException>() where TException : Exception => Should.Throw<TException>(() => SqliteStore.Open(_folder.Store)).Message;

    private static ValueTask<CommitResult> PutAsync(SqliteStore store, string key, int bytes = 10) =>
        store.CommitAsync(new StoreTransaction([], [new StoreMutation(key, new byte[bytes])]), Cancel);

    private static async Task<bool> TryPutAsync(SqliteStore store, string key, int bytes)
    {
        try
        {
            return (await PutAsync(store, key, bytes)).Succeeded;
        }
        catch (StoreFullException)
        {
            return false;
        }
    }

    private static async Task<List<string>> KeysAsync(SqliteStore store) =>
        [.. (await store.ReadAsync("/", null, 10_000, Cancel)).Entries.Select(entry => entry.Key)];
}
