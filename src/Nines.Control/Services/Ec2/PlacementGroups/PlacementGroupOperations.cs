using System.Collections.Immutable;
using Nines.Api.Ec2;
using Nines.Control.Audit;
using Nines.Control.Gateway;
using Nines.Control.Hosts;
using Nines.Control.Ids;
using Nines.Control.Services.Ec2.Query;
using Nines.Control.Services.Ec2.Tags;
using Nines.Control.Store;

namespace Nines.Control.Services.Ec2.PlacementGroups;

/// <summary>What a client may ask of placement groups.</summary>
internal sealed class PlacementGroupOperations(Cloud cloud, IIdSource ids, string region) : IOperations
{
    private const string ResourceType = "placement-group";
    private const int MaximumName = 255;
    private const int MaximumPartitions = 7;
    private const int DefaultPartitions = 2;

    /// <summary>The filters of DescribePlacementGroups.</summary>
    internal static readonly FilterSet<Api.Ec2.PlacementGroup> Filters = new FilterSet<Api.Ec2.PlacementGroup>()
        .Add("group-name", group => group.GroupName)
        .Add("group-arn", group => group.GroupArn)
        .Add("spread-level", group => group.SpreadLevel)
        .Add("state", group => group.State)
        .Add("strategy", group => group.Strategy)
        .AddTags(group => (group.Tags ?? []).ToImmutableDictionary(tag => tag.Key!, tag => tag.Value!));

    public void Map(OperationTable table)
    {
        table.On(Ec2Api.CreatePlacementGroup, CreateAsync, answersDryRun: true);
        table.On(Ec2Api.DeletePlacementGroup, DeleteAsync, answersDryRun: true);
        table.On(Ec2Api.DescribePlacementGroups, DescribeAsync);
    }

    private async ValueTask<CreatePlacementGroupResult> CreateAsync(CreatePlacementGroupRequest input, Call call, CancellationToken cancellationToken)
    {
        var group = Parse(input, call);
        await cloud.WriteAsync(
            call,
            transaction =>
            {
                if (transaction.Find(PlacementGroupName.Table, call.AccountId, group.Name) is not null)
                {
                    throw PlacementGroupErrors.Duplicate(group.Name);
                }

                call.AnswerDryRun();
                transaction.Insert(PlacementGroup.Table, group);
                transaction.Insert(PlacementGroupName.Table, new PlacementGroupName(call.AccountId, group.Name, group.Id));
            },
            cancellationToken);
        return new CreatePlacementGroupResult { PlacementGroup = Describe(group) };
    }

    private async ValueTask<DeletePlacementGroupResult> DeleteAsync(DeletePlacementGroupRequest input, Call call, CancellationToken cancellationToken)
    {
        var name = string.IsNullOrEmpty(input.GroupName) ? throw Ec2Errors.MissingParameter("GroupName") : input.GroupName;
        await cloud.WriteAsync(
            call,
            transaction =>
            {
                var group = PlacementGroupRules.Find(transaction, call.AccountId, name, null);
                if (PlacementGroupRules.Members(transaction, group).Count > 0)
                {
                    throw PlacementGroupErrors.InUse(name);
                }

                call.AnswerDryRun();
                transaction.Delete(PlacementGroupName.Table, transaction.Find(PlacementGroupName.Table, call.AccountId, name)!);
                transaction.Delete(PlacementGroup.Table, group);
            },
            cancellationToken);
        return new DeletePlacementGroupResult();
    }

    private ValueTask<DescribePlacementGroupsResult> DescribeAsync(DescribePlacementGroupsRequest input, Call call, CancellationToken cancellationToken)
    {
        var matches = Filters.Compile(input.Filters);
        var groups = cloud.List(PlacementGroup.Table, call.AccountId).ToList();
        foreach (var name in input.GroupNames ?? [])
        {
            _ = groups.Find(group => group.Name == name) ?? throw PlacementGroupErrors.Unknown(name);
        }

        var ids = ResourceId.ParseAll<PlacementGroupId>(input.GroupIds);
        foreach (var id in ids)
        {
            _ = groups.Find(group => group.Id == id.Value) ?? throw Ec2Errors.NotFound(ResourceKind.PlacementGroup, id.Value);
        }

        var all = input.GroupNames is not { Count: > 0 } && ids.Count == 0;
        return new(new DescribePlacementGroupsResult
        {
            PlacementGroups =
            [
                .. groups.Where(group => all || input.GroupNames?.Contains(group.Name) == true || ids.Any(id => id.Value == group.Id))
                    .OrderBy(group => group.Name, StringComparer.Ordinal).Select(Describe).Where(matches),
            ],
        });
    }

    private PlacementGroup Parse(CreatePlacementGroupRequest input, Call call)
    {
        var name = input.GroupName;
        if (string.IsNullOrEmpty(name))
        {
            throw Ec2Errors.MissingParameter("GroupName");
        }

        if (name.Length > MaximumName || !name.All(char.IsAscii))
        {
            throw Ec2Errors.InvalidValue("groupName", name, $"It may have up to {MaximumName} ASCII characters.");
        }

        var strategy = input.Strategy switch
        {
            "cluster" => GroupStrategy.Cluster,
            "spread" => GroupStrategy.Spread,
            "partition" => GroupStrategy.Partition,
            null => throw Ec2Errors.MissingParameter("strategy"),
            _ => throw Ec2Errors.InvalidValue("strategy", input.Strategy, "Valid values are cluster, spread and partition."),
        };
        if (input.PartitionCount is { } count && (strategy != GroupStrategy.Partition || count is < 1 or > MaximumPartitions))
        {
            throw strategy != GroupStrategy.Partition
                ? Ec2Errors.InvalidParameterCombination("The parameter PartitionCount can be used only with the strategy 'partition'.")
                : Ec2Errors.InvalidValue("partitionCount", $"{count}", $"Expecting a number between 1 and {MaximumPartitions}.");
        }

        if (input.SpreadLevel is not null && (strategy != GroupStrategy.Spread || input.SpreadLevel is not ("host" or "rack")))
        {
            throw strategy != GroupStrategy.Spread
                ? Ec2Errors.InvalidParameterCombination("The parameter SpreadLevel can be used only with the strategy 'spread'.")
                : Ec2Errors.InvalidValue("spreadLevel", input.SpreadLevel, "Valid values are host and rack.");
        }

        return new PlacementGroup
        {
            AccountId = call.AccountId,
            Id = ids.Next("pg"),
            Name = name,
            Strategy = strategy,
            PartitionCount = strategy == GroupStrategy.Partition ? input.PartitionCount ?? DefaultPartitions : 0,
            SpreadLevel = strategy == GroupStrategy.Spread ? input.SpreadLevel ?? "rack" : null,
            Tags = TagRules.Parse(input.TagSpecifications, ResourceType).For(ResourceType),
        };
    }

    private Api.Ec2.PlacementGroup Describe(PlacementGroup group) => new()
    {
        GroupName = group.Name,
        State = "available",
        Strategy = PlacementGroupRules.NameOf(group.Strategy),
        PartitionCount = group.PartitionCount == 0 ? null : group.PartitionCount,
        GroupId = group.Id,
        Tags = group.Tags.ToApiOrNull(),
        GroupArn = $"arn:aws:ec2:{region}:{group.AccountId}:placement-group/{group.Name}",
        SpreadLevel = group.SpreadLevel,
    };
}
