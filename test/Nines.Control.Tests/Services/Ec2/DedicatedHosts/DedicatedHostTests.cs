using Nines.Api.Ec2;
using Nines.Control.Tests.Services.Ec2.Instances;
using Nines.Wire;
using InstanceState = Nines.Control.Services.Ec2.Instances.InstanceState;

namespace Nines.Control.Tests.Services.Ec2.DedicatedHosts;

/// <summary>Machines that are one account's, in a cloud of two.</summary>
public sealed class DedicatedHostTests : IAsyncLifetime
{
    private ComputeFixture _cloud = null!;

    public async ValueTask InitializeAsync()
    {
        _cloud = await ComputeFixture.CreateAsync(hosts: 2, configure: options => options with { Cpus = 1, MemoryMiB = 8192 });
        await _cloud.AddOtherAccountAsync();
    }

    public ValueTask DisposeAsync() => _cloud.DisposeAsync();

    [Fact]
    public async Task A_dedicated_host_is_its_accounts_alone()
    {
        var id = (await AllocateAsync()).ShouldHaveSingleItem();

        // The other machine is everybody's: three servers fill it, and nobody else gets onto the dedicated one.
        await RunAsync(3, null, ComputeFixture.OtherAccount);
        (await RefusalOf(() => RunAsync(1, null, ComputeFixture.OtherAccount))).ShouldBe("InsufficientInstanceCapacity");
        (await RefusalOf(() => RunAsync(1, null))).ShouldBe("InsufficientInstanceCapacity");
        var launched = await RunAsync(1, new() { Tenancy = "host", HostId = id, Affinity = "host" });
        var placement = launched[0].Placement!;
        (placement.Tenancy, placement.HostId, placement.Affinity).ShouldBe(("host", id, "host"));
        (await RunAsync(2, new() { Tenancy = "host" })).ShouldAllBe(instance => instance.Placement!.HostId == id);
        (await RefusalOf(() => RunAsync(1, new() { Tenancy = "host", HostId = id }))).ShouldBe("InsufficientCapacityOnHost");
        var told = await DescribeAsync(id);
        told.Instances!.Count.ShouldBe(3);
        told.AvailableCapacity!.AvailableInstanceCapacity!.ShouldHaveSingleItem().ShouldSatisfyAllConditions(
            entry => entry.InstanceType.ShouldBe("t3.small"), entry => entry.TotalCapacity.ShouldBe(3), entry => entry.AvailableCapacity.ShouldBe(0));
        (await RefusalOf(() => AllocateAsync())).ShouldBe("InsufficientHostCapacity");
    }

    [Fact]
    public async Task A_machine_with_servers_is_not_given_away()
    {
        await RunAsync(2, null);
        (await RefusalOf(() => AllocateAsync())).ShouldBe("InsufficientHostCapacity");
        (await RefusalOf(() => AllocateAsync(request => request with { InstanceType = "mac1.metal" }))).ShouldBe("InsufficientHostCapacity");
    }

    [Fact]
    public async Task An_occupied_host_is_kept_and_an_empty_one_goes_back()
    {
        var id = (await AllocateAsync())[0];
        var instance = (await RunAsync(1, new() { Tenancy = "host" }))[0].InstanceId!;
        await _cloud.UntilAsync(instance, InstanceState.Running);
        var kept = await _cloud.CallAsync(Ec2Api.ReleaseHosts, new ReleaseHostsRequest { HostIds = [id, "h-0123456789abcdef0"] });
        kept.Successful!.ShouldBeEmpty();
        kept.Unsuccessful!.Select(item => item.Error!.Code).ShouldBe(["Client.InvalidHost.Occupied", "InvalidHostID.NotFound"]);
        await _cloud.CallAsync(Ec2Api.StopInstances, new StopInstancesRequest { InstanceIds = [instance] });
        await _cloud.UntilAsync(instance, InstanceState.Stopped);
        await _cloud.CallAsync(Ec2Api.StartInstances, new StartInstancesRequest { InstanceIds = [instance] });
        await _cloud.UntilAsync(instance, InstanceState.Running);
        await _cloud.CallAsync(Ec2Api.StopInstances, new StopInstancesRequest { InstanceIds = [instance] });
        await _cloud.UntilAsync(instance, InstanceState.Stopped);
        (await _cloud.CallAsync(Ec2Api.ReleaseHosts, new ReleaseHostsRequest { HostIds = [id] })).Successful.ShouldBe([id]);

        // Its disks lie on a machine that is everybody's now; it is not started among others.
        (await RefusalOf(() => _cloud.CallAsync(Ec2Api.StartInstances, new StartInstancesRequest { InstanceIds = [instance] }))).ShouldBe("InsufficientHostCapacity");
    }

