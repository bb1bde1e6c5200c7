using System.Security.Cryptography;
using System.Text;
using Nines.Api.Ec2;
using Nines.Control.Gateway;
using Nines.Control.Services.Ec2.Query;
using Nines.Control.Services.Ec2.Zones;
using Nines.Control.Store;

namespace Nines.Control.Services.Ec2.Instances;

/// <summary>Tells how near instances are to each other: three nodes from the region over the zone to the host. Two with the same last node are on one host.</summary>
internal sealed class InstanceTopologies(Cloud cloud, ZoneCatalog zones)
{
    private static readonly PageLimits s_pages = new(1, 100) { Default = 20 };

    /// <summary>The filters of DescribeInstanceTopology.</summary>
    internal static readonly FilterSet<InstanceTopology> Filters = new FilterSet<InstanceTopology>()
        .Add("availability-zone", instance => instance.AvailabilityZone)
        .Add("instance-type", instance => instance.InstanceType)
        .Add("zone-id", instance => instance.ZoneId);

    public ValueTask<DescribeInstanceTopologyResult> DescribeAsync(DescribeInstanceTopologyRequest input, Call call, CancellationToken cancellationToken)
    {
        PageRequest.RefuseWithIds(input.MaxResults, input.InstanceIds, "instancesSet");
        var ids = ResourceId.ParseAll<InstanceId>(input.InstanceIds);
        var matches = Filters.Compile(input.Filters);
        var page = PageRequest.Parse(s_pages, input.MaxResults, input.NextToken, new PageScope("DescribeInstanceTopology", call.AccountId, input.Filters, [.. input.GroupNames ?? []]));
        var instances = ids.Count > 0
            ? InstanceLookup.FindAll(cloud, call.AccountId, ids).OrderBy(instance => instance.Id, StringComparer.Ordinal)
            : cloud.List(Instance.Table, call.AccountId, page.AfterKey);
        call.AnswerDryRun();
        var running = instances.Where(instance => instance.State == InstanceState.Running && instance.HostId is not null
            && (input.GroupNames is not { Count: > 0 } groups || groups.Contains(instance.PlacementGroupName)));
        var (items, next) = page.Take(running.Select(Describe).Where(matches), instance => instance.InstanceId!);
        return ValueTask.FromResult(new DescribeInstanceTopologyResult { Instances = items, NextToken = next });
    }

    private InstanceTopology Describe(Instance instance) => new()
    {
        InstanceId = instance.Id,
        InstanceType = instance.InstanceType,
        GroupName = instance.PlacementGroupName,
        NetworkNodes = [NodeOf(zones.Region), NodeOf($"{zones.Region}/{instance.Zone}"), NodeOf($"{zones.Region}/{instance.Zone}/{instance.HostId}")],
        AvailabilityZone = instance.Zone,
        ZoneId = zones.Find(instance.Zone)?.Id,
    };

    /// <summary>A node's id: the same for all accounts and in every run, and it does not tell the host's name.</summary>
    private static string NodeOf(string place) => $"nn-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(place)))[..17]}";
}
