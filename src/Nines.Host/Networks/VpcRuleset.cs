using System.Text;

namespace Nines.Host.Networks;

/// <summary>
/// All rules of one network as one text for nft(8). It begins by removing the tables that it then makes, so that loading it
/// replaces what was there in one transaction; connections that are tracked live on.
/// </summary>
/// <remarks>
/// A packet is looked up, never searched for: by its adapter in a map, then in the chain of that adapter's set of groups, which all
/// adapters with the same groups share. What a guest sends goes through its egress chain into <c>deliver</c>, which is the only way
/// to another adapter (through its ingress chain) or to the internet.
/// </remarks>
internal static class VpcRuleset
{
    private const string AnyTap = $"\"{NetworkNames.TapPrefix}*\"";

    /// <summary>The text; the same for the same network.</summary>
    public static string Render(VpcModel vpc)
    {
        var combinations = vpc.Adapters
            .Select(adapter => string.Join(' ', adapter.GroupIds))
            .Distinct()
            .Order(StringComparer.Ordinal)
            .Select((groups, index) => (groups, index))
            .ToDictionary(pair => pair.groups, pair => pair.index);
        var text = new StringBuilder();
        foreach (var family in (ReadOnlySpan<string>)["inet", "arp"])
        {
            text.Append($"add table {family} {NetworkNames.Table}\ndelete table {family} {NetworkNames.Table}\n");
        }

        text.Append($"table inet {NetworkNames.Table} {{\n");
        AppendSets(text, vpc);
        AppendGuard(text);
        VpcCrossings.AppendSteering(text, vpc);
        AppendInput(text, vpc);
        AppendForward(text, vpc, combinations);
        VpcRefusals.AppendChains(text, vpc);
        VpcBorders.AppendChains(text, vpc);
        AppendGroups(text, vpc, combinations);
        AppendTranslation(text, vpc);
        text.Append("}\n");
        AppendArp(text, vpc);
        return text.ToString();
    }

    private static void AppendSets(StringBuilder text, VpcModel vpc)
    {
        var reachable = vpc.Adapters.SelectMany(adapter => adapter.ReachableAddresses).ToList();
        AppendOwners(text, vpc);
        AppendElements(text, "map public_to_private", "type ipv4_addr : ipv4_addr",
            reachable.Select(address => $"{address.PublicAddress} : {address.Address}"));
        AppendElements(text, "map private_to_public", "type ipv4_addr : ipv4_addr",
            reachable.Select(address => $"{address.Address} : {address.PublicAddress}"));
        AppendElements(text, "set reachable", "type ipv4_addr", reachable.Select(address => address.Address.ToString()));
        AppendElements(text, "set translations", "type ipv4_addr . ipv4_addr",
            reachable.Select(address => $"{address.PublicAddress} . {address.Address}"));
        if (vpc.NatGateways.Where(gateway => gateway.Carries).ToList() is { Count: > 0 } carriers)
        {
            AppendElements(text, "set marks", "type mark", carriers.Where(gateway => gateway.IsReachable).Select(gateway => gateway.Mark));
            AppendElements(text, "set carriers", "type mark . ipv4_addr", carriers.SelectMany(gateway => gateway.Addresses, (gateway, address) => $"{gateway.Mark} . {address}"));
            AppendElements(text, "map carried", "type mark : ipv4_addr", carriers.Select(gateway => $"{gateway.Mark} : {gateway.Addresses[0]}"));
        }

        VpcBorders.AppendSets(text, vpc);
        var members = vpc.Groups.ToDictionary(group => group.Id, group => group.Members);
        foreach (var id in vpc.Groups.SelectMany(group => group.Ingress.Concat(group.Egress)).Select(rule => rule.GroupId)
            .OfType<string>().Distinct().Order(StringComparer.Ordinal))
        {
            AppendElements(text, $"set {id}", "type ipv4_addr", members.TryGetValue(id, out var addresses) ? addresses.Select(a => a.ToString()) : []);
        }
    }

    /// <summary>Who may speak by which tap; a forwarder with any address.</summary>
    private static void AppendOwners(StringBuilder text, VpcModel vpc)
    {
        AppendElements(text, "set cards", "type ifname . ether_addr", vpc.Adapters.Select(Card));
        AppendElements(text, "set bindings", "type ifname . ether_addr . ipv4_addr",
            vpc.Adapters.SelectMany(adapter => adapter.Addresses, (adapter, address) => $"{Card(adapter)} . {address.Address}"));
        AppendElements(text, "set forwarders", "type ifname . ether_addr",
            vpc.Adapters.Where(adapter => !adapter.SourceDestinationCheck).Select(Card));

        static string Card(AdapterModel adapter) => $"\"{adapter.CarrierTap}\" . {adapter.MacAddress}";
    }

