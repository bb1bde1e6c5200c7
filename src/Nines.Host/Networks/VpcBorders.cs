using System.Text;
using Nines.Host.Api;

namespace Nines.Host.Networks;

/// <summary>
/// The rules at the borders of subnets: where their route table lets packets leave the network, and what their access list lets
/// pass. They know no connections, so they stand before the rule that lets answers through. A subnet whose list is open and whose
/// default route leads to the internet has none, which is what nearly all have.
/// </summary>
internal static class VpcBorders
{
    /// <summary>The jumps of the forward chain.</summary>
    public static void AppendJumps(StringBuilder text, VpcModel vpc)
    {
        AppendMap(text, "iifname", vpc, subnet => HasRoutes(subnet) || HasList(subnet), "leave");
        AppendMap(text, "oifname", vpc, HasList, "enter");
    }

    /// <summary>Which taps are in a subnet: what stays in it crosses no border.</summary>
    public static void AppendSets(StringBuilder text, VpcModel vpc)
    {
        foreach (var subnet in Guarded(vpc).Where(HasList))
        {
            var taps = vpc.Adapters.Where(adapter => adapter.Subnet.Id == subnet.Id).Select(adapter => $"\"{adapter.Tap}\"");
            text.Append($"  set {subnet.Id} {{ type ifname; elements = {{ {string.Join(", ", taps)} }} }}\n");
        }
    }

    /// <summary>The chains that those jumps lead to.</summary>
    public static void AppendChains(StringBuilder text, VpcModel vpc)
    {
        var subnets = Guarded(vpc).ToList();
        foreach (var table in subnets.Where(HasRoutes).Select(subnet => subnet.RouteTable!).DistinctBy(table => table.Id))
        {
            text.Append($"  chain {table.Id} {{\n");
            foreach (var (destination, target, id) in table.Routes)
            {
                text.Append($"    ip daddr {destination} {Verdict(target, vpc.NatGateways.FirstOrDefault(gateway => gateway.Id == id))}\n");
            }

            text.Append("    counter drop\n  }\n");
        }

        foreach (var list in subnets.Where(HasList).Select(subnet => subnet.NetworkAcl!).DistinctBy(list => list.Id))
        {
            AppendList(text, $"{list.Id}-in", list.Ingress, "saddr", VpcRefusals.Received(vpc));
            AppendList(text, $"{list.Id}-out", list.Egress, "daddr", VpcRefusals.Sent(vpc));
        }

        foreach (var subnet in subnets)
        {
            AppendSubnet(text, subnet);
        }
    }

    private static string Verdict(RouteTarget target, NatGatewayModel? gateway) => (target, gateway) switch
    {
        (RouteTarget.Internet, _) => "return",
        (RouteTarget.NatGateway, { IsReachable: true }) => $"ct mark set {gateway.Mark} return",
        _ => "counter drop",
    };

    private static void AppendSubnet(StringBuilder text, SubnetModel subnet)
    {
        text.Append($"  chain leave-{subnet.Id} {{\n");
        if (HasRoutes(subnet))
        {
            text.Append($"    oifname \"{NetworkNames.InternetLink}\" jump {subnet.RouteTable!.Id}\n");
        }

        if (HasList(subnet))
        {
            text.Append($"    oifname != @{subnet.Id} jump {subnet.NetworkAcl!.Id}-out\n  }}\n  chain enter-{subnet.Id} {{\n");
            text.Append($"    iifname != @{subnet.Id} jump {subnet.NetworkAcl.Id}-in\n");
        }

        text.Append("  }\n");
    }

    private static void AppendList(StringBuilder text, string name, IEnumerable<(RuleModel Rule, bool Allow)> entries, string otherSide, string refusal)
    {
        text.Append($"  chain {name} {{\n");
        foreach (var (rule, allow) in entries)
        {
            text.Append($"    {VpcRuleset.Rule(rule, otherSide, allow ? "return" : $"counter {refusal}")}\n");
        }

        text.Append($"    counter {refusal}\n  }}\n");
    }

    private static void AppendMap(StringBuilder text, string key, VpcModel vpc, Func<SubnetModel, bool> isMeant, string chain)
    {
        var verdicts = vpc.Adapters.Where(adapter => isMeant(adapter.Subnet)).Select(adapter => $"\"{adapter.Tap}\" : jump {chain}-{adapter.Subnet.Id}").ToList();
        if (verdicts.Count > 0)
        {
            text.Append($"    {key} vmap {{ {string.Join(", ", verdicts)} }}\n");
        }
    }

    /// <summary>Subnets with an adapter and with rules, in order.</summary>
    private static IEnumerable<SubnetModel> Guarded(VpcModel vpc) => vpc.Subnets.Where(
        subnet => (HasRoutes(subnet) || HasList(subnet)) && vpc.Adapters.Any(adapter => adapter.Subnet.Id == subnet.Id));

    /// <summary>A table that leads nowhere needs no rules: its subnets have no public address that works.</summary>
    private static bool HasRoutes(SubnetModel subnet) => subnet.RouteTable is { HasWayOut: true, LeadsEverywhere: false };

    private static bool HasList(SubnetModel subnet) => subnet.NetworkAcl is { IsOpen: false };
}
