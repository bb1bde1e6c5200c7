namespace Nines.Host.Networks;

/// <summary>The way from a namespace as it is to one as it shall be, as lines for <c>ip -batch</c>.</summary>
internal static class NamespacePlan
{
    /// <summary>
    /// The hardware address of every tap's own side, the same on every host: a guest that moves keeps its router.
    /// Locally administered and the one that other routed networks use too.
    /// </summary>
    public const string RouterMacAddress = "ee:ee:ee:ee:ee:ee";

    /// <summary>The lines; none when all is as it shall be.</summary>
    /// <param name="mayRemove">Whether an address, route or neighbour that is not desired may go; everything may when <see langword="null"/>.</param>
    public static List<string> Lines(NamespaceLayout desired, NamespaceState observed, Func<string, bool>? mayRemove = null)
    {
        var lines = new List<string>();
        var taps = desired.Taps.ToHashSet();
        var removedTaps = observed.Links.Keys
            .Where(link => link.StartsWith(NetworkNames.TapPrefix, StringComparison.Ordinal) && !taps.Contains(link))
            .Order(StringComparer.Ordinal)
            .ToList();
        lines.AddRange(removedTaps.Select(tap => $"link delete dev {tap}"));

        // What lies on a removed tap goes with it; to remove it once more would be an error.
        var gone = removedTaps.Select(tap => $" dev {tap}").ToList();
        Remove("route", desired.Routes, observed.Routes);
        Remove("neighbour", desired.Neighbours, observed.Neighbours);
        Remove("address", desired.Addresses, observed.Addresses);
        foreach (var tap in desired.Taps.Where(tap => !observed.Links.ContainsKey(tap)))
        {
            lines.Add($"tuntap add dev {tap} mode tap user {desired.TapOwner}");
        }

        foreach (var tap in desired.Taps.Where(tap => observed.Links.GetValueOrDefault(tap) is not { Up: true, MacAddress: RouterMacAddress }))
        {
            // Else the kernel waits up to 0.8 s before it answers for another's address, and a namespace has no default of its own.
            lines.Add($"ntable change name arp_cache dev {tap} proxy_delay 0");
            lines.Add($"link set dev {tap} address {RouterMacAddress} up");
        }

        lines.AddRange(desired.Links.Where(link => observed.Links.GetValueOrDefault(link) is not { Up: true }).Select(link => $"link set dev {link} up"));
        lines.AddRange(desired.Addresses.Except(observed.Addresses).Select(address => $"address add {address}"));
        lines.AddRange(desired.Routes.Except(observed.Routes).Select(route => $"route replace {route}"));
        lines.AddRange(desired.Neighbours.Except(observed.Neighbours).Select(neighbour => $"neighbour replace {neighbour} nud permanent"));
        return lines;

        void Remove(string kind, IEnumerable<string> shall, IEnumerable<string> have) => lines.AddRange(have
            .Except(shall)
            .Where(entry => entry != "127.0.0.1/8 dev lo" && mayRemove?.Invoke(entry) != false)
            .Where(entry => !gone.Exists(suffix => entry.EndsWith(suffix, StringComparison.Ordinal) || entry.Contains(suffix + " ", StringComparison.Ordinal)))
            .Order(StringComparer.Ordinal)
            .Select(entry => $"{kind} delete {entry}"));
    }
}
