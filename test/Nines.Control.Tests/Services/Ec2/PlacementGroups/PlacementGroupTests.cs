using Nines.Api.Ec2;
using Nines.Control.Tests.Services.Ec2.Instances;
using Nines.Wire;
using Instance = Nines.Control.Services.Ec2.Instances.Instance;
using InstanceState = Nines.Control.Services.Ec2.Instances.InstanceState;

namespace Nines.Control.Tests.Services.Ec2.PlacementGroups;

public sealed class PlacementGroupTests : IAsyncLifetime
{
    private ComputeFixture _cloud = null!;

    public async ValueTask InitializeAsync() => _cloud = await ComputeFixture.CreateAsync(hosts: 12);

    public ValueTask DisposeAsync() => _cloud.DisposeAsync();

    [Fact]
    public async Task Servers_of_a_spread_group_are_each_on_a_host_of_its_own_seven_to_a_zone()
    {
        await CreateAsync("apart", "spread");
        var launched = await RunAsync("apart", 4, "t3.micro", "us-east-1a");
        launched.Select(instance => instance.HostId).Distinct().Count().ShouldBe(4);
        (await RunAsync("apart", 5, "t3.micro", "us-east-1a", minimum: 1)).Count.ShouldBe(3);
        (await RefusalOf(() => RunAsync("apart", 1, "t3.micro", "us-east-1a"))).ShouldBe("InstanceLimitExceeded");
        (await RunAsync("apart", 5, "t3.micro", "us-east-1b")).Count.ShouldBe(5);
        (await RefusalOf(() => RunAsync("apart", 1, "t3.micro", "us-east-1c"))).ShouldBe("InsufficientInstanceCapacity");
        _cloud.Cloud.ListAll(Instance.Table).Select(instance => instance.HostId).Distinct().Count().ShouldBe(12);
    }

    [Fact]
    public async Task Launches_at_the_same_time_keep_to_the_rule_of_their_group()
    {
        await CreateAsync("apart", "spread");
        await Task.WhenAll(Enumerable.Range(0, 6).Select(index => RunAsync("apart", 2, "t3.micro", index % 2 == 0 ? "us-east-1a" : "us-east-1b")));
        _cloud.Cloud.ListAll(Instance.Table).Select(instance => instance.HostId).ShouldBeUnique();
    }

    [Fact]
    public async Task Servers_of_a_cluster_are_on_one_host_and_in_one_zone()
    {
        await CreateAsync("near", "cluster");
        var launched = await RunAsync("near", 3, "c5.large", null);
        var more = await RunAsync("near", 2, "c5.large", null);
        launched.Concat(more).Select(instance => (instance.HostId, instance.Zone)).Distinct().Count().ShouldBe(1);
        var other = launched[0].Zone == "us-east-1a" ? "us-east-1b" : "us-east-1a";
        (await RefusalOf(() => RunAsync("near", 1, "c5.large", other))).ShouldBe("InsufficientInstanceCapacity");
        (await RefusalOf(() => RunAsync("near", 1, "t3.micro", null))).ShouldBe("InvalidParameterCombination");
    }

    [Fact]
    public async Task Partitions_share_no_host_and_are_told()
    {
        await CreateAsync("parts", "partition", partitions: 3);
        var launched = await RunAsync("parts", 9, "t3.micro", null);
        var asked = await RunAsync("parts", 2, "t3.micro", null, partition: 2);
        launched.CountBy(instance => instance.PlacementPartition!.Value).Select(pair => pair.Value).ShouldBe([3, 3, 3]);
        asked.ShouldAllBe(instance => instance.PlacementPartition == 2);
        launched.Concat(asked).GroupBy(instance => instance.HostId).ShouldAllBe(host => host.Select(instance => instance.PlacementPartition).Distinct().Count() == 1);
        var told = await _cloud.CallAsync(Ec2Api.DescribeInstances, new DescribeInstancesRequest { Filters = [new() { Name = "placement-partition-number", Values = ["2"] }] });
        told.Reservations!.SelectMany(reservation => reservation.Instances!).Count().ShouldBe(5);
        (await RefusalOf(() => RunAsync("parts", 1, "t3.micro", null, partition: 4))).ShouldBe("InvalidParameterValue");
    }

