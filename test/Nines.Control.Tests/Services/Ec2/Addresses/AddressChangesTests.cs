using Nines.Api.Ec2;
using Nines.Control.Services.Ec2.Addresses;
using Nines.Control.Tests.Services.Ec2.Instances;
using Nines.Wire;
using Instance = Nines.Control.Services.Ec2.Instances.Instance;
using InstanceState = Nines.Control.Services.Ec2.Instances.InstanceState;
using NetworkInterface = Nines.Control.Services.Ec2.NetworkInterfaces.NetworkInterface;

namespace Nines.Control.Tests.Services.Ec2.Addresses;

public sealed class AddressChangesTests : IAsyncLifetime
{
    private ComputeFixture _cloud = null!;

    public async ValueTask InitializeAsync() => _cloud = await ComputeFixture.CreateAsync();

    public ValueTask DisposeAsync() => _cloud.DisposeAsync();

    [Fact]
    public async Task An_address_is_allocated_and_released()
    {
        var made = await AllocateAsync();
        made.PublicIp!.ShouldStartWith("198.18.");
        var described = await DescribeAsync(made.AllocationId!);
        (described.Domain, described.AssociationId, described.PublicIpv4Pool).ShouldBe(("vpc", null, "amazon"));
        await ReleaseAsync(made.AllocationId!);
        _cloud.Cloud.CountAll(PublicAddress.Table).ShouldBe(0);
        (await RefusalOf(() => ReleaseAsync(made.AllocationId!))).ShouldBe("InvalidAllocationID.NotFound");
        (await RefusalOf(() => ReleaseAsync("eipalloc-x"))).ShouldBe("InvalidAllocationID.NotFound");
    }

    [Fact]
    public async Task An_account_has_at_most_five()
    {
        for (var number = 0; number < 5; number++)
        {
            await AllocateAsync();
        }

        (await RefusalOf(AllocateAsync)).ShouldBe("AddressLimitExceeded");
    }

    [Fact]
    public async Task An_address_takes_the_place_of_the_pools_and_another_takes_its_place()
    {
        var instance = await _cloud.RunningAsync();
        var pooled = AdapterOf(instance).PublicIpAddress;
        var elastic = await AllocateAsync();

        var association = await AssociateAsync(elastic.AllocationId!, instance.Id);

        AdapterOf(instance).PublicIpAddress.ShouldBe(elastic.PublicIp);
        _cloud.Cloud.Find(PublicAddress.Table, PublicAddress.PoolAccountId, pooled!).ShouldBeNull();
        var described = await DescribeAsync(elastic.AllocationId!);
        (described.AssociationId, described.InstanceId, described.PrivateIpAddress).ShouldBe((association, instance.Id, instance.PrivateIpAddress));
        (await AssociateAsync(elastic.AllocationId!, instance.Id)).ShouldBe(association, "asked for again it is as it was");
        (await RefusalOf(() => ReleaseAsync(elastic.AllocationId!))).ShouldBe("InvalidIPAddress.InUse");

        await DisassociateAsync(association);

        AdapterOf(instance).PublicIpAddress.ShouldNotBeNull().ShouldNotBe(elastic.PublicIp);
        AdapterOf(instance).AllocationId.ShouldBeNull();
        (await RefusalOf(() => DisassociateAsync(association))).ShouldBe("InvalidAssociationID.NotFound");
        await ReleaseAsync(elastic.AllocationId!);
        _cloud.Cloud.CountAll(PublicAddress.Table).ShouldBe(1);
    }

    [Fact]
    public async Task An_address_moves_between_running_instances_and_the_host_is_told()
    {
        var (first, second) = (await _cloud.RunningAsync(), await _cloud.RunningAsync());
        var elastic = await AllocateAsync();
        await AssociateAsync(elastic.AllocationId!, first.Id);
        (await RefusalOf(() => AssociateAsync(elastic.AllocationId!, second.Id, allowReassociation: false))).ShouldBe("Resource.AlreadyAssociated");

        await AssociateAsync(elastic.AllocationId!, second.Id);

        AdapterOf(first).PublicIpAddress.ShouldNotBeNull().ShouldNotBe(elastic.PublicIp);
        AdapterOf(second).PublicIpAddress.ShouldBe(elastic.PublicIp);
    }

