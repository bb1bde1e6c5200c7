using System.Net;

namespace Nines.Host.Networks;

/// <summary>Which addresses a machine has routes for, by the lines of <c>ip route</c>.</summary>
internal static class RoutedBlocks
{
    /// <summary>Of benchmarks (RFC 2544) and documents (RFC 5737): nobody's on the internet, so they hide nothing there.</summary>
    private static readonly IPNetwork[] _nobodys =
        [IPNetwork.Parse("198.18.0.0/16"), IPNetwork.Parse("198.19.0.0/16"), IPNetwork.Parse("203.0.113.0/24"), IPNetwork.Parse("198.51.100.0/24")];

    /// <summary>The first route to some of a block's addresses; the default route is to none in particular.</summary>
    public static string? FindOverlap(IEnumerable<string> routes, IPNetwork block) =>
        routes.FirstOrDefault(route => TryParse(route, out var routed) && routed.Overlaps(block));

    /// <summary>A block that could be a pool of public addresses, or <see langword="null"/> when all that are nobody's have routes.</summary>
    public static IPNetwork? FindFree(IReadOnlyCollection<string> routes)
    {
        foreach (var block in _nobodys)
        {
            if (FindOverlap(routes, block) is null)
            {
                return block;
            }
        }

        return null;
    }

    private static bool TryParse(string route, out IPNetwork block)
    {
        var words = route.Split(' ');
        var destination = words[0] is "unreachable" or "blackhole" or "prohibit" or "throw" && words.Length > 1 ? words[1] : words[0];
        return IPNetwork.TryParse(destination.Contains('/') ? destination : destination + "/32", out block);
    }
}