    /// <summary>A guest speaks with its own addresses only, and no guest serves DHCP.</summary>
    private static void AppendGuard(StringBuilder text) => text.Append($$"""
          chain guard {
            type filter hook prerouting priority raw; policy accept;
            iifname {{AnyTap}} jump from_guest
          }
          chain from_guest {
            udp dport 68 counter drop
            iifname . ether saddr . ip saddr @bindings return
            ip saddr 0.0.0.0 udp sport 68 udp dport 67 iifname . ether saddr @cards return
            meta protocol ip iifname . ether saddr @forwarders return
            counter drop
          }

        """);

    /// <summary>Addresses, names and metadata are always reachable, whatever the groups say; nothing else here is.</summary>
    private static void AppendInput(StringBuilder text, VpcModel vpc)
    {
        text.Append($$"""
              chain input {
                type filter hook input priority filter; policy drop;
                iifname "lo" accept
                ct state established,related accept
                iifname {{AnyTap}} udp dport 67 accept
                iifname {{AnyTap}} ip daddr {{Ipv4.MetadataAddress}} tcp dport 80 accept

            """);
        if (!vpc.NameServerDisabled)
        {
            text.Append($"    iifname {AnyTap} ip daddr {{ {vpc.NameServer}, {Ipv4.NameServerAddress} }} meta l4proto {{ tcp, udp }} th dport 53 accept\n");
        }

        text.Append("  }\n");
    }

    private static void AppendForward(StringBuilder text, VpcModel vpc, Dictionary<string, int> combinations)
    {
        // A tracked connection outlives the public address that it was translated by; these rules end it with the address. One that a
        // NAT gateway carries has that one's mark, and ends with it.
        var isCarried = vpc.NatGateways.Any(gateway => gateway.Carries);
        var unmarked = isCarried ? "ct mark 0 " : "";
        text.Append("  chain forward {\n    type filter hook forward priority filter; policy drop;\n");
        if (isCarried)
        {
            text.Append("    ct mark != 0 ct status snat ct mark . ct reply ip daddr != @carriers counter drop\n");
        }

        text.Append($$"""
                {{unmarked}}ct direction original ct status dnat ct original ip daddr . ip daddr != @translations counter drop
                {{unmarked}}ct direction reply ct status dnat ct original ip daddr . ip saddr != @translations counter drop
                {{unmarked}}ct direction original ct status snat ct reply ip daddr . ip saddr != @translations counter drop
                {{unmarked}}ct direction reply ct status snat ct reply ip daddr . ip daddr != @translations counter drop

            """);
        VpcCrossings.AppendBorders(text, vpc);
        VpcBorders.AppendJumps(text, vpc);
        text.Append($$"""
                ct state vmap { established : accept, related : accept, invalid : {{VpcRefusals.Either(vpc)}} }
                iifname "{{NetworkNames.InternetLink}}" ct status dnat goto deliver

            """);
        VpcCrossings.AppendArrival(text, vpc);
        AppendVerdicts(text, "iifname", vpc, combinations, "out");
        text.Append($$"""
              }
              chain deliver {

            """);
        if (isCarried)
        {
            text.Append($"    oifname \"{NetworkNames.InternetLink}\" ct mark @marks accept\n");
        }

        text.Append($"    oifname \"{NetworkNames.InternetLink}\" ip saddr @reachable accept\n");
        VpcCrossings.AppendDeparture(text, vpc);
        AppendVerdicts(text, "oifname", vpc, combinations, "in");
        text.Append($"    {VpcRefusals.Lost(vpc)}\n  }}\n");
    }

