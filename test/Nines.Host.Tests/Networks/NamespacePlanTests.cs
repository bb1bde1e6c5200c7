using System.Net;
using Nines.Host.Networks;

namespace Nines.Host.Tests.Networks;

public sealed class NamespacePlanTests
{
    private static readonly NamespaceLayout Layout = VpcLayout.Of(VpcModel.Parse(Vpcs.Shop), "nines-qemu", IPAddress.Parse("169.254.64.3"));
    private static readonly string Tap = NetworkNames.TapOf(Vpcs.Adapter(1).Id);

    [Fact]
    public void A_new_namespace_is_given_everything_links_before_addresses_before_routes()
    {
        var lines = NamespacePlan.Lines(Layout, Observed());
        lines.ShouldContain($"tuntap add dev {Tap} mode tap user nines-qemu");
        lines.ShouldContain("blackhole 172.31.0.0/16".Insert(0, "route replace "));
        lines.ShouldContain($"neighbour replace 172.31.16.4 lladdr 02:00:00:00:00:01 dev {Tap} nud permanent");
        lines.ShouldNotContain(line => line.Contains(" delete ", StringComparison.Ordinal));
        int Last(string kind) => lines.FindLastIndex(line => line.StartsWith(kind, StringComparison.Ordinal));
        int First(string kind) => lines.FindIndex(line => line.StartsWith(kind, StringComparison.Ordinal));
        Last("tuntap add").ShouldBeLessThan(First("ntable"));
        Last("link set").ShouldBeLessThan(First("address add"));
        Last("address add").ShouldBeLessThan(First("route replace"));
        Last("route replace").ShouldBeLessThan(First("neighbour replace"));
    }

    [Fact]
    public void Nothing_is_done_where_all_is_as_it_shall_be() => NamespacePlan.Lines(Layout, Made(Layout)).ShouldBeEmpty();

    [Fact]
    public void What_is_not_desired_goes_and_what_lies_on_a_removed_tap_goes_with_it()
    {
        var state = Made(Layout);
        state.Links["tapold"] = new(99, NamespacePlan.RouterMacAddress, true, false);
        state.Addresses.Add("172.31.16.1/32 dev tapold");
        state.Routes.Add("172.31.16.99 dev tapold src 172.31.16.1");
        state.Routes.Add($"172.31.16.88 dev {Tap} src 172.31.16.1");
        state.Addresses.Add("10.0.0.1/32 dev lo");
        NamespacePlan.Lines(Layout, state).ShouldBe(
        [
            "link delete dev tapold",
            $"route delete 172.31.16.88 dev {Tap} src 172.31.16.1",
            "address delete 10.0.0.1/32 dev lo",
        ]);
    }

    [Fact]
    public void What_may_not_be_removed_stays()
    {
        var state = Made(Layout);
        state.Routes.Add("default via 192.0.2.1 dev eth0");
        NamespacePlan.Lines(Layout, state, entry => !entry.Contains("eth0", StringComparison.Ordinal)).ShouldBeEmpty();
    }

    [Fact]
    public void A_tap_that_is_off_or_has_another_hardware_address_is_set_right()
    {
        var state = Made(Layout);
        state.Links[Tap] = state.Links[Tap] with { MacAddress = "02:11:11:11:11:11" };
        NamespacePlan.Lines(Layout, state).ShouldBe(
            [$"ntable change name arp_cache dev {Tap} proxy_delay 0", $"link set dev {Tap} address {NamespacePlan.RouterMacAddress} up"]);
    }

    [Fact]
    public void The_answers_of_ip_are_understood()
    {
        var state = NamespaceState.Parse("""
            [{"ifindex":2,"ifname":"tapz","flags":["NO-CARRIER","BROADCAST","UP"],"address":"ee:ee:ee:ee:ee:ee","addr_info":[{"family":"inet","local":"172.31.16.1","prefixlen":32}]},{}]
            [{"type":"blackhole","dst":"10.0.0.0/16","flags":[]},{"dst":"default","gateway":"169.254.0.1","dev":"internet","flags":["onlink"]},{"dst":"172.31.16.4","dev":"tapz","scope":"link","prefsrc":"172.31.16.1","flags":["linkdown"]},{"type":"unreachable","dst":"198.18.0.0/16","metric":4278198272,"flags":[]}]
            [{"dst":"172.31.16.4","dev":"tapz","lladdr":"02:00:00:00:00:01","state":["PERMANENT"]}]
            """);
        state.Links["tapz"].ShouldBe(new(2, "ee:ee:ee:ee:ee:ee", Up: true, Carrier: false));
        state.Addresses.ShouldBe(["172.31.16.1/32 dev tapz"]);
        state.Routes.ShouldBe(
        [
            "blackhole 10.0.0.0/16", "default via 169.254.0.1 dev internet onlink", "172.31.16.4 dev tapz src 172.31.16.1",
            "unreachable 198.18.0.0/16 metric 4278198272",
        ], ignoreOrder: true);
        state.Neighbours.ShouldBe(["172.31.16.4 lladdr 02:00:00:00:00:01 dev tapz"]);
    }

    private static NamespaceState Observed()
    {
        var state = new NamespaceState();
        state.Links["lo"] = new(1, "00:00:00:00:00:00", false, false);
        state.Links[NetworkNames.InternetLink] = new(2, "02:22:22:22:22:22", false, false);
        return state;
    }

    private static NamespaceState Made(NamespaceLayout layout)
    {
        var state = Observed();
        state.Links["lo"] = state.Links["lo"] with { Up = true };
        state.Links[NetworkNames.InternetLink] = state.Links[NetworkNames.InternetLink] with { Up = true };
        foreach (var tap in layout.Taps)
        {
            state.Links[tap] = new(state.Links.Count + 1, NamespacePlan.RouterMacAddress, true, true);
        }

        state.Addresses.UnionWith([.. layout.Addresses, "127.0.0.1/8 dev lo"]);
        state.Routes.UnionWith(layout.Routes);
        state.Neighbours.UnionWith(layout.Neighbours);
        return state;
    }
}
