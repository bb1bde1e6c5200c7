using System.Text.Json;
using Microsoft.Extensions.Logging;
using Nines.Control.Store;

namespace Nines.Control.Audit;

/// <summary>
/// The lines of <see cref="AuditedWrites"/>, kept until there are too many: the oldest go first, some at a time, apart from
/// the requests that add them. Only their number is in memory.
/// </summary>
internal sealed class AuditLog : IAsyncDisposable
{
    /// <summary>How many lines are kept: some 30 MB on disk.</summary>
    public const int DefaultMaxLines = 50_000;

    private const int PageSize = 1024;
    private readonly IStore _store;
    private readonly int _maxLines;
    private readonly int _batch;
    private readonly TimeProvider _time;
    private readonly ILogger<AuditLog> _logger;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _trimming;

    /// <summary>Begins to watch over the number of lines.</summary>
    /// <param name="store">Where they are.</param>
    /// <param name="time">The clock of retries.</param>
    /// <param name="logger">Where failures are told.</param>
    /// <param name="maxLines">How many are kept.</param>
    /// <param name="batch">How many go at a time; so many more than the most may there be for a while.</param>
    public AuditLog(IStore store, TimeProvider time, ILogger<AuditLog> logger, int maxLines = DefaultMaxLines, int batch = 256)
    {
        (_store, _time, _logger, _maxLines, _batch) = (store, time, logger, maxLines, batch);
        _trimming = KeepTrimmedAsync(_stop.Token);
    }

    /// <summary>The newest lines, oldest first.</summary>
    public async Task<IReadOnlyList<AuditLine>> ReadNewestAsync(int count, CancellationToken cancellationToken)
    {
        var newest = new Queue<StoreEntry>(count);
        await foreach (var entry in ReadAllAsync(cancellationToken))
        {
            if (newest.Count == count)
            {
                newest.Dequeue();
            }

            newest.Enqueue(entry);
        }

        return [.. newest.Select(entry => JsonSerializer.Deserialize(entry.Value, AuditJsonContext.Default.AuditLine)!)];
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _trimming;
        _stop.Dispose();
    }

    private async Task KeepTrimmedAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                var revision = _store.Revision;
                await FollowAsync(await CountAsync(cancellationToken), revision, cancellationToken);
            }
            catch (RevisionCompactedException)
            {
                // More was written than the watch remembers: count again.
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested)
            {
                _logger.AuditNotTrimmed(e);
                await Task.Delay(TimeSpan.FromSeconds(10), _time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private async Task FollowAsync(long count, long revision, CancellationToken cancellationToken)
    {
        count -= await TrimAsync(count, cancellationToken);
        await foreach (var batch in _store.WatchAsync(revision, AuditedWrites.Prefix, cancellationToken))
        {
            // Own removals are counted where they are made.
            count += batch.Events.Count(line => line.Value is not null);
            count -= await TrimAsync(count, cancellationToken);
        }
    }

    private async Task<long> TrimAsync(long count, CancellationToken cancellationToken)
    {
        var removed = 0L;
        while (count - removed > _maxLines + _batch)
        {
            var oldest = await _store.ReadAsync(AuditedWrites.Prefix, null, _batch, cancellationToken);
            if (oldest.Entries.Count == 0)
            {
                break;
            }

            await _store.CommitAsync(new StoreTransaction([], [.. oldest.Entries.Select(line => new StoreMutation(line.Key, null))]), cancellationToken);
            removed += oldest.Entries.Count;
        }

        return removed;
    }

    private async Task<long> CountAsync(CancellationToken cancellationToken)
    {
        var count = 0L;
        await foreach (var _ in ReadAllAsync(cancellationToken))
        {
            count++;
        }

        return count;
    }

    private async IAsyncEnumerable<StoreEntry> ReadAllAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? after = null;
        StoreSnapshot page;
        do
        {
            page = await _store.ReadAsync(AuditedWrites.Prefix, after, PageSize, cancellationToken);
            foreach (var entry in page.Entries)
            {
                yield return entry;
                after = entry.Key;
            }
        }
        while (page.More);
    }
}
