using System.Globalization;
using System.Text;
using Nines.Host.Networks;

namespace Nines.Host.FlowLogs;

/// <summary>
/// The table that counts packets, beside the one that decides about them: it sees each packet after the decision, with the mark that a
/// refused one got (<see cref="VpcRefusals"/>), and the private addresses on both sides. It lives on while the other is replaced.
/// </summary>
/// <remarks>
/// What is counted lies in sets that are named by the moment from which on they were filled, their generation. At its end the rules are made
/// anew with fresh sets in one transaction; what was counted is then read at leisure and removed. So no packet is lost between two readings,
/// and what a cloud that died had not read yet is found by the next one. Each direction and verdict has a set for TCP and UDP each, because
/// nft(8) 1.0.6 can list keys of five parts at most, and one for what has no ports.
/// </remarks>
internal static class FlowRuleset
{
    /// <summary>Name of the table.</summary>
    public const string Table = "nines-flows";

    /// <summary>The most flows of a set in one generation; the packets of others are counted for their adapter as skipped.</summary>
    public const int MaxFlows = 16_384;

    private const int MaxFlowsWithoutPorts = 4_096;

    /// <summary>Every direction with every verdict, as chains and sets are named.</summary>
    private static readonly string[] s_kinds = ["sent-accept", "sent-reject", "received-accept", "received-reject"];

    /// <summary>Begins a generation.</summary>
    /// <param name="taps">The adapters whose packets are counted.</param>
    /// <param name="generation">The moment, in milliseconds since 1970; later than every one before.</param>
    public static string Begin(IReadOnlyCollection<string> taps, long generation)
    {
        var text = new StringBuilder();
        text.Append($"add table inet {Table}\nadd chain inet {Table} watch {{ type filter hook forward priority filter + 10; policy accept; }}\n");
        foreach (var chain in s_kinds)
        {
            text.Append($"add chain inet {Table} {chain}\n");
        }

        text.Append($"flush table inet {Table}\ntable inet {Table} {{\n");
        text.Append(CultureInfo.InvariantCulture, $"  set skipped-{generation} {{ type iface_index; flags dynamic; size {MaxFlows}; counter; }}\n");
        foreach (var kind in s_kinds)
        {
            AppendKind(text, kind, generation);
        }

        AppendWatch(text, taps);
        return text.Append("}\n").ToString();
    }

    /// <summary>Removes sets that were read.</summary>
    public static string Remove(IEnumerable<string> sets) => string.Concat(sets.Select(set => $"delete set inet {Table} {set}\n"));

    /// <summary>Removes all of it, if it is there.</summary>
    public static string RemoveAll() => $"add table inet {Table}\ndelete table inet {Table}\n";

    private static void AppendKind(StringBuilder text, string kind, long generation)
    {
        var link = kind.StartsWith("sent", StringComparison.Ordinal) ? "iif" : "oif";
        foreach (var protocol in (ReadOnlySpan<string>)["tcp", "udp"])
        {
            text.Append(CultureInfo.InvariantCulture,
                $"  set {protocol}-{kind}-{generation} {{ type iface_index . ipv4_addr . ipv4_addr . inet_service . inet_service; flags dynamic; size {MaxFlows}; counter; }}\n");
        }

        text.Append(CultureInfo.InvariantCulture, $$"""
              set other-{{kind}}-{{generation}} { type iface_index . ipv4_addr . ipv4_addr . inet_proto; flags dynamic; size {{MaxFlowsWithoutPorts}}; counter; }
              chain {{kind}} {
                meta l4proto tcp update @tcp-{{kind}}-{{generation}} { {{link}} . ip saddr . ip daddr . tcp sport . tcp dport } return
                meta l4proto udp update @udp-{{kind}}-{{generation}} { {{link}} . ip saddr . ip daddr . udp sport . udp dport } return
                meta l4proto != { tcp, udp } update @other-{{kind}}-{{generation}} { {{link}} . ip saddr . ip daddr . meta l4proto } return
                update @skipped-{{generation}} { {{link}} }
              }

            """);
    }

    private static void AppendWatch(StringBuilder text, IReadOnlyCollection<string> taps)
    {
        if (taps.Count == 0)
        {
            return;
        }

        var watched = string.Join(", ", taps.Order(StringComparer.Ordinal).Select(tap => $"\"{tap}\""));
        text.Append($$"""
              chain watch {
                iifname { {{watched}} } meta mark {{VpcRefusals.SentMark}} goto sent-reject
                iifname { {{watched}} } jump sent-accept
                meta mark { {{VpcRefusals.SentMark}}, {{VpcRefusals.LostMark}} } return
                oifname { {{watched}} } meta mark {{VpcRefusals.ReceivedMark}} goto received-reject
                oifname { {{watched}} } jump received-accept
              }

            """);
    }
}
