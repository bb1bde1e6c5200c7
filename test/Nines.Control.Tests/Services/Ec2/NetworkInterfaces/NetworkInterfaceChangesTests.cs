using Nines.Api.Ec2;
using Nines.Control.Services.Ec2.Addresses;
using Nines.Control.Tests.Services.Ec2.Instances;
using Nines.Host.Api;
using Nines.Wire;
using Instance = Nines.Control.Services.Ec2.Instances.Instance;
using InstanceState = Nines.Control.Services.Ec2.Instances.InstanceState;
using NetworkInterface = Nines.Control.Services.Ec2.NetworkInterfaces.NetworkInterface;
using Subnet = Nines.Control.Services.Ec2.Subnets.Subnet;
using Vpc = Nines.Control.Services.Ec2.Vpcs.Vpc;

namespace Nines.Control.Tests.Services.Ec2.NetworkInterfaces;

public sealed class NetworkInterfaceChangesTests : IAsyncLifetime
{
    private ComputeFixture _cloud = null!;
    private Subnet _subnet = null!;

    public async ValueTask InitializeAsync()
    {
        _cloud = await ComputeFixture.CreateAsync();
        _subnet = _cloud.Cloud.By(Subnet.ByVpc, Vpc.FindDefault(_cloud.Cloud, ComputeFixture.Account)!.Id).Single(subnet => subnet.AvailabilityZone == "us-east-1a");
    }

    public ValueTask DisposeAsync() => _cloud.DisposeAsync();

    [Fact]
    public async Task An_interface_comes_and_goes_with_its_addresses()
    {
        var made = await CreateAsync(new() { PrivateIpAddress = "172.31.0.10", SecondaryPrivateIpAddressCount = 2, Description = "front" });
        (made.Status, made.PrivateIpAddress, made.Description, made.SourceDestCheck).ShouldBe(("pending", "172.31.0.10", "front", true));
        made.PrivateIpAddresses!.Select(address => address.Primary).ShouldBe([true, false, false]);
        made.Groups.ShouldHaveSingleItem().GroupName.ShouldBe("default");
        (await DescribeAsync(made.NetworkInterfaceId!)).Status.ShouldBe("available");
        (await RefusalOf(() => CreateAsync(new() { PrivateIpAddress = "172.31.0.10" }))).ShouldBe("InvalidIPAddress.InUse");
        (await RefusalOf(() => CreateAsync(new() { PrivateIpAddress = "172.31.0.1" }))).ShouldBe("InvalidParameterValue");
        (await RefusalOf(() => CreateAsync(new() { Groups = ["sg-0123456789abcdef0"] }))).ShouldBe("InvalidGroup.NotFound");

        await DeleteAsync(made.NetworkInterfaceId!);

        _cloud.Cloud.CountAll(PrivateAddress.Table).ShouldBe(0);
        (await RefusalOf(() => DeleteAsync(made.NetworkInterfaceId!))).ShouldBe("InvalidNetworkInterfaceID.NotFound");
    }

    [Fact]
    public async Task The_same_request_with_a_token_makes_one_interface()
    {
        var first = (await CreateAsync(new() { ClientToken = "once" })).NetworkInterfaceId;
        (await CreateAsync(new() { ClientToken = "once" })).NetworkInterfaceId.ShouldBe(first);
        (await RefusalOf(() => CreateAsync(new() { ClientToken = "once", Description = "another" }))).ShouldBe("IdempotentParameterMismatch");
        await DeleteAsync(first!);
        (await CreateAsync(new() { ClientToken = "once", Description = "another" })).NetworkInterfaceId.ShouldNotBe(first);
    }

