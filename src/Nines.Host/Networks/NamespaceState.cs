using System.Text.Json;

namespace Nines.Host.Networks;

/// <summary>
/// What a namespace holds, as words of ip(8): addresses <c>10.0.0.1/32 dev x</c>, routes <c>10.0.0.4 dev x src 10.0.0.1</c> and
/// permanent neighbours <c>10.0.0.4 lladdr 02:… dev x</c>.
/// </summary>
internal sealed record NamespaceState
{
    /// <summary>What to ask ip(8), line by line, so that <see cref="Parse"/> understands the answer.</summary>
    public const string Questions = "address show\nroute show\nneighbour show nud permanent\n";

    /// <summary>Links by name.</summary>
    public Dictionary<string, LinkState> Links { get; } = [];

    public HashSet<string> Addresses { get; } = [];

    public HashSet<string> Routes { get; } = [];

    public HashSet<string> Neighbours { get; } = [];

    /// <summary>Reads the answer to <see cref="Questions"/>: a line of JSON for each.</summary>
    public static NamespaceState Parse(string answer)
    {
        var lines = answer.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (lines.Length != 3)
        {
            throw new FormatException($"ip(8) answered {lines.Length} lines to three questions.");
        }

        var state = new NamespaceState();
        state.ReadLinks(lines[0]);
        state.ReadRoutes(lines[1]);
        state.ReadNeighbours(lines[2]);
        return state;
    }

    private void ReadLinks(string json)
    {
        using var document = JsonDocument.Parse(json);
        foreach (var link in document.RootElement.EnumerateArray().Where(link => link.TryGetProperty("ifname", out _)))
        {
            var name = Text(link, "ifname")!;
            var flags = link.GetProperty("flags").EnumerateArray().Select(flag => flag.GetString()).ToHashSet();
            Links[name] = new(link.GetProperty("ifindex").GetInt32(), Text(link, "address") ?? "", flags.Contains("UP"), flags.Contains("LOWER_UP"));
            foreach (var address in link.GetProperty("addr_info").EnumerateArray().Where(address => Text(address, "family") == "inet"))
            {
                Addresses.Add($"{Text(address, "local")}/{address.GetProperty("prefixlen").GetInt32()} dev {name}");
            }
        }
    }

    private void ReadRoutes(string json)
    {
        using var document = JsonDocument.Parse(json);
        foreach (var route in document.RootElement.EnumerateArray())
        {
            var words = new List<string>();
            if (Text(route, "type") is { } type and not "unicast")
            {
                words.Add(type);
            }

            words.Add(Text(route, "dst")!);
            AddWords(words, "via", Text(route, "gateway"));
            AddWords(words, "dev", Text(route, "dev"));
            AddWords(words, "src", Text(route, "prefsrc"));
            AddWords(words, "metric", route.TryGetProperty("metric", out var metric) ? metric.GetRawText() : null);
            if (route.TryGetProperty("flags", out var flags) && flags.EnumerateArray().Any(flag => flag.GetString() == "onlink"))
            {
                words.Add("onlink");
            }

            Routes.Add(string.Join(' ', words));
        }
    }

    private void ReadNeighbours(string json)
    {
        using var document = JsonDocument.Parse(json);
        foreach (var neighbour in document.RootElement.EnumerateArray().Where(neighbour => Text(neighbour, "lladdr") is not null))
        {
            Neighbours.Add($"{Text(neighbour, "dst")} lladdr {Text(neighbour, "lladdr")} dev {Text(neighbour, "dev")}");
        }
    }

    private static void AddWords(List<string> words, string key, string? value)
    {
        if (value is not null)
        {
            words.Add(key);
            words.Add(value);
        }
    }

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) ? value.GetString() : null;
}
