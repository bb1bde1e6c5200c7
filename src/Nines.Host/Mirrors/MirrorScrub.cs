using System.Security.Cryptography;
using Nines.Host.Nbd;
using Nines.Host.Processes;
using Nines.Host.Vms.Qmp;

namespace Nines.Host.Mirrors;

/// <summary>
/// Reads both copies of a disk that a machine writes to, and says which is wrong where they differ. The guest notices nothing but that the disks are read:
/// the hypervisor lends both copies for reading and notes where is written meanwhile, so that what is being written is not taken for different.
/// </summary>
/// <param name="commands">Runs <c>qemu-img</c>, which says where data is.</param>
internal sealed class MirrorScrub(IHostCommands commands, TimeProvider time)
{
    /// <summary>Bytes that are compared, and remembered, as one.</summary>
    public const int ChunkBytes = 1 << 20;

    /// <summary>After each chunk, so that a scrub takes no more than a part of what a disk can do: at most 200 MB/s of each.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);
    private readonly NbdExtents _extents = new(commands);

    /// <summary>Compares the copies once.</summary>
    /// <param name="socketPath">A path for the hypervisor's socket.</param>
    /// <param name="first">The first copy's node.</param>
    /// <param name="memory">What earlier scrubs of this machine's disk remember.</param>
    /// <exception cref="QmpException">The hypervisor does not lend the copies.</exception>
    /// <exception cref="IOException">A copy cannot be read.</exception>
    public async Task<ScrubVerdict> RunAsync(QmpClient monitor, string socketPath, string volumeId, string first, ScrubMemory memory, CancellationToken cancellationToken)
    {
        var top = MirrorNodes.TopOf(volumeId);
        var (before, now) = (memory.Bitmap, memory.NextBitmap);
        await RemoveAsync(monitor, top, now, cancellationToken);
        await monitor.ExecuteAsync(new DirtyBitmapAdd(top, now, ChunkBytes), cancellationToken);
        await MirrorNodes.StopLendingAsync(monitor, cancellationToken);
        await monitor.ExecuteAsync(new NbdServerStart(new(new(socketPath))), cancellationToken);
        try
        {
            await monitor.ExecuteAsync(new BlockExportAdd("scrub-first", first, "first"), cancellationToken);
            await monitor.ExecuteAsync(new BlockExportAdd("scrub-second", MirrorNodes.SecondOf(volumeId), "second"), cancellationToken);
            var (chunks, sums, differing) = await CompareAsync(socketPath, cancellationToken);
            var writing = await NotedAsync(monitor, socketPath, top, now, cancellationToken);
            var written = before is null ? [] : await NotedAsync(monitor, socketPath, top, before, cancellationToken);
            var verdict = VerdictOf(chunks, differing, memory, writing, written);
            memory.Keep(sums, now);
            return verdict;
        }
        finally
        {
            await monitor.ExecuteAsync(new NbdServerStop(), CancellationToken.None);
            if (before is not null && memory.Bitmap == now)
            {
                await RemoveAsync(monitor, top, before, CancellationToken.None);
            }
        }
    }

    private async Task<(int Chunks, Dictionary<long, UInt128> Sums, List<(long Chunk, UInt128 First, UInt128 Second)> Differing)> CompareAsync(string socketPath, CancellationToken cancellationToken)
    {
        var chunks = await ChunksAsync(socketPath, "first", null, cancellationToken);
        chunks.UnionWith(await ChunksAsync(socketPath, "second", null, cancellationToken));
        var sums = new Dictionary<long, UInt128>();
        var differing = new List<(long Chunk, UInt128 First, UInt128 Second)>();
        await using var first = await NbdClient.OpenAsync(socketPath, "first", cancellationToken);
        await using var second = await NbdClient.OpenAsync(socketPath, "second", cancellationToken);
        foreach (var chunk in chunks)
        {
            var (one, other) = (await SumAsync(first, chunk, cancellationToken), await SumAsync(second, chunk, cancellationToken));
            if (one == other)
            {
                sums[chunk] = one;
            }
            else
            {
                differing.Add((chunk, one, other));
            }

            await Task.Delay(Pause, time, cancellationToken);
        }

        return (chunks.Count, sums, differing);
    }

    /// <param name="writing">What was written to since this scrub began: it may have been read from one copy before and from the other after.</param>
    /// <param name="written">What was written to since the last one began.</param>
    private static ScrubVerdict VerdictOf(
        int chunks, List<(long Chunk, UInt128 First, UInt128 Second)> differing, ScrubMemory memory, IReadOnlySet<long> writing, IReadOnlySet<long> written)
    {
        var real = differing.Where(place => !writing.Contains(place.Chunk)).ToList();
        var known = real.Select(place => memory.Judge(place.Chunk, place.First, place.Second, written.Contains(place.Chunk))).OfType<MirrorCopy>().ToList();
        var right = known.Count == 0 ? MirrorCopy.First : known[0];
        var bad = right is MirrorCopy.First ? MirrorCopy.Second : MirrorCopy.First;
        return new ScrubVerdict((long)chunks * ChunkBytes, real.Count, real.Count == 0 ? null : bad, known.Count > 0);
    }

    /// <summary>The chunks that a bitmap notes as written to, by now. One that goes on noting is not lent; a copy of it is.</summary>
    private async Task<SortedSet<long>> NotedAsync(QmpClient monitor, string socketPath, string top, string bitmap, CancellationToken cancellationToken)
    {
        var copy = bitmap + "-copy";
        await RemoveAsync(monitor, top, copy, cancellationToken);
        await monitor.ExecuteAsync(new DirtyBitmapAdd(top, copy, ChunkBytes) { Disabled = true }, cancellationToken);
        await monitor.ExecuteAsync(new DirtyBitmapMerge(top, copy, [bitmap]), cancellationToken);
        await monitor.ExecuteAsync(new BlockExportAdd(copy, top, copy) { Bitmaps = [copy] }, cancellationToken);
        return await ChunksAsync(socketPath, copy, copy, cancellationToken);
    }

    private static async Task<UInt128> SumAsync(NbdClient disk, long chunk, CancellationToken cancellationToken)
    {
        var buffer = new byte[Math.Min(ChunkBytes, disk.SizeBytes - (chunk * ChunkBytes))];
        await disk.ReadAsync(chunk * ChunkBytes, buffer, cancellationToken);
        var hash = SHA256.HashData(buffer);
        return System.Buffers.Binary.BinaryPrimitives.ReadUInt128LittleEndian(hash);
    }

    /// <summary>The chunks that hold data, or those that a bitmap notes as written to.</summary>
    private async Task<SortedSet<long>> ChunksAsync(string socketPath, string export, string? bitmap, CancellationToken cancellationToken)
    {
        var chunks = new SortedSet<long>();
        foreach (var (start, length) in await _extents.ReadAsync(socketPath, export, bitmap, cancellationToken))
        {
            for (var chunk = start / ChunkBytes; chunk * ChunkBytes < start + length; chunk++)
            {
                chunks.Add(chunk);
            }
        }

        return chunks;
    }

    private static async Task RemoveAsync(QmpClient monitor, string node, string bitmap, CancellationToken cancellationToken)
    {
        try
        {
            await monitor.ExecuteAsync(new DirtyBitmapRemove(node, bitmap), cancellationToken);
        }
        catch (QmpException)
        {
            // There is none.
        }
    }
}
