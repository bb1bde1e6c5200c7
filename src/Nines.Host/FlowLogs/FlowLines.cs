using System.Globalization;
using System.Net;
using Nines.Host.Api;

namespace Nines.Host.FlowLogs;

/// <summary>Lines of flow logs in AWS's text form (Amazon VPC User Guide: Flow log records). What is not known is a dash.</summary>
/// <param name="vpc">The network.</param>
/// <param name="logs">Its logs.</param>
internal sealed class FlowLines(VpcSpec vpc, FlowLogsSpec logs)
{
    private const string Unknown = "-";

    /// <summary>The lines that a log gets of an adapter's generation; one at least where the adapter had no packet.</summary>
    /// <param name="log">The log.</param>
    /// <param name="adapter">The adapter.</param>
    /// <param name="flows">What was counted of it.</param>
    /// <param name="interval">From when until when, in milliseconds since 1970.</param>
    /// <param name="isSkipped">Whether not all of it was counted, or told before.</param>
    public IEnumerable<string> Of(FlowLogSpec log, InterfaceSpec adapter, IReadOnlyCollection<CountedFlow> flows, (long Begin, long End) interval, bool isSkipped)
    {
        if (!FlowLogFormat.TryParse(log.Format, out var format, out _))
        {
            return [];
        }

        var (from, to) = (interval.Begin / 1000, interval.End / 1000);
        var told = flows.Where(flow => log.Traffic == FlowTraffic.All || flow.IsAccepted == (log.Traffic == FlowTraffic.Accept))
            .Select(flow => Line(format, adapter, flow, from, to, "OK"));
        return isSkipped ? told.Append(Line(format, adapter, null, from, to, "SKIPDATA"))
            : flows.Count == 0 ? [Line(format, adapter, null, from, to, "NODATA")]
            : told;
    }

    private string Line(FlowLogFormat format, InterfaceSpec adapter, CountedFlow? flow, long start, long end, string status) => string.Join(
        ' ',
        format.Fields.Select(field => field switch
        {
            "version" => format.Version.ToString(CultureInfo.InvariantCulture),
            "account-id" => logs.AccountId,
            "interface-id" => adapter.Id,
            "start" => start.ToString(CultureInfo.InvariantCulture),
            "end" => end.ToString(CultureInfo.InvariantCulture),
            "log-status" => status,
            "vpc-id" => vpc.Id,
            "subnet-id" => adapter.SubnetId,
            "instance-id" => adapter.VmId,
            "region" => logs.Region,
            "az-id" => logs.ZoneIds.GetValueOrDefault(adapter.SubnetId, Unknown),
            _ => flow is null ? Unknown : Value(field, adapter, flow),
        }));

    /// <summary>The adapter's own side is told as its primary address, whichever of its addresses, or whose packet it forwards.</summary>
    private string Value(string field, InterfaceSpec adapter, CountedFlow flow) => field switch
    {
        "srcaddr" => flow.IsSent ? adapter.PrivateIpAddress : flow.Source,
        "dstaddr" => flow.IsSent ? flow.Destination : adapter.PrivateIpAddress,
        "pkt-srcaddr" => flow.Source,
        "pkt-dstaddr" => flow.Destination,
        "srcport" => flow.SourcePort.ToString(CultureInfo.InvariantCulture),
        "dstport" => flow.DestinationPort.ToString(CultureInfo.InvariantCulture),
        "protocol" => flow.Protocol.ToString(CultureInfo.InvariantCulture),
        "packets" => flow.Packets.ToString(CultureInfo.InvariantCulture),
        "bytes" => flow.Bytes.ToString(CultureInfo.InvariantCulture),
        "action" => flow.IsAccepted ? "ACCEPT" : "REJECT",
        "type" => "IPv4",
        "flow-direction" => flow.IsSent ? "egress" : "ingress",
        "traffic-path" => flow is { IsSent: true, IsAccepted: true } ? PathOf(adapter, IPAddress.Parse(flow.Destination)) : Unknown,
        _ => Unknown,
    };

    /// <summary>1: through something in this network, 4: a peering, 8: the internet gateway.</summary>
    private string PathOf(InterfaceSpec adapter, IPAddress destination)
    {
        if (vpc.CidrBlocks.Any(block => IPNetwork.Parse(block).Contains(destination)))
        {
            return "1";
        }

        var table = vpc.Subnets.GetValueOrDefault(adapter.SubnetId)?.RouteTableId is { } id ? vpc.RouteTables.GetValueOrDefault(id) : null;
        var route = table?.Routes.Select(route => (Route: route, Block: IPNetwork.Parse(route.DestinationCidrBlock))).Where(pair => pair.Block.Contains(destination))
            .OrderByDescending(pair => pair.Block.PrefixLength).Select(pair => pair.Route).FirstOrDefault();
        return route?.Target switch
        {
            RouteTarget.NatGateway => "1",
            RouteTarget.Peering => "4",
            RouteTarget.Internet => "8",
            _ => Unknown,
        };
    }
}