    [Fact]
    public async Task An_instance_is_launched_with_an_interface_that_exists()
    {
        var id = (await CreateAsync(new() { PrivateIpAddress = "172.31.0.10" })).NetworkInterfaceId!;
        var instance = await RunWithAsync(id);
        instance.PrivateIpAddress.ShouldBe("172.31.0.10");
        (await DescribeAsync(id)).Attachment!.InstanceId.ShouldBe(instance.Id);
        (await RefusalOf(() => RunWithAsync(id))).ShouldBe("InvalidNetworkInterface.InUse");
        (await RefusalOf(() => DeleteAsync(id))).ShouldBe("InvalidParameterValue");

        await _cloud.CallAsync(Ec2Api.TerminateInstances, new TerminateInstancesRequest { InstanceIds = [instance.Id] });
        await _cloud.UntilAsync(instance.Id, InstanceState.Terminated);

        (await DescribeAsync(id)).Status.ShouldBe("available", "it was there before the instance and stays after it");
        await DeleteAsync(id);
    }

    [Fact]
    public async Task Attributes_are_modified_one_at_a_time()
    {
        var id = (await CreateAsync(new())).NetworkInterfaceId!;
        await ModifyAsync(new() { NetworkInterfaceId = id, Description = new AttributeValue { Value = "back" } });
        await ModifyAsync(new() { NetworkInterfaceId = id, SourceDestCheck = new AttributeBooleanValue { Value = false } });
        (await DescribeAsync(id)).Description.ShouldBe("back");
        (await AttributeAsync(id, "sourceDestCheck")).SourceDestCheck!.Value.ShouldBe(false);
        await _cloud.CallAsync(Ec2Api.ResetNetworkInterfaceAttribute, new ResetNetworkInterfaceAttributeRequest { NetworkInterfaceId = id, SourceDestCheck = "true" });
        (await AttributeAsync(id, "sourceDestCheck")).SourceDestCheck!.Value.ShouldBe(true);
        (await AttributeAsync(id, "groupSet")).Groups.ShouldHaveSingleItem();
        (await RefusalOf(() => AttributeAsync(id, "colour"))).ShouldBe("InvalidParameterValue");
        (await RefusalOf(() => ModifyAsync(new() { NetworkInterfaceId = id }))).ShouldBe("InvalidParameterCombination");
        (await RefusalOf(() => ModifyAsync(new() { NetworkInterfaceId = id, Attachment = new NetworkInterfaceAttachmentChanges { AttachmentId = "eni-attach-0" } }))).ShouldBe("InvalidAttachmentID.NotFound");
    }

    [Fact]
    public async Task Further_addresses_come_go_and_move()
    {
        var (one, other) = ((await CreateAsync(new())).NetworkInterfaceId!, (await CreateAsync(new())).NetworkInterfaceId!);
        (await AssignAsync(one, ["172.31.0.20"])).ShouldBe(["172.31.0.20"]);
        (await AssignAsync(one, count: 1)).Length.ShouldBe(1);
        (await RefusalOf(() => AssignAsync(other, ["172.31.0.20"]))).ShouldBe("InvalidIPAddress.InUse");
        (await AssignAsync(other, ["172.31.0.20"], allowReassignment: true)).ShouldBe(["172.31.0.20"]);
        (await DescribeAsync(one)).PrivateIpAddresses!.Count.ShouldBe(2);
        (await DescribeAsync(other)).PrivateIpAddresses!.Select(address => address.PrivateIpAddress).ShouldContain("172.31.0.20");
        await UnassignAsync(other, "172.31.0.20");
        (await RefusalOf(() => UnassignAsync(other, "172.31.0.20"))).ShouldBe("InvalidParameterValue");
        var primary = (await DescribeAsync(other)).PrivateIpAddress!;
        (await RefusalOf(() => UnassignAsync(other, primary))).ShouldBe("InvalidParameterValue");
        (await RefusalOf(() => AssignAsync(other, count: 50))).ShouldBe("PrivateIpAddressLimitExceeded");
    }

