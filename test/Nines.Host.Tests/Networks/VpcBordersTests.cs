using Nines.Host.Api;
using Nines.Host.Networks;

namespace Nines.Host.Tests.Networks;

public sealed class VpcBordersTests
{
    private const string AclId = "acl-0e";

    [Fact]
    public void A_subnet_with_an_open_list_and_a_default_route_has_no_rules_of_its_own()
    {
        var text = Render(WithAcl([new(-1, -1, -1, "0.0.0.0/0", true)], [new(-1, -1, -1, "0.0.0.0/0", true), new(6, 22, 22, "10.0.0.0/8", false)]));
        text.ShouldBe(Render(Vpcs.Shop));
    }

    [Fact]
    public void A_list_is_asked_at_the_border_in_order_before_connections_are()
    {
        var text = Render(WithAcl(
            [new(6, 22, 22, "198.18.0.9/32", false), new(6, 1024, 65535, "0.0.0.0/0", true), new(1, 8, -1, "0.0.0.0/0", true)],
            [new(-1, -1, -1, "0.0.0.0/0", true)]));
        ChainOf(text, AclId + "-in").ShouldBe(["ip saddr 198.18.0.9/32 tcp dport 22 counter drop", "meta protocol ip tcp dport 1024-65535 return", "meta protocol ip icmp type 8 return", "counter drop"]);
        ChainOf(text, AclId + "-out").ShouldBe(["meta protocol ip return", "counter drop"]);
        ChainOf(text, $"enter-{Vpcs.SubnetId}").ShouldBe([$"iifname != @{Vpcs.SubnetId} jump {AclId}-in"]);
        ChainOf(text, $"leave-{Vpcs.SubnetId}").ShouldBe([$"oifname != @{Vpcs.SubnetId} jump {AclId}-out"]);
        text.IndexOf($"jump enter-{Vpcs.SubnetId}", StringComparison.Ordinal).ShouldBeLessThan(text.IndexOf("ct state vmap", text.IndexOf("chain forward", StringComparison.Ordinal), StringComparison.Ordinal));
    }

    [Fact]
    public void The_most_specific_route_takes_a_packet()
    {
        var text = Render(WithRoutes(new("0.0.0.0/0", RouteTarget.Internet), new("192.0.2.0/24", RouteTarget.Blackhole), new("192.0.2.128/25", RouteTarget.Internet)));
        ChainOf(text, Vpcs.RouteTableId).ShouldBe(["ip daddr 192.0.2.128/25 return", "ip daddr 192.0.2.0/24 counter drop", "ip daddr 0.0.0.0/0 return", "counter drop"]);
        ChainOf(text, $"leave-{Vpcs.SubnetId}").ShouldBe([$"oifname \"internet\" jump {Vpcs.RouteTableId}"]);
        text.ShouldNotContain($"enter-{Vpcs.SubnetId}");
    }

    [Fact]
    public void A_table_without_a_way_out_makes_public_addresses_unreachable() =>
        Render(WithRoutes(new RouteSpec("0.0.0.0/0", RouteTarget.Blackhole))).ShouldNotContain("198.18.0.20");

    [Fact]
    public void A_subnet_that_names_an_unknown_table_or_list_is_refused()
    {
        Should.Throw<NetworkSpecException>(() => VpcModel.Parse(Vpcs.Shop with { RouteTables = Vpcs.Shop.RouteTables.Clear() })).Message.ShouldContain(Vpcs.RouteTableId);
        Should.Throw<NetworkSpecException>(() => VpcModel.Parse(WithAcl([], []) with { NetworkAcls = Vpcs.Shop.NetworkAcls })).Message.ShouldContain(AclId);
    }

    private static VpcSpec WithAcl(NetworkAclEntrySpec[] ingress, NetworkAclEntrySpec[] egress) => Vpcs.Shop with
    {
        Subnets = Vpcs.Shop.Subnets.SetItem(Vpcs.SubnetId, Vpcs.Shop.Subnets[Vpcs.SubnetId] with { NetworkAclId = AclId }),
        NetworkAcls = Vpcs.Shop.NetworkAcls.Add(AclId, new() { Id = AclId, Ingress = [.. ingress], Egress = [.. egress] }),
    };

    private static VpcSpec WithRoutes(params RouteSpec[] routes) => Vpcs.Shop with
    {
        RouteTables = Vpcs.Shop.RouteTables.SetItem(Vpcs.RouteTableId, new() { Id = Vpcs.RouteTableId, Routes = [.. routes] }),
    };

    private static string Render(VpcSpec vpc) => VpcRuleset.Render(VpcModel.Parse(vpc));

    private static string[] ChainOf(string text, string name)
    {
        var chain = text[text.IndexOf($"chain {name} {{\n", StringComparison.Ordinal)..];
        return [.. chain[..chain.IndexOf("  }", StringComparison.Ordinal)].Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Skip(1)];
    }
}
