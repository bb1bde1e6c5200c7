using System.Globalization;

namespace Nines.EndToEnd;

/// <summary>
/// Public pools for clouds that tests start beside each other, and beside whatever clouds the machine runs. They are of 240.0.0.0/4,
/// which is reserved (RFC 1112) and routed by nobody.
/// </summary>
internal static class PublicPools
{
    private static int _count;

    /// <summary>The next free /24, as its first three numbers with a dot behind.</summary>
    public static string Next()
    {
        var routes = File.ReadAllText("/proc/net/route");
        while (true)
        {
            var second = Environment.ProcessId % 256;
            var third = Interlocked.Increment(ref _count) % 256;

            // The file shows addresses as little-endian numbers.
            if (!routes.Contains(string.Create(CultureInfo.InvariantCulture, $"\t00{third:X2}{second:X2}F0\t"), StringComparison.Ordinal))
            {
                return $"240.{second}.{third}.";
            }
        }
    }
}
