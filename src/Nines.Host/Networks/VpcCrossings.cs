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
    private const string AnyPeering = NetworkNames.AnyPeeringLink;
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
        AppendCarriers(text, vpc);
        foreach (var table in steered.Select(adapter => adapter.Subnet.RouteTable!).DistinctBy(table => table.Id).OrderBy(table => table.Id, StringComparer.Ordinal))
        {
            text.Append($"  chain steer-{table.Id} {{\n    ip daddr {{ {string.Join(", ", vpc.Blocks)} }} return\n");
            foreach (var (destination, _, id) in table.Routes)
            {
                text.Append($"    ip daddr {destination} {Verdict(vpc, id)}\n");
            }

            text.Append("  }\n");
        }
    }

    /// <summary>What a private NAT gateway carries takes the routes of its subnet, with its mark on the connection. It carries no answers of connections that others began.</summary>
    private static void AppendCarriers(StringBuilder text, VpcModel vpc)
    {
        foreach (var gateway in Carriers(vpc))
        {
            text.Append($"  chain steer-{gateway.Id} {{\n");
            foreach (var (destination, _, id) in gateway.Subnet.RouteTable!.Routes)
            {
                var peering = vpc.Peerings.FirstOrDefault(peering => peering.Id == id);
                text.Append($"    ip daddr {destination} {(peering is null ? "return" : $"ct direction original ct mark set {gateway.Mark} meta mark set 0x{peering.Mark:x} return")}\n");
            }

            text.Append("  }\n");
        }
    }

    private static string Verdict(VpcModel vpc, string? targetId) =>
        vpc.Peerings.FirstOrDefault(peering => peering.Id == targetId) is { } peering ? $"meta mark set 0x{peering.Mark:x} return"
        : Carriers(vpc).Any(gateway => gateway.Id == targetId) ? $"goto steer-{targetId}"
        : "return";

    /// <summary>The private NAT gateways from whose subnet a peering leads on.</summary>
    private static IEnumerable<NatGatewayModel> Carriers(VpcModel vpc) => vpc.NatGateways.Where(gateway =>
        gateway.IsPrivate && (gateway.Subnet.RouteTable?.Routes.Any(route => vpc.Peerings.Any(peering => peering.Id == route.TargetId)) ?? false));

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
        table?.Routes.Any(route => vpc.Peerings.Any(peering => peering.Id == route.TargetId) || Carriers(vpc).Any(gateway => gateway.Id == route.TargetId)) ?? false;
}