    [Fact]
    public async Task A_stopped_server_moves_between_groups()
    {
        await CreateAsync("apart", "spread");
        await CreateAsync("parts", "partition", partitions: 2);
        var id = (await RunAsync("apart", 1, "t3.micro", null))[0].Id;
        (await RefusalOf(() => ModifyAsync(new() { InstanceId = id, GroupName = "parts" }))).ShouldBe("IncorrectInstanceState");
        await _cloud.UntilAsync(id, InstanceState.Running);
        await _cloud.CallAsync(Ec2Api.StopInstances, new StopInstancesRequest { InstanceIds = [id] });
        await _cloud.UntilAsync(id, InstanceState.Stopped);
        await ModifyAsync(new() { InstanceId = id, GroupName = "parts", PartitionNumber = 2 });
        (await _cloud.DescribeAsync(id)).Placement!.PartitionNumber.ShouldBe(2);
        await ModifyAsync(new() { InstanceId = id, GroupName = "" });
        (await _cloud.DescribeAsync(id)).Placement!.GroupName.ShouldBe("");

        // Beside a member on the same host there is no place for it in a spread group.
        var host = _cloud.Cloud.Find(Instance.Table, ComputeFixture.Account, id)!.HostId;
        var beside = (await RunAsync("apart", 5, "t3.micro", "us-east-1a")).Concat(await RunAsync("apart", 7, "t3.micro", "us-east-1b")).Select(instance => instance.HostId);
        beside.ShouldContain(host);
        (await RefusalOf(() => ModifyAsync(new() { InstanceId = id, GroupName = "apart" }))).ShouldBe("InsufficientInstanceCapacity");
    }

    [Fact]
    public async Task A_group_goes_when_its_last_server_is_gone()
    {
        var group = await CreateAsync("apart", "spread");
        group.SpreadLevel.ShouldBe("rack");
        (await RefusalOf(() => CreateAsync("apart", "cluster"))).ShouldBe("InvalidPlacementGroup.Duplicate");
        (await RefusalOf(() => CreateAsync("other", "cluster", partitions: 2))).ShouldBe("InvalidParameterCombination");
        (await RefusalOf(() => CreateAsync("other", "partition", partitions: 8))).ShouldBe("InvalidParameterValue");
        (await RefusalOf(() => RunAsync("none", 1, "t3.micro", null))).ShouldBe("InvalidPlacementGroup.Unknown");
        (await RefusalOf(() => RunAsync("apart", 1, "t3.micro", null, partition: 1))).ShouldBe("InvalidParameterCombination");
        var id = (await RunAsync("apart", 1, "t3.micro", null))[0].Id;
        (await RefusalOf(DeleteAsync)).ShouldBe("InvalidPlacementGroup.InUse");
        await _cloud.UntilAsync(id, InstanceState.Running);
        await _cloud.CallAsync(Ec2Api.TerminateInstances, new TerminateInstancesRequest { InstanceIds = [id] });
        await _cloud.UntilAsync(id, InstanceState.Terminated);
        await DeleteAsync();
        (await RefusalOf(() => _cloud.CallAsync(Ec2Api.DescribePlacementGroups, new DescribePlacementGroupsRequest { GroupNames = ["apart"] }))).ShouldBe("InvalidPlacementGroup.Unknown");

        Task DeleteAsync() => _cloud.CallAsync(Ec2Api.DeletePlacementGroup, new DeletePlacementGroupRequest { GroupName = "apart" });
    }

    private static async Task<string> RefusalOf(Func<Task> call) => (await call.ShouldThrowAsync<AwsException>()).Code;

    private async Task<PlacementGroup> CreateAsync(string name, string strategy, int? partitions = null) => (await _cloud.CallAsync(
        Ec2Api.CreatePlacementGroup, new CreatePlacementGroupRequest { GroupName = name, Strategy = strategy, PartitionCount = partitions })).PlacementGroup!;

    private Task<ModifyInstancePlacementResult> ModifyAsync(ModifyInstancePlacementRequest request) => _cloud.CallAsync(Ec2Api.ModifyInstancePlacement, request);

    private async Task<IReadOnlyList<Instance>> RunAsync(string group, int count, string type, string? zone, int? partition = null, int? minimum = null)
    {
        var result = await _cloud.RunAsync(request => request with
        {
            MinCount = minimum ?? count,
            MaxCount = count,
            InstanceType = type,
            Placement = new() { GroupName = group, AvailabilityZone = zone, PartitionNumber = partition },
        });
        return [.. result.Instances!.Select(instance => _cloud.Cloud.Find(Instance.Table, ComputeFixture.Account, instance.InstanceId!)!)];
    }
}
