using Nines.Api.Ec2;
using Nines.Control.Services.Ec2.NetworkInterfaces;
using Nines.Control.Tests.Services.Ec2.Instances;
using Nines.Wire;
using Instance = Nines.Control.Services.Ec2.Instances.Instance;
using InstanceState = Nines.Control.Services.Ec2.Instances.InstanceState;
using NetworkInterface = Nines.Control.Services.Ec2.NetworkInterfaces.NetworkInterface;
using Subnet = Nines.Control.Services.Ec2.Subnets.Subnet;
using Vpc = Nines.Control.Services.Ec2.Vpcs.Vpc;

namespace Nines.Control.Tests.Services.Ec2.NetworkInterfaces;

public sealed class InterfaceAttachmentChangesTests : IAsyncLifetime
{
    private ComputeFixture _cloud = null!;
    private Subnet[] _subnets = [];

    public async ValueTask InitializeAsync()
    {
        _cloud = await ComputeFixture.CreateAsync();
        _subnets = [.. _cloud.Cloud.By(Subnet.ByVpc, Vpc.FindDefault(_cloud.Cloud, ComputeFixture.Account)!.Id).OrderBy(subnet => subnet.AvailabilityZone)];
    }

    public ValueTask DisposeAsync() => _cloud.DisposeAsync();

    [Fact]
    public async Task A_server_that_runs_gets_an_interface_and_gives_it_back_with_its_address()
    {
        var instance = await RunAsync();
        var made = await CreateAsync();

        var attachment = await AttachAsync(made.Id, instance.Id, 1);
        var attached = await UntilAsync(made.Id, adapter => adapter.Attachment is { State: InterfaceAttachmentState.Attached });
        (attached.Attachment!.Id, attached.Attachment.DeviceIndex, attached.Attachment.DeleteOnTermination).ShouldBe((attachment, 1, false));
        (await _cloud.DescribeAsync(instance.Id)).NetworkInterfaces!.Select(adapter => (adapter.Attachment!.DeviceIndex, adapter.Attachment.Status))
            .ShouldBe([(0, "attached"), (1, "attached")]);

        await DetachAsync(attachment);
        var detached = await UntilAsync(made.Id, adapter => adapter.Attachment is null);

        detached.PrivateIpAddress.ShouldBe(made.PrivateIpAddress);
        _cloud.Cloud.Find(Instance.Table, ComputeFixture.Account, instance.Id)!.NetworkInterfaceIds.ShouldNotContain(made.Id);
        (await RefusalOf(() => DetachAsync(attachment))).ShouldBe("InvalidAttachmentID.NotFound");
    }

    [Fact]
    public async Task A_server_that_is_stopped_has_it_at_once_and_keeps_it_at_its_start()
    {
        var instance = await RunAsync();
        await _cloud.CallAsync(Ec2Api.StopInstances, new StopInstancesRequest { InstanceIds = [instance.Id] });
        await _cloud.UntilAsync(instance.Id, InstanceState.Stopped);
        var made = await CreateAsync();

        var attachment = await AttachAsync(made.Id, instance.Id, 1);
        Find(made.Id).Attachment!.State.ShouldBe(InterfaceAttachmentState.Attached);
        await _cloud.CallAsync(Ec2Api.StartInstances, new StartInstancesRequest { InstanceIds = [instance.Id] });
        await _cloud.UntilAsync(instance.Id, InstanceState.Running);
        Find(made.Id).Attachment!.Id.ShouldBe(attachment);

        await _cloud.CallAsync(Ec2Api.DetachNetworkInterface, new DetachNetworkInterfaceRequest { AttachmentId = attachment, Force = true });
        Find(made.Id).Attachment.ShouldBeNull("force does not wait for the guest");
    }

    [Fact]
    public async Task What_cannot_be_attached_is_refused_and_changes_nothing()
    {
        var instance = await RunAsync();
        var (one, other) = (await CreateAsync(), await CreateAsync());
        var elsewhere = await CreateAsync(_subnets[1]);
        (await RefusalOf(() => AttachAsync(one.Id, instance.Id, 0))).ShouldBe("InvalidParameterValue");
        (await RefusalOf(() => AttachAsync(elsewhere.Id, instance.Id, 1))).ShouldBe("InvalidParameterCombination");
        (await RefusalOf(() => AttachAsync("eni-0123456789abcdef0", instance.Id, 1))).ShouldBe("InvalidNetworkInterfaceID.NotFound");
        (await RefusalOf(() => AttachAsync(one.Id, "i-0123456789abcdef0", 1))).ShouldBe("InvalidInstanceID.NotFound");
        (await RefusalOf(() => AttachAsync(instance.NetworkInterfaceIds[0], instance.Id, 1))).ShouldBe("InvalidNetworkInterface.InUse");

        await AttachAsync(one.Id, instance.Id, 1);

        (await RefusalOf(() => AttachAsync(other.Id, instance.Id, 2))).ShouldBe("AttachmentLimitExceeded", "a t3.micro has two");
        (await RefusalOf(() => DetachAsync(Find(instance.NetworkInterfaceIds[0]).Attachment!.Id))).ShouldBe("OperationNotPermitted");
        (await RefusalOf(() => DetachAsync("attach-1"))).ShouldBe("InvalidAttachmentID.Malformed");
        Find(other.Id).Attachment.ShouldBeNull();
    }

