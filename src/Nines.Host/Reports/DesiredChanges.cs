using System.Collections.Immutable;

namespace Nines.Host.Reports;

/// <summary>What differs between two desired states: compared by reference first, so that unchanged parts cost next to nothing.</summary>
/// <param name="Changed">New and changed entries.</param>
/// <param name="Dropped">Keys that are not named any more.</param>
internal sealed record DesiredChanges<T>(IReadOnlyList<T> Changed, IReadOnlyList<string> Dropped);

/// <summary>Finds changes, by id: the order of a dictionary differs from process to process, and a seeded simulation must not.</summary>
internal static class DesiredChanges
{
    /// <summary>The changes from one dictionary to another.</summary>
    public static DesiredChanges<T> Between<T>(ImmutableDictionary<string, T> previous, ImmutableDictionary<string, T> next)
        where T : class
    {
        if (ReferenceEquals(previous, next))
        {
            return new DesiredChanges<T>([], []);
        }

        var changed = new SortedDictionary<string, T>(StringComparer.Ordinal);
        var kept = 0;
        foreach (var (id, value) in next)
        {
            if (!previous.TryGetValue(id, out var old))
            {
                changed.Add(id, value);
                continue;
            }

            kept++;
            if (!ReferenceEquals(old, value))
            {
                changed.Add(id, value);
            }
        }

        IReadOnlyList<string> dropped = kept == previous.Count ? [] : [.. previous.Keys.Where(id => !next.ContainsKey(id)).Order(StringComparer.Ordinal)];
        return new DesiredChanges<T>([.. changed.Values], dropped);
    }
}
