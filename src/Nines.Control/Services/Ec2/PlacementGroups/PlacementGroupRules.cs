using Nines.Control.Hosts;
using Nines.Control.Services.Ec2.Instances;
using Nines.Control.Services.Ec2.InstanceTypes;
using Nines.Control.Services.Ec2.Query;
using Nines.Control.Store;
using Nines.Wire;

namespace Nines.Control.Services.Ec2.PlacementGroups;

/// <summary>Finds placement groups, and says where their instances may be.</summary>
internal static class PlacementGroupRules
{
    /// <summary>The most running instances of a spread group in one zone (EC2 User Guide: Placement strategies).</summary>
    public const int MaximumSpread = 7;

    /// <summary>The group of a name or an id, for who puts an instance into it. Its record is written as it is, so that two who do that at the same time meet.</summary>
    /// <exception cref="AwsException"><c>InvalidPlacementGroup.Unknown</c>.</exception>
    public static PlacementGroup RequireForChange(CloudTransaction transaction, string accountId, string? name, string? id)
    {
        var group = Find(transaction, accountId, name, id);
        transaction.Put(PlacementGroup.Table, group);
        return group;
    }

    /// <summary>The group of a name or an id.</summary>
    /// <exception cref="AwsException"><c>InvalidPlacementGroup.Unknown</c>.</exception>
    public static PlacementGroup Find(CloudTransaction transaction, string accountId, string? name, string? id)
    {
        if (!string.IsNullOrEmpty(name) && !string.IsNullOrEmpty(id))
        {
            throw Ec2Errors.InvalidParameterCombination("The parameter groupName cannot be used with the parameter groupId");
        }

        var groupId = string.IsNullOrEmpty(name) ? ResourceId.Parse<PlacementGroupId>(id).Value : transaction.Find(PlacementGroupName.Table, accountId, name)?.GroupId;
        return groupId is not null && transaction.Find(PlacementGroup.Table, accountId, groupId) is { } group ? group : throw PlacementGroupErrors.Unknown(name ?? id!);
    }

    /// <summary>The group's instances, those that are stopped too: their disks stay where they are, and so will they.</summary>
    public static IReadOnlyList<Instance> Members(CloudTransaction transaction, PlacementGroup group) =>
        [.. transaction.By(Instance.ByPlacementGroup, group.Id).Where(instance => instance.State != InstanceState.Terminated)];

    /// <summary>The rule for the next instances of a group.</summary>
    /// <param name="transaction">Where its instances are found.</param>
    /// <param name="group">The group.</param>
    /// <param name="type">The type of the next instances.</param>
    /// <param name="partition">The partition that is asked for.</param>
    /// <param name="except">An instance that does not count.</param>
    /// <exception cref="AwsException">The type cannot be in such a group, or there is no such partition.</exception>
    public static GroupPlacement For(CloudTransaction transaction, PlacementGroup group, string type, int? partition, string? except = null)
    {
        if (!InstanceTypeCatalog.Require(type).Description.PlacementGroupInfo!.SupportedStrategies!.Contains(NameOf(group.Strategy)))
        {
            throw PlacementGroupErrors.TypeUnsupported(NameOf(group.Strategy), type);
        }

        if (partition is { } number)
        {
            _ = group.Strategy != GroupStrategy.Partition ? throw PlacementGroupErrors.NoPartitions(group.Name)
                : number < 1 || number > group.PartitionCount ? throw PlacementGroupErrors.WrongPartition(group, number) : number;
        }

        var members = Members(transaction, group).Where(instance => instance.HostId is not null && instance.Id != except)
            .OrderBy(instance => instance.Id, StringComparer.Ordinal)
            .Select(instance => new GroupMember(instance.HostId!, instance.Zone, instance.PlacementPartition));
        return new GroupPlacement(group.Strategy, [.. members]) { Partitions = group.PartitionCount, Partition = partition };
    }

    /// <summary>A strategy as EC2 spells it.</summary>
    public static string NameOf(GroupStrategy strategy) => strategy switch
    {
        GroupStrategy.Cluster => "cluster",
        GroupStrategy.Spread => "spread",
        _ => "partition",
    };
}