    [Fact]
    public async Task An_elastic_address_goes_to_a_further_address_and_the_host_is_told_of_both()
    {
        var instance = await _cloud.RunningAsync();
        var id = instance.NetworkInterfaceIds[0];
        var address = (await AssignAsync(id, count: 1)).Single();
        var elastic = await _cloud.CallAsync(Ec2Api.AllocateAddress, new AllocateAddressRequest());
        await _cloud.CallAsync(Ec2Api.AssociateAddress, new AssociateAddressRequest { AllocationId = elastic.AllocationId, NetworkInterfaceId = id, PrivateIpAddress = address });

        var adapter = _cloud.Cloud.Find(NetworkInterface.Table, ComputeFixture.Account, id)!;
        adapter.PublicIpAddress.ShouldNotBeNull().ShouldNotBe(elastic.PublicIp);
        var spec = Nines.Control.Hosts.HostStateRenderer.Interface(adapter, Instances.SampleInstance.In(Nines.Control.Services.Ec2.Instances.InstanceState.Running));
        spec.SecondaryAddresses.ShouldHaveSingleItem().ShouldBe(new InterfaceAddressSpec(address, elastic.PublicIp));
        (await RefusalOf(() => _cloud.CallAsync(
            Ec2Api.AssociateAddress, new AssociateAddressRequest { AllocationId = elastic.AllocationId, NetworkInterfaceId = id, PrivateIpAddress = "172.31.0.99" }))).ShouldBe("InvalidParameterValue");

        await UnassignAsync(id, address);

        (await _cloud.CallAsync(Ec2Api.DescribeAddresses, new DescribeAddressesRequest())).Addresses.ShouldHaveSingleItem().AssociationId.ShouldBeNull();
    }

    private async Task<Nines.Api.Ec2.NetworkInterface> CreateAsync(CreateNetworkInterfaceRequest input) =>
        (await _cloud.CallAsync(Ec2Api.CreateNetworkInterface, input with { SubnetId = _subnet.Id })).NetworkInterface!;

    private Task DeleteAsync(string id) => _cloud.CallAsync(Ec2Api.DeleteNetworkInterface, new DeleteNetworkInterfaceRequest { NetworkInterfaceId = id });

    private Task ModifyAsync(ModifyNetworkInterfaceAttributeRequest input) => _cloud.CallAsync(Ec2Api.ModifyNetworkInterfaceAttribute, input);

    private Task<DescribeNetworkInterfaceAttributeResult> AttributeAsync(string id, string attribute) => _cloud.CallAsync(
        Ec2Api.DescribeNetworkInterfaceAttribute, new DescribeNetworkInterfaceAttributeRequest { NetworkInterfaceId = id, Attribute = attribute });

    private async Task<string[]> AssignAsync(string id, string[]? addresses = null, int? count = null, bool? allowReassignment = null) =>
    [
        .. (await _cloud.CallAsync(Ec2Api.AssignPrivateIpAddresses, new AssignPrivateIpAddressesRequest
        {
            NetworkInterfaceId = id,
            PrivateIpAddresses = addresses,
            SecondaryPrivateIpAddressCount = count,
            AllowReassignment = allowReassignment,
        })).AssignedPrivateIpAddresses!.Select(address => address.PrivateIpAddress!),
    ];

    private Task UnassignAsync(string id, string address) =>
        _cloud.CallAsync(Ec2Api.UnassignPrivateIpAddresses, new UnassignPrivateIpAddressesRequest { NetworkInterfaceId = id, PrivateIpAddresses = [address] });

    private Task<Instance> RunWithAsync(string id) =>
        _cloud.RunningAsync(input => input with { NetworkInterfaces = [new InstanceNetworkInterfaceSpecification { DeviceIndex = 0, NetworkInterfaceId = id }] });

    private async Task<Nines.Api.Ec2.NetworkInterface> DescribeAsync(string id) =>
        (await _cloud.CallAsync(Ec2Api.DescribeNetworkInterfaces, new DescribeNetworkInterfacesRequest { NetworkInterfaceIds = [id] })).NetworkInterfaces!.ShouldHaveSingleItem();

    private static async Task<string> RefusalOf(Func<Task> call) => (await Should.ThrowAsync<AwsException>(call)).Code;
}
