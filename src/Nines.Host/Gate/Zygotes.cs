using System.Collections.Immutable;
using Microsoft.Extensions.Logging;

namespace Nines.Host.Gate;

/// <summary>The zygotes of a host: few, since each takes memory. The one that was not used for the longest time makes room for another.</summary>
internal sealed class Zygotes(ILogger<Zygotes> logger) : IDisposable
{
    /// <summary>Images and types that are launched again and again are few; what is launched now and then is restored from its file.</summary>
    private const int Most = 4;

    private readonly Lock _lock = new();

    /// <summary>The most recently used first.</summary>
    private readonly List<Zygote> _all = [];

    /// <summary>The zygote of a kept guest, if there is one.</summary>
    /// <param name="failed">Is told when there was one of which a machine could not be made.</param>
    public Zygote? Find(KeptGuest kept, Action? failed = null)
    {
        lock (_lock)
        {
            var found = _all.Find(zygote => zygote.Kept == kept);
            if (found is null)
            {
                return null;
            }

            _all.Remove(found);
            if (!found.IsAlive)
            {
                found.Dispose();
                if (found.HasFailed)
                {
                    failed?.Invoke();
                }

                return null;
            }

            _all.Insert(0, found);
            return found;
        }
    }

    /// <summary>Takes one in.</summary>
    public void Add(Zygote zygote)
    {
        lock (_lock)
        {
            _all.Insert(0, zygote);
            foreach (var old in _all.Skip(Most).ToArray())
            {
                End(old);
            }
        }
    }

    /// <summary>Ends that of a guest that is kept no more.</summary>
    public void Remove(string keptId)
    {
        lock (_lock)
        {
            foreach (var zygote in _all.Where(zygote => zygote.Kept.Id == keptId).ToArray())
            {
                End(zygote);
            }
        }
    }

    /// <summary>Memory that they and their forks have together and no file has, in bytes.</summary>
    public long MeasureBytes()
    {
        ImmutableArray<Zygote> all;
        lock (_lock)
        {
            all = [.. _all];
        }

        return all.Sum(zygote => zygote.Measure()?.WrittenBytes ?? 0);
    }

    /// <summary>Ends all of them.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            foreach (var zygote in _all.ToArray())
            {
                End(zygote);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Clear();

    private void End(Zygote zygote)
    {
        _all.Remove(zygote);
        zygote.Dispose();
        logger.ZygoteEnded(zygote.Kept.Id);
    }
}
