using System.Text;
using Nines.Host.Api;

namespace Nines.Host.Networks;

/// <summary>
/// The rules about packets that cross from one network into another by a peering. A route table says which do: they are marked before they
/// are routed, and the mark has a table of its own (<see cref="VpcPeerings"/>). What comes in has the other network's addresses and ends here:
/// nothing passes through a network on its way to a third one.
/// </summary>
internal static class VpcCrossings
{
    private const string AnyPeering = $"\"{NetworkNames.PeeringLinkPrefix}*\"";
    private const string AnyTap = $"\"{NetworkNames.TapPrefix}*\"";

    /// <summary>The chains that mark what a peering takes.</summary>
    public static void AppendSteering(StringBuilder text, VpcModel vpc)
    {
        var steered = vpc.Adapters.Where(adapter => Leads(adapter.Subnet.RouteTable, vpc)).ToList();
        if (steered.Count == 0)
        {
            return;
        }

        text.Append($$"""
              chain steer {
                type filter hook prerouting priority mangle; policy accept;
                iifname vmap { {{string.Join(", ", steered.Select(adapter => $"\"{adapter.Tap}\" : jump steer-{adapter.Subnet.RouteTable!.Id}"))}} }
              }

            """);
        foreach (var table in steered.Select(adapter => adapter.Subnet.RouteTable!).DistinctBy(table => table.Id).OrderBy(table => table.Id, StringComparer.Ordinal))
        {
            text.Append($"  chain steer-{table.Id} {{\n    ip daddr {{ {string.Join(", ", vpc.Blocks)} }} return\n");
            foreach (var (destination, _, id) in table.Routes)
            {
                var peering = vpc.Peerings.FirstOrDefault(peering => peering.Id == id);
                text.Append($"    ip daddr {destination} {(peering is null ? "return" : $"meta mark set 0x{peering.Mark:x} return")}\n");
            }

            text.Append("  }\n");
        }
    }

    /// <summary>The rules of the forward chain that know no connections.</summary>
    public static void AppendBorders(StringBuilder text, VpcModel vpc)
    {
        foreach (var peering in vpc.Peerings)
        {
            text.Append($"    iifname \"{peering.Link}\" ip saddr != {peering.PeerAddresses} counter drop\n");
            text.Append($"    oifname \"{peering.Link}\" ip daddr != {peering.PeerAddresses} counter drop\n");

            // The answer of a connection whose route was taken away.
            text.Append($"    oifname \"{NetworkNames.InternetLink}\" ip daddr {peering.PeerAddresses} counter drop\n");
        }

        if (!vpc.Peerings.IsEmpty)
        {
            text.Append($"    iifname {AnyPeering} oifname != {AnyTap} counter drop\n    oifname {AnyPeering} iifname != {AnyTap} counter drop\n");
        }
    }

    /// <summary>What comes in is looked at by the groups of its adapter alone; what a peering takes was let out by its sender's.</summary>
    public static void AppendArrival(StringBuilder text, VpcModel vpc) =>
        text.Append(vpc.Peerings.IsEmpty ? "" : $"    iifname {AnyPeering} goto deliver\n");

    /// <inheritdoc cref="AppendArrival"/>
    public static void AppendDeparture(StringBuilder text, VpcModel vpc) =>
        text.Append(vpc.Peerings.IsEmpty ? "" : $"    oifname {AnyPeering} accept\n");

    private static bool Leads(RouteTableModel? table, VpcModel vpc) =>
        table?.Routes.Any(route => route.Target == RouteTarget.Peering && vpc.Peerings.Any(peering => peering.Id == route.TargetId)) ?? false;
}
