using System.Globalization;
using Microsoft.Data.Sqlite;
using Nines.Control.Store;
using Nines.Control.Store.Sqlite;

namespace Nines.Bench;

/// <summary>
/// How many durable transactions a second, how long each takes, and what the view costs in memory; beside what the disk and SQLite
/// alone can do, in the same run on the same disk.
/// </summary>
internal static class StoreBench
{
    private static readonly TimeSpan Round = TimeSpan.FromSeconds(3);
    private static readonly int[] Writers = [1, 10, 100];
    private static readonly int[] Instances = [1_000, 10_000, 100_000];

    public static async Task RunAsync(TextWriter output, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("nines-bench-").FullName;
        try
        {
            await output.WriteLineAsync("durable commits (records of 1 KiB)      commits/s     p50 ms     p99 ms".AsMemory(), cancellationToken);
            await ReportAsync(output, "disk alone: append 4 KiB, fsync", Measure(() => Fsync(folder), cancellationToken));
            await ReportAsync(output, "SQLite alone: one writer", Measure(() => RawSqlite(folder), cancellationToken));
            foreach (var writers in Writers)
                await ReportAsync(output, $"store, {writers} writers", await CommitAsync(Path.Combine(folder, $"store{writers}.db"), writers, cancellationToken));
            foreach (var writers in Writers)
                await ReportAsync(output, $"cloud, {writers} writers", await WriteAsync(Path.Combine(folder, $"cloud{writers}.db"), writers, cancellationToken));
            await output.WriteLineAsync("instances (with volume, adapter, address)  view MiB  bytes/instance  open ms  find ns  list 1000 us  by index us  write us".AsMemory(), cancellationToken);
            foreach (var instances in Instances)
                await output.WriteLineAsync((await StoreMemoryBench.MeasureAsync(Path.Combine(folder, $"memory{instances}.db"), instances, cancellationToken)).AsMemory(), cancellationToken);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static Func<int, Task> Fsync(string folder)
    {
        var file = new FileStream(Path.Combine(folder, "fsync"), FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        var page = new byte[4096];
        return _ =>
        {
            file.Write(page);
            file.Flush(flushToDisk: true);
            return Task.CompletedTask;
        };
    }

    private static Func<int, Task> RawSqlite(string folder)
    {
        var connection = SqliteFile.Connect(Path.Combine(folder, "raw.db"), SqliteOpenMode.ReadWriteCreate);
        connection.Execute("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE records (key TEXT PRIMARY KEY, value BLOB)");
        var insert = connection.CreateCommand();
        insert.CommandText = "INSERT INTO records VALUES ($key, $value)";
        var key = insert.Parameters.Add("$key", SqliteType.Text);
        insert.Parameters.AddWithValue("$value", new byte[1024]);
        return i =>
        {
            key.Value = KeyOf(0, i);
            insert.ExecuteNonQuery();
            return Task.CompletedTask;
        };
    }

    private static async Task<Latencies> CommitAsync(string path, int writers, CancellationToken cancellationToken)
    {
        await using var store = SqliteStore.Open(path);
        return await MeasureAsync(writers, async (writer, i) =>
        {
            var key = KeyOf(writer, i);
            await store.CommitAsync(new StoreTransaction([new StoreCondition(key, 0)], [new StoreMutation(key, new byte[1024])]), cancellationToken);
        }, cancellationToken);
    }

    private static async Task<Latencies> WriteAsync(string path, int writers, CancellationToken cancellationToken)
    {
        await using var store = SqliteStore.Open(path);
        await using var cloud = await Cloud.OpenAsync(store, [BenchRecord.Table], cancellationToken: cancellationToken);
        var payload = new string('x', 950);
        return await MeasureAsync(writers, (writer, i) => cloud.WriteAsync(transaction =>
            transaction.Insert(BenchRecord.Table, new BenchRecord("123456789012", KeyOf(writer, i), payload)), cancellationToken), cancellationToken);
    }

    private static Latencies Measure(Func<Func<int, Task>> prepare, CancellationToken cancellationToken)
    {
        var action = prepare();
        return MeasureAsync(1, (_, i) => action(i), cancellationToken).GetAwaiter().GetResult();
    }

    private static async Task<Latencies> MeasureAsync(int writers, Func<int, int, Task> action, CancellationToken cancellationToken)
    {
        var time = TimeProvider.System;
        var started = time.GetTimestamp();
        var perWriter = await Task.WhenAll(Enumerable.Range(0, writers).Select(writer => Task.Run(async () =>
        {
            var taken = new List<double>();
            for (var i = 0; time.GetElapsedTime(started) < Round; i++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var begun = time.GetTimestamp();
                await action(writer, i);
                taken.Add(time.GetElapsedTime(begun).TotalMilliseconds);
            }
            return taken;
        }, cancellationToken)));
        var elapsed = time.GetElapsedTime(started);
        return new Latencies([.. perWriter.SelectMany(taken => taken).Order()], elapsed);
    }

    private static Task ReportAsync(TextWriter output, string what, Latencies latencies) => output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
        $"{what,-36} {latencies.PerSecond,12:N0} {latencies.Percentile(50),10:N2} {latencies.Percentile(99),10:N2}"));

    private static string KeyOf(int writer, int i) => string.Create(CultureInfo.InvariantCulture, $"/w{writer:D3}/{i:D8}");

    private sealed record Latencies(double[] Sorted, TimeSpan Elapsed)
    {
        public double PerSecond => Sorted.Length / Elapsed.TotalSeconds;

        public double Percentile(int percent) => Sorted[Math.Min(Sorted.Length - 1, Sorted.Length * percent / 100)];
    }
}
