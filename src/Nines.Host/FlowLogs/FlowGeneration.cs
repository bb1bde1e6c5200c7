using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;

namespace Nines.Host.FlowLogs;

/// <summary>What was counted from one moment on until the next generation began.</summary>
/// <param name="Begin">The moment, in milliseconds since 1970.</param>
/// <param name="Sets">The sets that it lies in.</param>
/// <param name="Flows">What was counted.</param>
/// <param name="Skipped">The taps that had more flows than the sets could hold.</param>
internal sealed record FlowGeneration(long Begin, ImmutableArray<string> Sets, ImmutableArray<CountedFlow> Flows, ImmutableHashSet<string> Skipped)
{
    /// <summary>Reads what <c>nft -j -n list table</c> answers: all generations, the oldest first.</summary>
    public static ImmutableArray<FlowGeneration> Parse(string json)
    {
        using var document = JsonDocument.Parse(json);
        return
        [
            .. document.RootElement.GetProperty("nftables").EnumerateArray()
                .Where(item => item.TryGetProperty("set", out _)).Select(item => item.GetProperty("set"))
                .Select(set => (Name: set.GetProperty("name").GetString()!, Set: set))
                .GroupBy(pair => long.Parse(pair.Name[(pair.Name.LastIndexOf('-') + 1)..], CultureInfo.InvariantCulture))
                .OrderBy(group => group.Key)
                .Select(group => new FlowGeneration(
                    group.Key,
                    [.. group.Select(pair => pair.Name)],
                    [.. group.Where(pair => !IsSkipped(pair.Name)).SelectMany(pair => Elements(pair.Set).Select(element => Flow(pair.Name.Split('-'), element)))],
                    [.. group.Where(pair => IsSkipped(pair.Name)).SelectMany(pair => Elements(pair.Set)).Select(element => element.GetProperty("val").ToString())])),
        ];
    }

    /// <summary>When the generations began that <c>nft -j -t list sets</c> tells of, in order.</summary>
    public static List<long> BeginsIn(string json)
    {
        using var document = JsonDocument.Parse(json);
        return
        [
            .. document.RootElement.GetProperty("nftables").EnumerateArray()
                .Where(item => item.TryGetProperty("set", out _)).Select(item => item.GetProperty("set"))
                .Where(set => set.GetProperty("table").GetString() == FlowRuleset.Table).Select(set => set.GetProperty("name").GetString()!)
                .Where(IsSkipped).Select(name => long.Parse(name["skipped-".Length..], CultureInfo.InvariantCulture)).Order(),
        ];
    }

    private static bool IsSkipped(string set) => set.StartsWith("skipped-", StringComparison.Ordinal);

    private static IEnumerable<JsonElement> Elements(JsonElement set) =>
        set.TryGetProperty("elem", out var elements) ? elements.EnumerateArray().Select(element => element.GetProperty("elem")) : [];

    /// <param name="set">The parts of the set's name: protocol, direction, verdict, generation.</param>
    /// <param name="element">One of its elements.</param>
    private static CountedFlow Flow(string[] set, JsonElement element)
    {
        var key = element.GetProperty("val").GetProperty("concat");
        var counter = element.GetProperty("counter");
        var hasPorts = set[0] is "tcp" or "udp";
        return new()
        {
            Tap = key[0].ToString(),
            IsSent = set[1] == "sent",
            IsAccepted = set[2] == "accept",
            Source = key[1].GetString()!,
            Destination = key[2].GetString()!,
            SourcePort = hasPorts ? key[3].GetInt32() : 0,
            DestinationPort = hasPorts ? key[4].GetInt32() : 0,
            Protocol = set[0] switch { "tcp" => 6, "udp" => 17, _ => key[3].GetInt32() },
            Packets = counter.GetProperty("packets").GetInt64(),
            Bytes = counter.GetProperty("bytes").GetInt64(),
        };
    }
}
