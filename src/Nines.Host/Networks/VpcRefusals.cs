using System.Text;
using Nines.Host.FlowLogs;

namespace Nines.Host.Networks;

/// <summary>
/// How a packet is refused. Where nobody counts packets, at once. Where somebody does, it gets a mark that says by whom, passes the table
/// that counts (<see cref="FlowRuleset"/>), and ends at this table's own last chain: that others count cannot let anything pass.
/// </summary>
internal static class VpcRefusals
{
    /// <summary>The mark of what its sender's rules refused. Peerings' marks begin with another digit.</summary>
    public const string SentMark = "0x40000001";

    /// <summary>The mark of what its receiver's rules refused.</summary>
    public const string ReceivedMark = "0x40000002";

    /// <summary>The mark of what its sender's rules let go, and what has nowhere to go.</summary>
    public const string LostMark = "0x40000003";

    private const string AnyTap = $"\"{NetworkNames.TapPrefix}*\"";

    /// <summary>The verdict of rules of the sender's side.</summary>
    public static string Sent(VpcModel vpc) => vpc.IsWatched ? "goto refused-sent" : "drop";

    /// <summary>The verdict of rules of the receiver's side.</summary>
    public static string Received(VpcModel vpc) => vpc.IsWatched ? "goto refused-received" : "drop";

    /// <summary>The verdict where the receiver's side refuses, if an adapter is to receive it, and else the sender's.</summary>
    public static string Either(VpcModel vpc) => vpc.IsWatched ? "goto refused" : "drop";

    /// <summary>The verdict about what leads nowhere.</summary>
    public static string Lost(VpcModel vpc) => vpc.IsWatched ? "goto lost" : "drop";

    /// <summary>The chains that those lead to.</summary>
    public static void AppendChains(StringBuilder text, VpcModel vpc) => text.Append(!vpc.IsWatched ? "" : $$"""
          chain refused {
            oifname {{AnyTap}} goto refused-received
            goto refused-sent
          }
          chain refused-sent {
            meta mark set {{SentMark}} accept
          }
          chain refused-received {
            meta mark set {{ReceivedMark}} accept
          }
          chain lost {
            meta mark set {{LostMark}} accept
          }
          chain refuse {
            type filter hook forward priority filter + 20; policy accept;
            meta mark { {{SentMark}}, {{ReceivedMark}}, {{LostMark}} } drop
          }

        """);
}
