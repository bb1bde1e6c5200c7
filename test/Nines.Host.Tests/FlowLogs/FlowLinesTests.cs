using System.Collections.Immutable;
using Nines.Host.Api;
using Nines.Host.FlowLogs;
using Nines.Host.Tests.Networks;

namespace Nines.Host.Tests.FlowLogs;

public sealed class FlowLinesTests
{
    private const string Everything =
        "${version} ${vpc-id} ${subnet-id} ${instance-id} ${tcp-flags} ${type} ${srcaddr} ${pkt-srcaddr} ${dstaddr} ${pkt-dstaddr} ${region} ${az-id} ${sublocation-id} ${flow-direction} ${traffic-path} ${pkt-src-aws-service}";

    private static readonly InterfaceSpec Adapter = Vpcs.Adapter(1, Vpcs.WebGroup) with { SecondaryAddresses = [new("172.31.16.99", null)] };

    [Fact]
    public void The_adapters_side_is_its_primary_address_and_the_packets_own_address_a_field_of_its_own()
    {
        LinesOf(Everything, Flow() with { Source = "172.31.16.99", Destination = "192.0.2.1" }).ShouldBe(
            [$"5 vpc-0a {Vpcs.SubnetId} {Adapter.VmId} - IPv4 172.31.16.4 172.31.16.99 192.0.2.1 192.0.2.1 us-east-1 use1-az1 - egress 8 -"]);
        LinesOf(Everything, Flow() with { IsSent = false, Source = "192.0.2.1", Destination = "172.31.16.99" }).ShouldBe(
            [$"5 vpc-0a {Vpcs.SubnetId} {Adapter.VmId} - IPv4 192.0.2.1 192.0.2.1 172.31.16.4 172.31.16.99 us-east-1 use1-az1 - ingress - -"]);
    }

    [Theory]
    [InlineData("172.31.99.1", "1")]
    [InlineData("10.1.2.3", "4")]
    [InlineData("10.9.2.3", "1")]
    [InlineData("192.0.2.1", "8")]
    public void The_path_of_what_leaves_is_that_of_its_most_specific_route(string destination, string path)
    {
        var table = new RouteTableSpec
        {
            Id = Vpcs.RouteTableId,
            Routes = [new("0.0.0.0/0", RouteTarget.Internet), new("10.0.0.0/8", RouteTarget.NatGateway, "nat-1"), new("10.1.0.0/16", RouteTarget.Peering, "pcx-1")],
        };
        var vpc = Vpcs.Shop with { RouteTables = Vpcs.Shop.RouteTables.SetItem(table.Id, table) };
        LinesOf("${traffic-path}", FlowTraffic.All, vpc, false, Flow() with { Destination = destination }).ShouldBe([path]);
    }

    [Fact]
    public void A_log_tells_the_traffic_that_it_is_for_and_that_there_was_none_only_where_there_was_none()
    {
        CountedFlow[] flows = [Flow(), Flow() with { IsAccepted = false }];
        LinesOf("${action}", FlowTraffic.All, Vpcs.Shop, false, flows).ShouldBe(["ACCEPT", "REJECT"]);
        LinesOf("${action}", FlowTraffic.Accept, Vpcs.Shop, false, flows).ShouldBe(["ACCEPT"]);
        LinesOf("${action}", FlowTraffic.Reject, Vpcs.Shop, false, flows).ShouldBe(["REJECT"]);
        LinesOf("${action}", FlowTraffic.Reject, Vpcs.Shop, false, flows[0]).ShouldBeEmpty();
        LinesOf("${action} ${log-status}", FlowTraffic.Reject, Vpcs.Shop, true, flows).ShouldBe(["REJECT OK", "- SKIPDATA"]);
        LinesOf(FlowLogFormat.Default).ShouldBe([$"2 123456789012 {Adapter.Id} - - - - - - - 1700000000 1700000060 - NODATA"]);
    }

    [Theory]
    [InlineData("${srcaddr}", 2)]
    [InlineData("${srcaddr}   ${az-id}", 4)]
    [InlineData("${srcaddr} ${colour}", null)]
    [InlineData("srcaddr", null)]
    [InlineData("${srcaddr},${dstaddr}", null)]
    [InlineData("", null)]
    public void A_format_is_fields_with_blanks_between(string text, int? version)
    {
        FlowLogFormat.TryParse(text, out var format, out _).ShouldBe(version is not null);
        format?.Version.ShouldBe(version!.Value);
    }

    [Theory]
    [InlineData("/aws/vpc/flows", true)]
    [InlineData("flows", true)]
    [InlineData("a.b#c", true)]
    [InlineData("../flows", false)]
    [InlineData("a/../../b", false)]
    [InlineData("a//b", false)]
    [InlineData("/", false)]
    [InlineData("a/", false)]
    [InlineData(".", false)]
    [InlineData("", false)]
    [InlineData("a b", false)]
    public void A_group_is_a_folder_that_lies_below_the_others(string name, bool isFolder) => FlowLogGroup.IsFolder(name).ShouldBe(isFolder);

    private static CountedFlow Flow() =>
        new() { Tap = "tap", IsSent = true, IsAccepted = true, Source = "172.31.16.4", Destination = "172.31.16.5", Protocol = 6, Packets = 1, Bytes = 60 };

    private static List<string> LinesOf(string format, params CountedFlow[] flows) => LinesOf(format, FlowTraffic.All, Vpcs.Shop, false, flows);

    private static List<string> LinesOf(string format, FlowTraffic traffic, VpcSpec vpc, bool isSkipped, params CountedFlow[] flows)
    {
        var logs = new FlowLogsSpec { AccountId = "123456789012", Region = "us-east-1", ZoneIds = ImmutableDictionary<string, string>.Empty.Add(Vpcs.SubnetId, "use1-az1"), Logs = [] };
        return [.. new FlowLines(vpc, logs).Of(new("fl-1", vpc.Id, traffic, "group", format), Adapter, flows, (1_700_000_000_123, 1_700_000_060_001), isSkipped)];
    }
}