    [Fact]
    public async Task A_launch_has_several_interfaces_new_ones_and_one_that_exists()
    {
        var existing = await CreateAsync();
        var instance = await _cloud.RunningAsync(input => input with
        {
            InstanceType = "c5.large",
            NetworkInterfaces =
            [
                new() { DeviceIndex = 2, NetworkInterfaceId = existing.Id },
                new() { DeviceIndex = 0, SubnetId = _subnets[0].Id, Description = "first" },
                new() { DeviceIndex = 1, SubnetId = _subnets[0].Id, DeleteOnTermination = false, SecondaryPrivateIpAddressCount = 1 },
            ],
        });

        var described = await _cloud.DescribeAsync(instance.Id);
        described.NetworkInterfaces!.Select(adapter => adapter.Attachment!.DeviceIndex).ShouldBe([0, 1, 2]);
        (described.NetworkInterfaces![0].Description, described.NetworkInterfaces[1].PrivateIpAddresses!.Count).ShouldBe(("first", 2));
        described.PublicIpAddress.ShouldBeNull("a launch with several interfaces gets no public address");

        await _cloud.CallAsync(Ec2Api.ModifyNetworkInterfaceAttribute, new ModifyNetworkInterfaceAttributeRequest
        {
            NetworkInterfaceId = existing.Id,
            Attachment = new() { AttachmentId = Find(existing.Id).Attachment!.Id, DeleteOnTermination = true },
        });
        await _cloud.CallAsync(Ec2Api.TerminateInstances, new TerminateInstancesRequest { InstanceIds = [instance.Id] });
        await _cloud.UntilAsync(instance.Id, InstanceState.Terminated);

        _cloud.Cloud.List(NetworkInterface.Table, ComputeFixture.Account).ShouldHaveSingleItem().Id.ShouldBe(described.NetworkInterfaces[1].NetworkInterfaceId);
    }

    [Fact]
    public async Task A_launch_with_too_many_interfaces_or_in_two_zones_is_refused()
    {
        (await RefusalOf(() => _cloud.RunAsync(With(3, _subnets[0])))).ShouldBe("AttachmentLimitExceeded");
        (await RefusalOf(() => _cloud.RunAsync(With(2, _subnets[1])))).ShouldBe("InvalidParameterCombination");
        (await RefusalOf(() => _cloud.RunAsync(input => With(2, _subnets[0])(input) with
        {
            NetworkInterfaces = [new() { DeviceIndex = 0, AssociatePublicIpAddress = true }, new() { DeviceIndex = 1 }],
        }))).ShouldBe("InvalidParameterCombination");
        _cloud.Cloud.CountAll(NetworkInterface.Table).ShouldBe(0);

        Func<RunInstancesRequest, RunInstancesRequest> With(int count, Subnet last) => input => input with
        {
            NetworkInterfaces = [.. Enumerable.Range(0, count).Select(index => new InstanceNetworkInterfaceSpecification
            {
                DeviceIndex = index,
                SubnetId = index == count - 1 ? last.Id : _subnets[0].Id,
            })],
        };
    }

    private Task<Instance> RunAsync() => _cloud.RunningAsync(input => input with { SubnetId = _subnets[0].Id });

    private async Task<NetworkInterface> CreateAsync(Subnet? subnet = null) => Find(
        (await _cloud.CallAsync(Ec2Api.CreateNetworkInterface, new CreateNetworkInterfaceRequest { SubnetId = (subnet ?? _subnets[0]).Id })).NetworkInterface!.NetworkInterfaceId!);

    private async Task<string> AttachAsync(string id, string instanceId, int index) => (await _cloud.CallAsync(
        Ec2Api.AttachNetworkInterface, new AttachNetworkInterfaceRequest { NetworkInterfaceId = id, InstanceId = instanceId, DeviceIndex = index })).AttachmentId!;

    private Task DetachAsync(string attachmentId) => _cloud.CallAsync(Ec2Api.DetachNetworkInterface, new DetachNetworkInterfaceRequest { AttachmentId = attachmentId });

    private NetworkInterface Find(string id) => _cloud.Cloud.Find(NetworkInterface.Table, ComputeFixture.Account, id)!;

    private async Task<NetworkInterface> UntilAsync(string id, Predicate<NetworkInterface> isIt)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        return (await _cloud.Cloud.WaitAsync(NetworkInterface.Table, ComputeFixture.Account, id, adapter => adapter is not null && isIt(adapter), deadline.Token))!;
    }

    private static async Task<string> RefusalOf(Func<Task> call) => (await Should.ThrowAsync<AwsException>(call)).Code;
}
