using Nines.Host.Api;
using Nines.Host.FlowLogs;
using Nines.Host.Networks;
using Nines.Host.Tests.Networks;

namespace Nines.Host.Tests.FlowLogs;

public sealed class FlowRulesetTests
{
    [Fact]
    public void A_network_without_logs_refuses_at_once_and_one_with_logs_at_its_own_last_chain()
    {
        var spec = Vpcs.Shop with { FlowLogs = new() { AccountId = "1", Region = "us-east-1", Logs = [new("fl-1", Vpcs.Shop.Id, FlowTraffic.All, "group", FlowLogFormat.Default)] } };
        var (plain, watched) = (VpcRuleset.Render(VpcModel.Parse(Vpcs.Shop)), VpcRuleset.Render(VpcModel.Parse(spec)));
        plain.ShouldNotContain("refused");
        watched.ShouldContain("chain refuse {\n    type filter hook forward priority filter + 20; policy accept;\n    meta mark { 0x40000001, 0x40000002, 0x40000003 } drop");

        // Whatever was refused before is refused still, by a mark of that chain.
        var refusals = plain.Split('\n').Count(line => line.Trim() == "drop");
        watched.Split('\n').Count(line => line.Trim() is "goto refused-sent" or "goto refused-received" or "goto lost").ShouldBe(refusals + 1);
        watched.ShouldContain("invalid : goto refused }");
    }

    [Theory]
    [InlineData("../up")]
    [InlineData("a b")]
    public void A_group_that_is_no_folder_is_not_accepted(string group) => Should.Throw<NetworkSpecException>(() => VpcModel.Parse(
        Vpcs.Shop with { FlowLogs = new() { AccountId = "1", Region = "us-east-1", Logs = [new("fl-1", Vpcs.Shop.Id, FlowTraffic.All, group, FlowLogFormat.Default)] } }));

    [Fact]
    public void What_the_kernel_tells_is_read_by_generations()
    {
        var generations = FlowGeneration.Parse("""
            {"nftables": [{"metainfo": {"version": "1.0.6"}}, {"table": {"family": "inet", "name": "nines-flows"}},
              {"set": {"name": "skipped-2000", "table": "nines-flows"}},
              {"set": {"name": "skipped-1000", "table": "nines-flows", "elem": [{"elem": {"val": "tap1", "counter": {"packets": 8, "bytes": 240}}}]}},
              {"set": {"name": "tcp-received-reject-1000", "table": "nines-flows", "elem": [{"elem": {"val": {"concat": ["tap1", "10.0.0.1", "10.0.0.2", 4000, 81]}, "counter": {"packets": 2, "bytes": 120}}}]}},
              {"set": {"name": "other-sent-accept-1000", "table": "nines-flows", "elem": [{"elem": {"val": {"concat": ["tap2", "10.0.0.1", "10.0.0.2", 1]}, "counter": {"packets": 1, "bytes": 84}}}]}},
              {"chain": {"name": "watch", "table": "nines-flows"}}]}
            """);
        generations.Select(generation => generation.Begin).ShouldBe([1000, 2000]);
        generations[0].Skipped.ShouldBe(["tap1"]);
        generations[0].Sets.Length.ShouldBe(3);
        generations[0].Flows.ShouldBe(
            [
                new() { Tap = "tap1", IsSent = false, IsAccepted = false, Source = "10.0.0.1", Destination = "10.0.0.2", SourcePort = 4000, DestinationPort = 81, Protocol = 6, Packets = 2, Bytes = 120 },
                new() { Tap = "tap2", IsSent = true, IsAccepted = true, Source = "10.0.0.1", Destination = "10.0.0.2", Protocol = 1, Packets = 1, Bytes = 84 },
            ]);
    }
}
