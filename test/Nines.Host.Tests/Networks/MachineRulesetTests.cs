using System.Net;
using Nines.Host.Networks;

namespace Nines.Host.Tests.Networks;

public sealed class MachineRulesetTests
{
    private static readonly IPNetwork Pool = IPNetwork.Parse("198.18.0.0/16");

    [Fact]
    public void The_machines_table_speaks_of_the_clouds_own_link_only()
    {
        var text = MachineRuleset.RenderMachine("nines12345678", Pool, "eth0");
        text.Split('\n').Where(line => line.Contains("drop", StringComparison.Ordinal)).ShouldAllBe(line => line.Trim() == "counter drop");
        text.ShouldNotContain("policy drop");
        text.ShouldContain("iifname \"nines12345678\" jump from_cloud");
        text.ShouldContain("oifname \"eth0\" ip saddr 198.18.0.0/16 masquerade");
    }

    [Fact]
    public void Without_an_uplink_nothing_is_let_out_or_masqueraded()
    {
        var text = MachineRuleset.RenderMachine("nines12345678", Pool, null);
        text.ShouldNotContain("masquerade");
        text.ShouldNotContain("oifname \"eth0\"");
    }

    [Fact]
    public void Nothing_leaves_the_gateway_with_an_address_outside_of_the_pool() =>
        MachineRuleset.RenderGateway(Pool).ShouldContain("iifname \"v-*\" ip saddr != 198.18.0.0/16 counter drop");
}