    private static void AppendVerdicts(
        StringBuilder text, string key, VpcModel vpc, Dictionary<string, int> combinations, string direction)
    {
        var side = direction == "out" ? "saddr" : "daddr";

        // What another adapter carries for one is judged by the groups of the one whose address it is.
        foreach (var adapter in vpc.Adapters.Where(adapter => adapter.IsCarried))
        {
            var addresses = string.Join(", ", adapter.Addresses.Select(address => address.Address));
            text.Append($"    {key} \"{adapter.CarrierTap}\" ip {side} {{ {addresses} }} goto {ChainOf(adapter)}\n");
        }

        if (!vpc.Adapters.IsEmpty)
        {
            text.Append($"    {key} vmap {{ {string.Join(", ", vpc.Adapters.Select(adapter => $"\"{adapter.Tap}\" : goto {ChainOf(adapter)}"))} }}\n");
        }

        string ChainOf(AdapterModel adapter) => $"{direction}-{combinations[string.Join(' ', adapter.GroupIds)]}";
    }

    private static void AppendGroups(StringBuilder text, VpcModel vpc, Dictionary<string, int> combinations)
    {
        foreach (var group in vpc.Groups)
        {
            AppendChain(text, $"{group.Id}-in", group.Ingress.Select(rule => Rule(rule, "saddr", "accept")));
            AppendChain(text, $"{group.Id}-out", group.Egress.Select(rule => Rule(rule, "daddr", "goto deliver")));
        }

        foreach (var (groups, index) in combinations.OrderBy(pair => pair.Value))
        {
            foreach (var direction in (ReadOnlySpan<string>)["in", "out"])
            {
                var jumps = groups.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(id => $"jump {id}-{direction}");
                AppendChain(text, $"{direction}-{index}", jumps.Append(direction == "in" ? VpcRefusals.Received(vpc) : VpcRefusals.Sent(vpc)));
            }
        }
    }

    /// <summary>A rule as nft(8) reads it.</summary>
    internal static string Rule(RuleModel rule, string otherSide, string verdict)
    {
        var other = rule.GroupId is not null ? $"ip {otherSide} @{rule.GroupId}"
            : rule.Block is { PrefixLength: > 0 } block ? $"ip {otherSide} {block}"
            : "meta protocol ip";
        var match = rule.Match();
        return match.Length == 0 ? $"{other} {verdict}" : $"{other} {match} {verdict}";
    }

    /// <summary>Public addresses: one to one, on the way from and to the internet gateway; and many to one, where a NAT gateway carries.</summary>
    private static void AppendTranslation(StringBuilder text, VpcModel vpc) => text.Append($$"""
          chain translate_in {
            type nat hook prerouting priority dstnat; policy accept;
            iifname "{{NetworkNames.InternetLink}}" dnat ip to ip daddr map @public_to_private
          }
          chain translate_out {
            type nat hook postrouting priority srcnat; policy accept;
        {{CarriedTranslation(vpc)}}    oifname "{{NetworkNames.InternetLink}}" snat ip to ip saddr map @private_to_public
          }

        """);

    /// <summary>What a gateway carries has its address; one with several addresses takes one for each new connection.</summary>
    private static string CarriedTranslation(VpcModel vpc)
    {
        var carriers = vpc.NatGateways.Where(gateway => gateway.Carries).ToList();
        var scattered = carriers.Where(gateway => gateway.Addresses.Length > 1).Select(gateway =>
        {
            var addresses = gateway.Addresses.Select((address, index) => $"{index} : {address}");
            return $"    oifname {gateway.Links} ct mark {gateway.Mark} snat ip to numgen inc mod {gateway.Addresses.Length} map {{ {string.Join(", ", addresses)} }}\n";
        });
        return string.Concat([.. scattered, .. carriers.Select(gateway => gateway.Links).Distinct().Select(links => $"    oifname {links} snat ip to ct mark map @carried\n")]);
    }

    /// <summary>Without this a guest could fill the machine's one neighbour table with invented addresses.</summary>
    private static void AppendArp(StringBuilder text, VpcModel vpc)
    {
        text.Append($"table arp {NetworkNames.Table} {{\n");
        AppendOwners(text, vpc);
        text.Append($$"""
              chain input {
                type filter hook input priority filter; policy accept;
                iifname {{AnyTap}} jump from_guest
              }
              chain from_guest {
                iifname . arp saddr ether . arp saddr ip @bindings return
                iifname . arp saddr ether @forwarders return
                arp saddr ip 0.0.0.0 iifname . arp saddr ether @cards return
                counter drop
              }
            }

            """);
    }

    private static void AppendChain(StringBuilder text, string name, IEnumerable<string> rules)
    {
        text.Append($"  chain {name} {{\n");
        foreach (var rule in rules)
        {
            text.Append($"    {rule}\n");
        }

        text.Append("  }\n");
    }

    private static void AppendElements(StringBuilder text, string name, string type, IEnumerable<string> elements)
    {
        var joined = string.Join(", ", elements);
        text.Append(joined.Length == 0 ? $"  {name} {{ {type}; }}\n" : $"  {name} {{ {type}; elements = {{ {joined} }} }}\n");
    }
}
