using Nines.Api.Ec2;
using Nines.Control.Gateway;
using Nines.Control.Hosts;
using Nines.Control.Services.Ec2.Instances;
using Nines.Control.Services.Ec2.Query;
using Nines.Control.Services.Ec2.Tags;
using Nines.Control.Services.Ec2.Zones;
using Nines.Control.Store;
using Instance = Nines.Control.Services.Ec2.Instances.Instance;

namespace Nines.Control.Services.Ec2.DedicatedHosts;

/// <summary>What a client may ask of dedicated hosts.</summary>
internal sealed class DedicatedHostOperations(Cloud cloud, HostLedger ledger, ZoneCatalog zones) : IOperations
{
    private const string Available = "available";
    private static readonly PageLimits s_pages = new(5, 500);

    /// <summary>The filters of DescribeHosts.</summary>
    internal static readonly FilterSet<DedicatedHost> Filters = new FilterSet<DedicatedHost>()
        .Add("auto-placement", host => DedicatedHostChanges.OnOff(host.AutoPlacement))
        .Add("availability-zone", host => host.Zone)
        .Add("client-token", host => host.ClientToken)
        .Add("instance-type", host => host.InstanceType)
        .Add("state", _ => Available)
        .AddNeverMatching("host-reservation-id")
        .AddTags(host => host.Tags);

    public void Map(OperationTable table) => table.On(Ec2Api.DescribeHosts, DescribeAsync);

    private ValueTask<DescribeHostsResult> DescribeAsync(DescribeHostsRequest input, Call call, CancellationToken cancellationToken)
    {
        PageRequest.RefuseWithIds(input.MaxResults, input.HostIds, "hostIds");
        var matches = Filters.Compile(input.Filter);
        var page = PageRequest.Parse(s_pages, input.MaxResults, input.NextToken, new PageScope("DescribeHosts", call.AccountId, input.Filter));
        var hosts = Lookup.Select<DedicatedHost, DedicatedHostId>(cloud, DedicatedHost.Table, call.AccountId, input.HostIds, page.AfterKey);
        var (items, next) = page.Take(hosts.Where(matches), host => host.Id);
        return new(new DescribeHostsResult { Hosts = [.. items.Select(Describe)], NextToken = next });
    }

    private Api.Ec2.Host Describe(DedicatedHost host)
    {
        var (capacity, free) = ledger.RoomOn(host.MachineId);
        var machine = cloud.Find(HostRecord.Table, HostRecord.Owner, host.MachineId);
        return new Api.Ec2.Host
        {
            AutoPlacement = DedicatedHostChanges.OnOff(host.AutoPlacement),
            AvailabilityZone = host.Zone,
            AvailabilityZoneId = zones.Find(host.Zone)?.Id,
            AvailableCapacity = new AvailableCapacity
            {
                AvailableInstanceCapacity =
                [
                    .. host.Types().Select(type => (Type: type, Demand: new Demand(type.VCpus, type.MemoryMiB))).Select(entry => new InstanceCapacity
                    {
                        AvailableCapacity = entry.Demand.TimesIn(free, int.MaxValue),
                        InstanceType = entry.Type.Name,
                        TotalCapacity = entry.Demand.TimesIn(capacity, int.MaxValue),
                    }),
                ],
                AvailableVCpus = (int)Math.Max(0, free.VCpus),
            },
            ClientToken = host.ClientToken,
            HostId = host.Id,
            HostProperties = new HostProperties
            {
                Cores = machine?.Cpus,
                InstanceType = host.InstanceType,
                InstanceFamily = host.InstanceFamily ?? DedicatedHost.FamilyOf(host.InstanceType!),
                Sockets = 1,
                TotalVCpus = (int)capacity.VCpus,
            },
            Instances =
            [
                .. cloud.By(Instance.ByHost, host.MachineId).Where(instance => instance.DedicatedHostId == host.Id && Demand.Of(instance) != default)
                    .OrderBy(instance => instance.Id, StringComparer.Ordinal)
                    .Select(instance => new HostInstance { InstanceId = instance.Id, InstanceType = instance.InstanceType, OwnerId = instance.AccountId }),
            ],
            State = Available,
            AllocationTime = host.AllocationTime,
            Tags = host.Tags.ToApiOrNull(),
            HostRecovery = "off",
            AllowsMultipleInstanceTypes = DedicatedHostChanges.OnOff(host.InstanceFamily is not null),
            OwnerId = host.AccountId,
            MemberOfServiceLinkedResourceGroup = false,
            HostMaintenance = "off",
        };
    }
}
