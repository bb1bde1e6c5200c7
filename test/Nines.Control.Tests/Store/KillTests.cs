using System.Diagnostics;
using System.Globalization;
using System.Text;
using Nines.Control.Store;
using Nines.Control.Store.Sqlite;

namespace Nines.Control.Tests.Store;

/// <summary>kill -9 of a process that writes: what it acknowledged is there afterwards.</summary>
public sealed class KillTests : IDisposable
{
    private const int Rounds = 3;
    private const int Writers = 4;
    private const string FolderVariable = "NINES_TEST_KILL_FOLDER";

    // The process that is killed works in the folder of the test that kills it, and cannot clean up one of its own.
    private readonly StateFolder? _own = Environment.GetEnvironmentVariable(FolderVariable) is null ? new() : null;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private StateFolder Folder => _own ?? throw new InvalidOperationException("The killed half has no folder of its own.");

    public void Dispose() => _own?.Dispose();

    [Fact]
    public async Task Nothing_acknowledged_is_lost_however_often_the_writer_is_killed()
    {
        var random = new Random(20261122);
        var acknowledged = Array.Empty<string>();
        for (var round = 0; round < Rounds; round++)
        {
            var before = acknowledged.Length;
            using (var writer = StartWriter())
            {
                var enough = before + random.Next(20, 200);
                await Poll.UntilAsync(() => writer.HasExited || Acknowledged().Length >= enough, "the writer writes", Cancel);
                writer.HasExited.ShouldBeFalse("the writer ended by itself");
                writer.Kill();
                await writer.WaitForExitAsync(Cancel);
            }
            acknowledged = Acknowledged();
            acknowledged.Length.ShouldBeGreaterThan(before);
            await CheckAsync(acknowledged);
        }
    }

    /// <summary>The process that is killed. Runs only when the test above starts it.</summary>
    [Fact(Explicit = true)]
    public async Task Write_until_killed()
    {
        var folder = Environment.GetEnvironmentVariable(FolderVariable);
        Assert.SkipWhen(folder is null, "Started by the test that kills it.");
        await using var store = SqliteStore.Open(Path.Combine(folder!, "store.db"));
        await using var acks = new FileStream(Path.Combine(folder!, "acks"), FileMode.Append, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        await Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => Task.Run(async () =>
        {
            var next = (await store.ReadAsync($"/k/{writer}/", null, int.MaxValue, Cancel)).Entries.Count;
            while (true)
            {
                var key = string.Create(CultureInfo.InvariantCulture, $"/k/{writer}/{next++:D6}");
                // Two records, to see that a transaction is there as a whole or not at all.
                await store.CommitAsync(new StoreTransaction([new StoreCondition(key, 0)],
                    [new StoreMutation(key, Encoding.ASCII.GetBytes(key)), new StoreMutation("/twin" + key, Encoding.ASCII.GetBytes(key))]), Cancel);
                lock (acks)
                    acks.Write(Encoding.ASCII.GetBytes(key + "\n"));
            }
        }, Cancel)));
    }

    private async Task CheckAsync(string[] acknowledged)
    {
        await using var store = SqliteStore.Open(Folder.Store);
        var keys = await KeysAsync(store, "/k/");
        (await KeysAsync(store, "/twin/")).ShouldBe(keys.Select(key => "/twin" + key));
        acknowledged.Except(keys).ShouldBeEmpty();
        store.Revision.ShouldBe(keys.Count);
        // One transaction of each writer may have been under way in every round.
        (keys.Count - acknowledged.Length).ShouldBeInRange(0, Writers * Rounds);
        foreach (var group in keys.GroupBy(key => key[..5]))
            group.ShouldBe(Enumerable.Range(0, group.Count()).Select(i => $"{group.Key}{i:D6}"));
    }

    private Process StartWriter()
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "Nines.Control.Tests"),
            ["-explicit", "only", "-method", $"{typeof(KillTests).FullName}.{nameof(Write_until_killed)}"])
        {
            RedirectStandardOutput = true,
        };
        start.Environment[FolderVariable] = Folder.Path;
        return Process.Start(start)!;
    }

    // The last line may be cut off; then its transaction was acknowledged all the same, but nobody heard of it.
    private string[] Acknowledged()
    {
        var path = Folder.At("acks");
        if (!File.Exists(path))
            return [];
        using var file = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        var text = file.ReadToEnd();
        return text[..(text.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private static async Task<List<string>> KeysAsync(SqliteStore store, string prefix) =>
        [.. (await store.ReadAsync(prefix, null, int.MaxValue, Cancel)).Entries.Select(entry => entry.Key)];
}
