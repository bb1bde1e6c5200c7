namespace Nines.Host.Volumes;

/// <summary>
/// Who may open a disk or change which file it is: one at a time for each disk. A machine that starts while its disk gets
/// another file would write to the one that is a snapshot by then.
/// </summary>
internal sealed class DiskLocks
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);

    /// <summary>Waits for disks, in one order for all so that nobody waits for ever; they are free again when what is returned is disposed.</summary>
    public async Task<IDisposable> AcquireAsync(IEnumerable<string> volumeIds, CancellationToken cancellationToken)
    {
        var held = new Held(this);
        try
        {
            foreach (var id in volumeIds.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))
            {
                await AcquireAsync(id, cancellationToken);
                held.Ids.Push(id);
            }

            return held;
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    private async Task AcquireAsync(string id, CancellationToken cancellationToken)
    {
        Entry? entry;
        lock (_lock)
        {
            if (!_entries.TryGetValue(id, out entry))
            {
                _entries.Add(id, entry = new Entry());
            }

            entry.Users++;
        }

        try
        {
            await entry.Free.WaitAsync(cancellationToken);
        }
        catch
        {
            Leave(id, wasHeld: false);
            throw;
        }
    }

    private void Leave(string id, bool wasHeld)
    {
        lock (_lock)
        {
            var entry = _entries[id];
            if (wasHeld)
            {
                entry.Free.Release();
            }

            if (--entry.Users == 0)
            {
                _entries.Remove(id);
                entry.Free.Dispose();
            }
        }
    }

    private sealed class Entry
    {
        public SemaphoreSlim Free { get; } = new(1, 1);

        public int Users { get; set; }
    }

    private sealed class Held(DiskLocks locks) : IDisposable
    {
        public Stack<string> Ids { get; } = new();

        public void Dispose()
        {
            while (Ids.TryPop(out var id))
            {
                locks.Leave(id, wasHeld: true);
            }
        }
    }
}
