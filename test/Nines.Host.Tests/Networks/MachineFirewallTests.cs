using Nines.Host.Networks;

namespace Nines.Host.Tests.Networks;

public sealed class MachineFirewallTests
{
    [Fact]
    public void A_chain_that_drops_by_default_is_named_with_what_mends_it()
    {
        var obstacles = MachineFirewall.FindObstacles("""
            {"nftables":[{"metainfo":{"version":"1.0.6"}},
            {"chain":{"family":"ip","table":"filter","name":"FORWARD","type":"filter","hook":"forward","prio":0,"policy":"drop"}},
            {"chain":{"family":"inet","table":"ufw","name":"input","type":"filter","hook":"input","prio":0,"policy":"drop"}},
            {"chain":{"family":"ip6","table":"filter","name":"FORWARD","type":"filter","hook":"forward","prio":0,"policy":"drop"}},
            {"chain":{"family":"ip","table":"filter","name":"OUTPUT","type":"filter","hook":"output","prio":0,"policy":"accept"}},
            {"chain":{"family":"ip","table":"filter","name":"DOCKER","handle":4}}]}
            """, "nines12345678");
        obstacles.Select(obstacle => obstacle.Chain).ShouldBe(["ip filter FORWARD", "inet ufw input"]);
        obstacles[0].Remedy.ShouldStartWith("nft insert rule ip filter FORWARD iifname nines12345678 accept");
    }

    [Fact]
    public void A_machine_without_a_firewall_has_none() =>
        MachineFirewall.FindObstacles("""{"nftables":[{"metainfo":{"version":"1.0.6"}}]}""", "nines12345678").ShouldBeEmpty();
}