    [Fact]
    public async Task A_host_without_auto_placement_is_named_or_left()
    {
        var id = (await AllocateAsync(request => request with { AutoPlacement = "off" }))[0];
        (await RefusalOf(() => RunAsync(1, new() { Tenancy = "host" }))).ShouldBe("InsufficientHostCapacity");
        await RunAsync(1, new() { Tenancy = "host", HostId = id });
        (await _cloud.CallAsync(Ec2Api.ModifyHosts, new ModifyHostsRequest { HostIds = [id], AutoPlacement = "on" })).Successful.ShouldBe([id]);
        await RunAsync(1, new() { Tenancy = "host" });
        (await RefusalOf(() => RunAsync(1, new() { Tenancy = "host", HostId = id }, type: "t3.micro"))).ShouldBe("InvalidParameterValue");
        (await _cloud.CallAsync(Ec2Api.ModifyHosts, new ModifyHostsRequest { HostIds = [id], InstanceType = "c5.large" })).Unsuccessful!.Count.ShouldBe(1);
        (await _cloud.CallAsync(Ec2Api.ModifyHosts, new ModifyHostsRequest { HostIds = [id], InstanceFamily = "t3" })).Successful.ShouldBe([id]);
        await RunAsync(1, new() { Tenancy = "host", HostId = id }, type: "t3.micro");
        (await DescribeAsync(id)).AllowsMultipleInstanceTypes.ShouldBe("on");
    }

    [Fact]
    public async Task Tenancy_stays_and_wrong_words_are_refused()
    {
        var id = (await AllocateAsync())[0];
        var instance = (await RunAsync(1, new() { Tenancy = "host" }))[0].InstanceId!;
        await _cloud.UntilAsync(instance, InstanceState.Running);
        await _cloud.CallAsync(Ec2Api.StopInstances, new StopInstancesRequest { InstanceIds = [instance] });
        await _cloud.UntilAsync(instance, InstanceState.Stopped);
        (await RefusalOf(() => MoveAsync(new() { InstanceId = instance, Tenancy = "default" }))).ShouldBe("InvalidParameterCombination");
        await MoveAsync(new() { InstanceId = instance, Affinity = "host", HostId = id });
        (await _cloud.DescribeAsync(instance)).Placement!.Affinity.ShouldBe("host");
        (await RefusalOf(() => RunAsync(1, new() { HostId = id, Tenancy = "default" }))).ShouldBe("InvalidParameterCombination");
        (await RefusalOf(() => RunAsync(1, new() { Tenancy = "host", HostId = "h-0123456789abcdef0" }))).ShouldBe("InvalidHostID.NotFound");
        (await RefusalOf(() => AllocateAsync(request => request with { InstanceFamily = "t3" }))).ShouldBe("InvalidParameterCombination");
        (await RefusalOf(() => AllocateAsync(request => request with { HostRecovery = "on" }))).ShouldBe("UnsupportedOperation");
        var again = await AllocateAsync(request => request with { ClientToken = "once" });
        (await AllocateAsync(request => request with { ClientToken = "once" })).ShouldBe(again);
    }

    private static async Task<string> RefusalOf(Func<Task> call) => (await call.ShouldThrowAsync<AwsException>()).Code;

    private async Task<IReadOnlyList<string>> AllocateAsync(Func<AllocateHostsRequest, AllocateHostsRequest>? with = null)
    {
        var request = new AllocateHostsRequest { InstanceType = "t3.small", AvailabilityZone = "us-east-1a", Quantity = 1 };
        return (await _cloud.CallAsync(Ec2Api.AllocateHosts, with?.Invoke(request) ?? request)).HostIds!;
    }

    private async Task<Api.Ec2.Host> DescribeAsync(string id) => (await _cloud.CallAsync(Ec2Api.DescribeHosts, new DescribeHostsRequest { HostIds = [id] })).Hosts!.Single();

    private Task MoveAsync(ModifyInstancePlacementRequest request) => _cloud.CallAsync(Ec2Api.ModifyInstancePlacement, request);

    private async Task<IReadOnlyList<Api.Ec2.Instance>> RunAsync(int count, Placement? placement, string account = ComputeFixture.Account, string type = "t3.small") => (await _cloud.CallAsync(
        Ec2Api.RunInstances, new RunInstancesRequest { ImageId = ComputeFixture.ImageId, InstanceType = type, MinCount = count, MaxCount = count, Placement = placement }, account)).Instances!;
}
