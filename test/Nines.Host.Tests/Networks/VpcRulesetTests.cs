using System.Text.RegularExpressions;
using FsCheck;
using FsCheck.Fluent;
using Nines.Host.Api;
using Nines.Host.Networks;

namespace Nines.Host.Tests.Networks;

public sealed partial class VpcRulesetTests
{
    [Fact]
    public void A_whole_ruleset_reads_so() => Render(Vpcs.Shop).ShouldBe(
        File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Networks", "shop.nft")), "test/Nines.Host.Tests/Networks/shop.nft says what is expected");

    [Fact]
    public void A_network_without_adapters_still_refuses_everything()
    {
        var text = Render(Vpcs.Shop with { Interfaces = Vpcs.Shop.Interfaces.Clear() });
        text.ShouldContain("hook forward priority filter; policy drop;");
        text.ShouldContain("hook input priority filter; policy drop;");
        text.ShouldNotContain("vmap { }");
        text.ShouldNotContain("elements = {  }");
    }

    [Theory]
    [InlineData(-1, -1, -1, "meta protocol ip accept")]
    [InlineData(6, -1, -1, "meta protocol ip meta l4proto tcp accept")]
    [InlineData(6, 0, 65535, "meta protocol ip meta l4proto tcp accept")]
    [InlineData(6, 22, 22, "meta protocol ip tcp dport 22 accept")]
    [InlineData(17, 53, 60, "meta protocol ip udp dport 53-60 accept")]
    [InlineData(1, -1, -1, "meta protocol ip meta l4proto icmp accept")]
    [InlineData(1, 8, -1, "meta protocol ip icmp type 8 accept")]
    [InlineData(1, 3, 4, "meta protocol ip icmp type 3 icmp code 4 accept")]
    [InlineData(50, -1, -1, "meta protocol ip meta l4proto 50 accept")]
    public void A_rule_is_matched_by(int protocol, int from, int to, string expected) =>
        IngressOf(new(protocol, from, to, "0.0.0.0/0", null)).ShouldBe([expected]);

    [Fact]
    public void The_other_side_is_a_block_or_the_members_of_a_group()
    {
        IngressOf(new(6, 22, 22, "10.1.0.0/16", null)).ShouldBe(["ip saddr 10.1.0.0/16 tcp dport 22 accept"]);
        IngressOf(new(6, 22, 22, null, Vpcs.WebGroup)).ShouldBe([$"ip saddr @{Vpcs.WebGroup} tcp dport 22 accept"]);
    }

    [Fact]
    public void A_public_address_in_a_subnet_without_a_route_to_the_internet_is_not_translated()
    {
        var subnet = Vpcs.Shop.Subnets[Vpcs.SubnetId] with { RouteTableId = null };
        Render(Vpcs.Shop with { Subnets = Vpcs.Shop.Subnets.SetItem(subnet.Id, subnet) }).ShouldNotContain("198.18.0.20");
    }

    [Fact]
    public void Every_chain_and_set_that_is_named_exists_and_every_adapter_has_its_way_in_and_out() => Prop.ForAll(
        Networks(),
        vpc =>
        {
            var text = Render(vpc);
            var chains = Chains().Matches(text).Select(match => match.Groups[1].Value).ToHashSet();
            var sets = Sets().Matches(text).Select(match => match.Groups[1].Value).ToHashSet();
            return Jumps().Matches(text).All(match => chains.Contains(match.Groups[1].Value))
                && References().Matches(text).All(match => sets.Contains(match.Groups[1].Value))
                && vpc.Interfaces.Keys.All(id =>
                    text.Contains($"\"{NetworkNames.TapOf(id)}\" : goto in-", StringComparison.Ordinal)
                    && text.Contains($"\"{NetworkNames.TapOf(id)}\" : goto out-", StringComparison.Ordinal));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void The_same_network_gives_the_same_text_in_whatever_order_it_is_told() => Prop.ForAll(
        Networks(),
        vpc => Render(vpc) == Render(vpc with
        {
            Interfaces = vpc.Interfaces.Clear().AddRange(vpc.Interfaces.Reverse().Select(pair =>
                KeyValuePair.Create(pair.Key, pair.Value with { SecurityGroupIds = [.. pair.Value.SecurityGroupIds.Reverse()] }))),
        })).QuickCheckThrowOnFailure();

    private static Arbitrary<VpcSpec> Networks() => Arb.From(
        from seed in ArbMap.Default.GeneratorFor<int>()
        from adapters in Gen.Choose(0, 40)
        from groups in Gen.Choose(1, 8)
        select Network(new Random(seed), adapters, groups));

    /// <summary>A network of groups that refer to each other and of adapters that are in up to three of them.</summary>
    internal static VpcSpec Network(Random random, int adapters, int groups, int rules = 4)
    {
        var ids = Enumerable.Range(0, groups).Select(number => $"sg-{number:x17}").ToArray();
        var vpc = Vpcs.Shop with { Interfaces = Vpcs.Shop.Interfaces.Clear(), SecurityGroups = Vpcs.Shop.SecurityGroups.Clear() };
        foreach (var id in ids)
        {
            vpc = vpc.With(new SecurityGroupSpec { Id = id, Ingress = [.. Rules()], Egress = [.. Rules()] });
        }

        return vpc.With([.. Enumerable.Range(1, adapters).Select(number => Vpcs.Adapter(number, [.. random.GetItems(ids, 3)]))]);

        IEnumerable<SecurityGroupRuleSpec> Rules() => Enumerable.Range(0, rules).Select(_ => new SecurityGroupRuleSpec(
            random.GetItems([-1, 6, 17], 1)[0], 1, random.Next(1, 65536), random.Next(2) == 0 ? $"10.{random.Next(256)}.0.0/16" : null, random.GetItems(ids, 1)[0]));
    }

    private static string Render(VpcSpec vpc) => VpcRuleset.Render(VpcModel.Parse(vpc));

    private static string[] IngressOf(SecurityGroupRuleSpec rule)
    {
        var text = Render(Vpcs.Shop.With(new SecurityGroupSpec { Id = Vpcs.DataGroup, Ingress = [rule] }));
        var chain = text[text.IndexOf($"chain {Vpcs.DataGroup}-in {{\n", StringComparison.Ordinal)..];
        return [.. chain[..chain.IndexOf("  }", StringComparison.Ordinal)].Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Skip(1)];
    }

    [GeneratedRegex(@"chain (\S+) \{")]
    private static partial Regex Chains();

    [GeneratedRegex(@"(?:set|map) (\S+) \{")]
    private static partial Regex Sets();

    [GeneratedRegex(@"(?:jump|goto) ([\w-]+)")]
    private static partial Regex Jumps();

    [GeneratedRegex(@"@([\w-]+)")]
    private static partial Regex References();
}
