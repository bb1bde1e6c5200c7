using System.Text;

namespace Nines.Control.Services.Kms;

/// <summary>Pages of KMS: a limit, and a marker that says after which id the next page begins.</summary>
internal static class KmsPage
{
    /// <summary>One page.</summary>
    /// <param name="items">All, in order.</param>
    /// <param name="idOf">What orders them.</param>
    /// <param name="limit">The most to answer, as asked.</param>
    /// <param name="marker">Where to go on, as asked.</param>
    /// <param name="byDefault">The most when nothing is asked.</param>
    /// <param name="highest">The most that can be asked.</param>
    /// <returns>The page, and the marker of the next one or <see langword="null"/>.</returns>
    /// <exception cref="Nines.Wire.AwsException"><c>ValidationException</c>, <c>InvalidMarkerException</c>.</exception>
    public static (IReadOnlyList<T> Items, string? Next) Of<T>(IEnumerable<T> items, Func<T, string> idOf, int? limit, string? marker, int byDefault, int highest)
    {
        var count = KmsErrors.Within(limit ?? byDefault, 1, highest, "limit");
        var after = marker is null ? null : Read(marker);
        var page = items.Where(item => after is null || string.CompareOrdinal(idOf(item), after) > 0).Take(count + 1).ToList();
        if (page.Count <= count)
        {
            return (page, null);
        }

        page.RemoveAt(count);
        return (page, Convert.ToBase64String(Encoding.UTF8.GetBytes($"1{idOf(page[^1])}")));
    }

    private static string Read(string marker)
    {
        var bytes = new byte[marker.Length];
        return Convert.TryFromBase64String(marker, bytes, out var length) && Encoding.UTF8.GetString(bytes, 0, length) is ['1', .. var id]
            ? id
            : throw KmsErrors.InvalidMarker();
    }
}
