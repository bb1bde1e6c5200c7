using System.Collections.Immutable;
using Nines.Host.Api;

namespace Nines.Host.Reports;

/// <summary>What differs between two desired states: compared by reference first, so that unchanged parts cost next to nothing.</summary>
/// <param name="Changed">New and changed entries.</param>
/// <param name="Dropped">Keys that are not named any more.</param>
internal sealed record DesiredChanges<T>(IReadOnlyList<T> Changed, IReadOnlyList<string> Dropped);

/// <summary>Finds changes, by id: the order of a dictionary differs from process to process, and a seeded simulation must not.</summary>
internal static class DesiredChanges
{
    /// <summary>What may differ between two states, as far as the newer one says so to a host that has the older one.</summary>
    public static HostStateChanges? Named(HostState previous, HostState next) =>
        next.Changes is { } changes && changes.Since == previous.Generation ? changes : null;

    /// <summary>The changes from one dictionary to another.</summary>
    /// <param name="previous">What was.</param>
    /// <param name="next">What shall be.</param>
    /// <param name="named">The ids of all that may differ; <see langword="null"/>: any may.</param>
    public static DesiredChanges<T> Between<T>(ImmutableDictionary<string, T> previous, ImmutableDictionary<string, T> next, ImmutableArray<string>? named = null)
        where T : class
    {
        if (ReferenceEquals(previous, next))
        {
            return new DesiredChanges<T>([], []);
        }

        var changed = new SortedDictionary<string, T>(StringComparer.Ordinal);
        var dropped = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var id in named ?? previous.Keys.Union(next.Keys))
        {
            var old = previous.GetValueOrDefault(id);
            if (next.TryGetValue(id, out var value))
            {
                if (!ReferenceEquals(old, value))
                {
                    changed[id] = value;
                }
            }
            else if (old is not null)
            {
                dropped.Add(id);
            }
        }

        return new DesiredChanges<T>([.. changed.Values], [.. dropped]);
    }
}
