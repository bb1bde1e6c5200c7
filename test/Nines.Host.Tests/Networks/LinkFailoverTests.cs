using System.Net;
using Nines.Host.Api;
using Nines.Host.Networks;

namespace Nines.Host.Tests.Networks;

public sealed class LinkFailoverTests
{
    private static readonly InterfaceSpec s_first = Vpcs.Adapter(1, Vpcs.WebGroup);
    private static readonly InterfaceSpec s_second = Vpcs.Adapter(2, Vpcs.DataGroup) with { VmId = s_first.VmId };
    private static readonly InterfaceSpec s_stranger = Vpcs.Adapter(3, Vpcs.WebGroup);
    private static readonly string s_firstTap = NetworkNames.TapOf(s_first.Id);
    private static readonly string s_secondTap = NetworkNames.TapOf(s_second.Id);

    [Fact]
    public void An_adapter_carries_for_itself_while_its_cable_is_in() =>
        LinkFailover.CarrierOf(s_second, [s_first, s_second]).ShouldBe(s_second);

    [Fact]
    public void Another_of_the_same_machine_in_the_same_subnet_carries_for_one_whose_cable_is_pulled()
    {
        var pulled = s_first with { LinkDown = true };
        LinkFailover.CarrierOf(pulled, [s_stranger, pulled, s_second]).ShouldBe(s_second);
        LinkFailover.CarrierOf(pulled, [s_stranger, pulled]).ShouldBe(pulled, "another machine's");
        LinkFailover.CarrierOf(pulled, [pulled, s_second with { SubnetId = "subnet-0c" }]).ShouldBe(pulled, "of another subnet");
        LinkFailover.CarrierOf(pulled, [pulled, s_second with { LinkDown = true }]).ShouldBe(pulled, "pulled as well");
    }

    [Fact]
    public void Its_addresses_lead_to_the_carrier_and_may_be_spoken_there_with_its_own_card_only()
    {
        var vpc = VpcModel.Parse(Vpcs.Shop.With(s_first with { LinkDown = true }, s_second));
        var layout = VpcLayout.Of(vpc, "nines-qemu", IPAddress.Parse("169.254.64.3"));
        layout.Taps.ShouldContain(s_firstTap);
        layout.Routes.ShouldContain($"172.31.16.4 dev {s_secondTap} src 172.31.16.1");
        layout.Neighbours.ShouldContain($"172.31.16.4 lladdr {s_first.MacAddress} dev {s_secondTap}");

        var text = VpcRuleset.Render(vpc);
        text.ShouldContain($"\"{s_secondTap}\" . {s_first.MacAddress} . 172.31.16.4");
        text.ShouldContain($"\"{s_secondTap}\" . {s_second.MacAddress} . 172.31.16.5");
        text.ShouldNotContain($"\"{s_firstTap}\" . ");
        text.ShouldNotContain($"{s_first.MacAddress} . 172.31.16.5");
    }

    [Fact]
    public void It_is_judged_by_the_groups_of_the_one_whose_address_it_is()
    {
        var whole = VpcRuleset.Render(VpcModel.Parse(Vpcs.Shop.With(s_first, s_second)));
        var pulled = VpcRuleset.Render(VpcModel.Parse(Vpcs.Shop.With(s_first with { LinkDown = true }, s_second)));
        foreach (var (key, side, direction) in new[] { ("iifname", "saddr", "out"), ("oifname", "daddr", "in") })
        {
            // The first one's chain, by whatever number it has.
            var chain = $"{direction}-{whole[(whole.IndexOf($"\"{s_firstTap}\" : goto {direction}-", StringComparison.Ordinal) + $"\"{s_firstTap}\" : goto {direction}-".Length)..][0]}";
            var carried = $"{key} \"{s_secondTap}\" ip {side} {{ 172.31.16.4 }} goto {chain}\n";
            pulled.ShouldContain(carried);
            pulled.IndexOf(carried, StringComparison.Ordinal).ShouldBeLessThan(pulled.IndexOf($"{key} vmap", StringComparison.Ordinal));
            whole.ShouldNotContain($"ip {side} {{ 172.31.16.4 }}");
        }
    }
}
