using Nines.Api.Ec2;
using Nines.Control.Audit;
using Nines.Control.Gateway;
using Nines.Control.Services.Ec2.DedicatedHosts;
using Nines.Control.Services.Ec2.PlacementGroups;
using Nines.Control.Services.Ec2.Query;
using Nines.Control.Store;

namespace Nines.Control.Services.Ec2.Instances;

/// <summary>Moves a stopped instance into a placement group, out of one, into another partition, or to the dedicated host that has its disks.</summary>
internal sealed class InstancePlacement(Cloud cloud)
{
    public async ValueTask<ModifyInstancePlacementResult> ModifyAsync(ModifyInstancePlacementRequest input, Call call, CancellationToken cancellationToken)
    {
        var id = string.IsNullOrEmpty(input.InstanceId) ? throw Ec2Errors.MissingParameter("InstanceId") : ResourceId.Parse<InstanceId>(input.InstanceId);
        if (input is { GroupName: null, GroupId: null, PartitionNumber: null, Tenancy: null, HostId: null, Affinity: null, HostResourceGroupArn: null })
        {
            throw Ec2Errors.MissingParameter("GroupName, GroupId, PartitionNumber, Tenancy, HostId or Affinity");
        }

        await cloud.WriteAsync(
            call,
            transaction =>
            {
                var instance = InstanceLookup.FindAll(transaction, call.AccountId, [id])[0];
                if (instance.State != InstanceState.Stopped)
                {
                    throw InstanceErrors.NotStopped(instance.Id);
                }

                var moved = Move(transaction, OnHost(transaction, instance, input), input);
                call.AnswerDryRun();
                transaction.Put(Instance.Table, moved);
            },
            cancellationToken);
        return new ModifyInstancePlacementResult { Return = true };
    }

    /// <summary>The instance on a dedicated host of the account that is the machine where its disks lie.</summary>
    private static Instance OnHost(CloudTransaction transaction, Instance instance, ModifyInstancePlacementRequest input)
    {
        var tenancy = instance.DedicatedHostId is null ? "default" : DedicatedHostRules.Tenancy;
        var group = input.GroupName is { Length: > 0 } ? input.GroupName : input.GroupId;
        DedicatedHostRules.Check(new()
        {
            Tenancy = input.Tenancy ?? tenancy, HostId = input.HostId, Affinity = input.Affinity, HostResourceGroupArn = input.HostResourceGroupArn, GroupName = group,
        });
        if (input.Tenancy is { } asked && asked != tenancy)
        {
            throw DedicatedHostErrors.TenancyFixed(instance.Id);
        }

        var moved = input.Affinity is null ? instance : instance with { HostAffinity = DedicatedHostRules.ParseAffinity(input.Affinity) };
        if (input.HostId is null)
        {
            return moved;
        }

        var host = DedicatedHostRules.For(transaction, instance.AccountId, instance.InstanceType, ResourceId.Parse<DedicatedHostId>(input.HostId).Value)[0];
        return host.MachineId == instance.HostId && host.Zone == instance.Zone ? moved with { DedicatedHostId = host.Id } : throw DedicatedHostErrors.OtherMachine(host.Id, instance.Id);
    }

    private static Instance Move(CloudTransaction transaction, Instance instance, ModifyInstancePlacementRequest input)
    {
        // An empty name takes it out of its group (EC2 API Reference: ModifyInstancePlacement).
        if (input.GroupName is "" || input.GroupId is "")
        {
            return instance with { PlacementGroupId = null, PlacementGroupName = null, PlacementPartition = null };
        }

        var groupId = input is { GroupName: null, GroupId: null } ? instance.PlacementGroupId : input.GroupId;
        if (groupId is null && input.GroupName is null)
        {
            return input.PartitionNumber is null ? instance : throw PlacementGroupErrors.NoPartitions(instance.Id);
        }

        var group = PlacementGroupRules.RequireForChange(transaction, instance.AccountId, input.GroupName, groupId);
        var rule = PlacementGroupRules.For(transaction, group, instance.InstanceType, input.PartitionNumber, except: instance.Id);
        int? partition = group.PartitionCount == 0 ? null : input.PartitionNumber ?? rule.PartitionOn(instance.HostId!);

        // Its disks lie on one host; it can start nowhere else.
        return rule.Allows(instance.HostId!, instance.Zone, partition)
            ? instance with { PlacementGroupId = group.Id, PlacementGroupName = group.Name, PlacementPartition = partition }
            : throw InstanceErrors.InsufficientCapacity(instance.InstanceType, instance.Zone, []);
    }
}
