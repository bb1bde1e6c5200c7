using Nines.Api.Ec2;
using Nines.Control.Audit;
using Nines.Control.Gateway;
using Nines.Control.Services.Ec2.PlacementGroups;
using Nines.Control.Services.Ec2.Query;
using Nines.Control.Store;

namespace Nines.Control.Services.Ec2.Instances;

/// <summary>Moves a stopped instance into a placement group, out of one, or into another partition.</summary>
internal sealed class InstancePlacement(Cloud cloud)
{
    public async ValueTask<ModifyInstancePlacementResult> ModifyAsync(ModifyInstancePlacementRequest input, Call call, CancellationToken cancellationToken)
    {
        var id = string.IsNullOrEmpty(input.InstanceId) ? throw Ec2Errors.MissingParameter("InstanceId") : ResourceId.Parse<InstanceId>(input.InstanceId);
        LaunchRefusals.CheckTenancy(input.HostId, input.Tenancy, input.HostResourceGroupArn);
        if (input.Affinity is not null)
        {
            throw Ec2Errors.InvalidParameterCombination("Affinity can be specified only for instances with the tenancy 'host'.");
        }

        if (input is { GroupName: null, GroupId: null, PartitionNumber: null, Tenancy: null })
        {
            throw Ec2Errors.MissingParameter("GroupName, GroupId, PartitionNumber or Tenancy");
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

                var moved = Move(transaction, instance, input);
                call.AnswerDryRun();
                transaction.Put(Instance.Table, moved);
            },
            cancellationToken);
        return new ModifyInstancePlacementResult { Return = true };
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