    [Fact]
    public async Task A_second_address_of_an_instance_frees_the_first()
    {
        var instance = await _cloud.RunningAsync();
        var (one, other) = (await AllocateAsync(), await AllocateAsync());
        await AssociateAsync(one.AllocationId!, instance.Id);
        await AssociateAsync(other.AllocationId!, instance.Id);
        (await DescribeAsync(one.AllocationId!)).AssociationId.ShouldBeNull();
        AdapterOf(instance).AllocationId.ShouldBe(other.AllocationId);
    }

    [Fact]
    public async Task An_address_stays_through_stop_and_start_and_is_free_after_the_end()
    {
        var instance = await _cloud.RunningAsync();
        var elastic = await AllocateAsync();
        await AssociateAsync(elastic.AllocationId!, instance.Id);
        await _cloud.CallAsync(Ec2Api.StopInstances, new StopInstancesRequest { InstanceIds = [instance.Id] });
        await _cloud.UntilAsync(instance.Id, InstanceState.Stopped);
        AdapterOf(instance).PublicIpAddress.ShouldBe(elastic.PublicIp);
        await _cloud.CallAsync(Ec2Api.StartInstances, new StartInstancesRequest { InstanceIds = [instance.Id] });
        await _cloud.UntilAsync(instance.Id, InstanceState.Running);
        AdapterOf(instance).PublicIpAddress.ShouldBe(elastic.PublicIp);
        await _cloud.CallAsync(Ec2Api.TerminateInstances, new TerminateInstancesRequest { InstanceIds = [instance.Id] });
        await _cloud.UntilAsync(instance.Id, InstanceState.Terminated);
        (await DescribeAsync(elastic.AllocationId!)).AssociationId.ShouldBeNull();
        _cloud.Cloud.CountAll(PublicAddress.Table).ShouldBe(1);
        (await RefusalOf(() => AssociateAsync(elastic.AllocationId!, instance.Id))).ShouldBe("InvalidInstanceID");
    }

    [Fact]
    public async Task What_does_not_exist_is_said_by_name()
    {
        var elastic = await AllocateAsync();
        (await RefusalOf(() => AssociateAsync(elastic.AllocationId!, "i-0123456789abcdef0"))).ShouldBe("InvalidInstanceID.NotFound");
        (await RefusalOf(() => AssociateAsync("eipalloc-0123456789abcdef0", "i-0123456789abcdef0"))).ShouldBe("InvalidAllocationID.NotFound");
        (await RefusalOf(() => _cloud.CallAsync(Ec2Api.DescribeAddresses, new DescribeAddressesRequest { PublicIps = ["198.18.9.9"] }))).ShouldBe("InvalidAddress.NotFound");
        (await RefusalOf(() => _cloud.CallAsync(Ec2Api.ReleaseAddress, new ReleaseAddressRequest { PublicIp = elastic.PublicIp }))).ShouldBe("InvalidParameterValue");
        (await RefusalOf(() => _cloud.CallAsync(Ec2Api.AssociateAddress, new AssociateAddressRequest { InstanceId = "i-0123456789abcdef0" }))).ShouldBe("MissingParameter");
        (await RefusalOf(() => _cloud.CallAsync(Ec2Api.AllocateAddress, new AllocateAddressRequest { Domain = "standard" }))).ShouldBe("InvalidParameterValue");
    }

    private NetworkInterface AdapterOf(Instance instance) => _cloud.Cloud.Find(NetworkInterface.Table, ComputeFixture.Account, instance.NetworkInterfaceIds[0])!;

    private Task<AllocateAddressResult> AllocateAsync() => _cloud.CallAsync(Ec2Api.AllocateAddress, new AllocateAddressRequest { Domain = "vpc" });

    private Task ReleaseAsync(string id) => _cloud.CallAsync(Ec2Api.ReleaseAddress, new ReleaseAddressRequest { AllocationId = id });

    private async Task<string> AssociateAsync(string id, string instanceId, bool? allowReassociation = null) => (await _cloud.CallAsync(
        Ec2Api.AssociateAddress, new AssociateAddressRequest { AllocationId = id, InstanceId = instanceId, AllowReassociation = allowReassociation })).AssociationId!;

    private Task DisassociateAsync(string id) => _cloud.CallAsync(Ec2Api.DisassociateAddress, new DisassociateAddressRequest { AssociationId = id });

    private async Task<Address> DescribeAsync(string id) =>
        (await _cloud.CallAsync(Ec2Api.DescribeAddresses, new DescribeAddressesRequest { AllocationIds = [id] })).Addresses!.ShouldHaveSingleItem();

    private static async Task<string> RefusalOf(Func<Task> call) => (await Should.ThrowAsync<AwsException>(call)).Code;
}
