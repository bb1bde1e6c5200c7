using Nines.Api.Ec2;
using Nines.Control.Hosts;
using Nines.Control.Services.Ec2.Addresses;
using Nines.Control.Services.Ec2.Zones;
using Nines.Control.Tests.Services.Ec2.Instances;
using Nines.Host.Api;
using Nines.Wire;
using InternetGateway = Nines.Control.Services.Ec2.InternetGateways.InternetGateway;
using Subnet = Nines.Control.Services.Ec2.Subnets.Subnet;
using Vpc = Nines.Control.Services.Ec2.Vpcs.Vpc;

namespace Nines.Control.Tests.Services.Ec2.NatGateways;

public sealed class NatGatewayOperationsTests : IAsyncLifetime
{
    private ComputeFixture _cloud = null!;
    private Vpc _vpc = null!;
    private Subnet _subnet = null!;
    private AllocateAddressResult _address = null!;

    public async ValueTask InitializeAsync()
    {
        _cloud = await ComputeFixture.CreateAsync();
        _vpc = Vpc.FindDefault(_cloud.Cloud, ComputeFixture.Account)!;
        _subnet = _cloud.Cloud.By(Subnet.ByVpc, _vpc.Id).First();
        _address = await _cloud.CallAsync(Ec2Api.AllocateAddress, new AllocateAddressRequest());
    }

    public ValueTask DisposeAsync() => _cloud.DisposeAsync();

    [Fact]
    public async Task A_gateway_has_an_address_and_an_interface_that_nobody_else_may_change()
    {
        var made = await CreateAsync();
        (made.State, made.VpcId, made.ConnectivityType).ShouldBe(("pending", _vpc.Id, "public"));
        var described = (await _cloud.CallAsync(Ec2Api.DescribeNatGateways, new DescribeNatGatewaysRequest { NatGatewayIds = [made.NatGatewayId!] })).NatGateways!.ShouldHaveSingleItem();
        described.State.ShouldBe("available");
        var address = described.NatGatewayAddresses.ShouldHaveSingleItem();
        (address.PublicIp, address.AllocationId).ShouldBe((_address.PublicIp, _address.AllocationId));
        var adapter = (await _cloud.CallAsync(Ec2Api.DescribeNetworkInterfaces, new DescribeNetworkInterfacesRequest { NetworkInterfaceIds = [address.NetworkInterfaceId!] })).NetworkInterfaces!.ShouldHaveSingleItem();
        (adapter.InterfaceType, adapter.RequesterManaged, adapter.Status, adapter.PrivateIpAddress).ShouldBe(("nat_gateway", true, "in-use", address.PrivateIp));
        (await RefusalOf(() => _cloud.CallAsync(Ec2Api.DeleteNetworkInterface, new DeleteNetworkInterfaceRequest { NetworkInterfaceId = adapter.NetworkInterfaceId }))).ShouldBe("InvalidParameterValue");
        (await RefusalOf(() => _cloud.CallAsync(Ec2Api.DisassociateAddress, new DisassociateAddressRequest { AssociationId = address.AssociationId }))).ShouldBe("OperationNotPermitted");
        (await RefusalOf(() => _cloud.CallAsync(Ec2Api.DeleteSubnet, new DeleteSubnetRequest { SubnetId = _subnet.Id }))).ShouldBe("DependencyViolation");
    }

    [Fact]
    public async Task A_gateway_gives_its_address_back_and_its_routes_lead_nowhere()
    {
        var id = (await CreateAsync()).NatGatewayId!;
        var table = (await _cloud.CallAsync(Ec2Api.CreateRouteTable, new CreateRouteTableRequest { VpcId = _vpc.Id })).RouteTable!.RouteTableId!;
        await _cloud.CallAsync(Ec2Api.CreateRoute, new CreateRouteRequest { RouteTableId = table, DestinationCidrBlock = "0.0.0.0/0", NatGatewayId = id });
        await _cloud.CallAsync(Ec2Api.AssociateRouteTable, new AssociateRouteTableRequest { RouteTableId = table, SubnetId = _subnet.Id });
        Told().NatGateways[id].ShouldBe(new NatGatewaySpec(id, _subnet.Id, _address.PublicIp!));
        Told().RouteTables[table].Routes.ShouldBe([new RouteSpec("0.0.0.0/0", RouteTarget.NatGateway, id)]);

        await _cloud.CallAsync(Ec2Api.DeleteNatGateway, new DeleteNatGatewayRequest { NatGatewayId = id });

        Told().NatGateways.ShouldBeEmpty();
        Told().RouteTables[table].Routes.ShouldHaveSingleItem().Target.ShouldBe(RouteTarget.Blackhole);
        var routes = (await _cloud.CallAsync(Ec2Api.DescribeRouteTables, new DescribeRouteTablesRequest { RouteTableIds = [table] })).RouteTables![0].Routes!;
        (routes[1].NatGatewayId, routes[1].State).ShouldBe((id, "blackhole"));
        _cloud.Cloud.CountAll(PrivateAddress.Table).ShouldBe(0);
        await _cloud.CallAsync(Ec2Api.ReleaseAddress, new ReleaseAddressRequest { AllocationId = _address.AllocationId });
        (await RefusalOf(() => _cloud.CallAsync(Ec2Api.DeleteNatGateway, new DeleteNatGatewayRequest { NatGatewayId = id }))).ShouldBe("NatGatewayNotFound");
    }

    [Fact]
    public async Task Further_addresses_come_and_go_and_the_first_stays()
    {
        var second = (await _cloud.CallAsync(Ec2Api.AllocateAddress, new AllocateAddressRequest()));
        var third = (await _cloud.CallAsync(Ec2Api.AllocateAddress, new AllocateAddressRequest()));
        var made = await CreateAsync(input => input with { SecondaryAllocationIds = [second.AllocationId!] });
        var id = made.NatGatewayId!;
        made.NatGatewayAddresses!.Select(address => (address.IsPrimary, address.PublicIp)).ShouldBe([(true, _address.PublicIp), (false, second.PublicIp)]);
        Told().NatGateways[id].SecondaryIpAddresses.ShouldBe([second.PublicIp!]);

        (await RefusalOf(() => AssociateAsync(id, [second.AllocationId!]))).ShouldBe("Resource.AlreadyAssociated");
        (await RefusalOf(() => AssociateAsync(id, [third.AllocationId!, third.AllocationId!]))).ShouldBe("InvalidParameterValue");
        (await RefusalOf(() => AssociateAsync(id, [third.AllocationId!], ["10.9.9.9"]))).ShouldBe("InvalidParameterValue");
        (await RefusalOf(() => AssociateAsync(id, [third.AllocationId!], ["172.31.0.9", "172.31.0.10"]))).ShouldBe("InvalidParameterCombination");
        var added = (await AssociateAsync(id, [third.AllocationId!])).NatGatewayAddresses!.ShouldHaveSingleItem();
        (added.Status, added.PublicIp).ShouldBe(("associating", third.PublicIp));
        Told().NatGateways[id].SecondaryIpAddresses.ShouldBe([second.PublicIp!, third.PublicIp!]);

        var primary = (await _cloud.CallAsync(Ec2Api.DescribeAddresses, new DescribeAddressesRequest { AllocationIds = [_address.AllocationId!] })).Addresses![0].AssociationId!;
        (await RefusalOf(() => DisassociateAsync(id, primary))).ShouldBe("InvalidParameterValue");
        (await RefusalOf(() => DisassociateAsync(id, "eipassoc-0123456789abcdef0"))).ShouldBe("InvalidAssociationID.NotFound");
        (await DisassociateAsync(id, added.AssociationId!)).NatGatewayAddresses!.Single().Status.ShouldBe("disassociating");
        Told().NatGateways[id].SecondaryIpAddresses.ShouldBe([second.PublicIp!]);
        await _cloud.CallAsync(Ec2Api.ReleaseAddress, new ReleaseAddressRequest { AllocationId = third.AllocationId });

        await _cloud.CallAsync(Ec2Api.DeleteNatGateway, new DeleteNatGatewayRequest { NatGatewayId = id });
        _cloud.Cloud.CountAll(PrivateAddress.Table).ShouldBe(0);
        await _cloud.CallAsync(Ec2Api.ReleaseAddress, new ReleaseAddressRequest { AllocationId = second.AllocationId });
    }

    [Fact]
    public async Task A_private_gateway_has_private_addresses_of_its_subnet_and_no_others()
    {
        static CreateNatGatewayRequest Private(CreateNatGatewayRequest input) => input with { AllocationId = null, ConnectivityType = "private", SecondaryPrivateIpAddressCount = 2 };
        var block = _subnet.CidrBlock[.._subnet.CidrBlock.LastIndexOf('.')];
        (await RefusalOf(() => CreateAsync(input => Private(input) with { SecondaryPrivateIpAddresses = [$"{block}.9"] }))).ShouldBe("InvalidParameterCombination");
        (await RefusalOf(() => CreateAsync(input => Private(input) with { SecondaryPrivateIpAddressCount = 8 }))).ShouldBe("InvalidParameterValue");
        (await RefusalOf(() => CreateAsync(input => Private(input) with { DryRun = true }))).ShouldBe("DryRunOperation");
        _cloud.Cloud.CountAll(PrivateAddress.Table).ShouldBe(0);

        var made = await CreateAsync(input => Private(input) with { PrivateIpAddress = $"{block}.20" });

        var id = made.NatGatewayId!;
        made.ConnectivityType.ShouldBe("private");
        made.NatGatewayAddresses!.Select(address => (address.IsPrimary, address.PublicIp, address.AllocationId)).ShouldBe([(true, null, null), (false, null, null), (false, null, null)]);
        made.NatGatewayAddresses![0].PrivateIp.ShouldBe($"{block}.20");
        Told().NatGateways[id].ShouldBe(new NatGatewaySpec(id, _subnet.Id, $"{block}.20") { IsPrivate = true, SecondaryIpAddresses = [.. made.NatGatewayAddresses!.Skip(1).Select(address => address.PrivateIp!)] });
        (await RefusalOf(() => AssociateAsync(id, [_address.AllocationId!]))).ShouldBe("InvalidParameterValue");

        (await RefusalOf(() => AssignAsync(id, [$"{block}.20"]))).ShouldBe("InvalidIPAddress.InUse");
        (await RefusalOf(() => AssignAsync(id, [], 6))).ShouldBe("InvalidParameterValue", "three and six are more than eight");
        (await RefusalOf(() => AssignAsync(id, []))).ShouldBe("InvalidParameterCombination");
        var added = (await AssignAsync(id, [$"{block}.21"])).NatGatewayAddresses!.ShouldHaveSingleItem();
        (added.Status, added.PrivateIp, added.IsPrimary).ShouldBe(("assigning", $"{block}.21", false));
        Told().NatGateways[id].SecondaryIpAddresses[^1].ShouldBe($"{block}.21");

        (await RefusalOf(() => UnassignAsync(id, $"{block}.20"))).ShouldBe("InvalidParameterValue", "the first address stays");
        (await RefusalOf(() => UnassignAsync(id, $"{block}.99"))).ShouldBe("InvalidParameterValue");
        (await UnassignAsync(id, $"{block}.21")).NatGatewayAddresses!.ShouldHaveSingleItem().Status.ShouldBe("unassigning");
        Told().NatGateways[id].SecondaryIpAddresses.Length.ShouldBe(2);
        var open = (await CreateAsync()).NatGatewayId!;
        (await RefusalOf(() => AssignAsync(open, [], 1))).ShouldBe("InvalidParameterValue");
        await _cloud.CallAsync(Ec2Api.DeleteNatGateway, new DeleteNatGatewayRequest { NatGatewayId = open });
        await _cloud.CallAsync(Ec2Api.DeleteNatGateway, new DeleteNatGatewayRequest { NatGatewayId = id });
        _cloud.Cloud.CountAll(PrivateAddress.Table).ShouldBe(0);
    }

    [Fact]
    public async Task The_same_request_with_a_token_makes_one_gateway()
    {
        var first = (await CreateAsync(input => input with { ClientToken = "once" })).NatGatewayId!;

        (await CreateAsync(input => input with { ClientToken = "once" })).NatGatewayId.ShouldBe(first);
        (await RefusalOf(() => CreateAsync(input => input with { ClientToken = "once", PrivateIpAddress = "172.31.0.9" }))).ShouldBe("IdempotentParameterMismatch");
        await _cloud.CallAsync(Ec2Api.DeleteNatGateway, new DeleteNatGatewayRequest { NatGatewayId = first });
        (await CreateAsync(input => input with { ClientToken = "once" })).NatGatewayId.ShouldNotBe(first);
    }

    [Fact]
    public async Task An_address_of_a_gateway_is_not_reassigned_to_another_interface()
    {
        var second = await _cloud.CallAsync(Ec2Api.AllocateAddress, new AllocateAddressRequest());
        var made = await CreateAsync(input => input with { SecondaryAllocationIds = [second.AllocationId!] });
        var adapter = (await _cloud.CallAsync(Ec2Api.CreateNetworkInterface, new CreateNetworkInterfaceRequest { SubnetId = _subnet.Id })).NetworkInterface!.NetworkInterfaceId;

        (await RefusalOf(() => _cloud.CallAsync(Ec2Api.AssignPrivateIpAddresses, new AssignPrivateIpAddressesRequest
        {
            NetworkInterfaceId = adapter, PrivateIpAddresses = [made.NatGatewayAddresses![1].PrivateIp!], AllowReassignment = true,
        }))).ShouldBe("OperationNotPermitted");

        (await RefusalOf(() => _cloud.CallAsync(Ec2Api.ReleaseAddress, new ReleaseAddressRequest { AllocationId = second.AllocationId }))).ShouldBe("InvalidIPAddress.InUse");
        Told().NatGateways[made.NatGatewayId!].SecondaryIpAddresses.ShouldBe([second.PublicIp!]);
    }

    private Task<AssignPrivateNatGatewayAddressResult> AssignAsync(string id, string[] addresses, int? count = null) => _cloud.CallAsync(
        Ec2Api.AssignPrivateNatGatewayAddress, new AssignPrivateNatGatewayAddressRequest { NatGatewayId = id, PrivateIpAddresses = addresses, PrivateIpAddressCount = count });

    private Task<UnassignPrivateNatGatewayAddressResult> UnassignAsync(string id, string address) => _cloud.CallAsync(
        Ec2Api.UnassignPrivateNatGatewayAddress, new UnassignPrivateNatGatewayAddressRequest { NatGatewayId = id, PrivateIpAddresses = [address] });

    private Task<AssociateNatGatewayAddressResult> AssociateAsync(string id, string[] allocations, string[]? addresses = null) => _cloud.CallAsync(
        Ec2Api.AssociateNatGatewayAddress, new AssociateNatGatewayAddressRequest { NatGatewayId = id, AllocationIds = allocations, PrivateIpAddresses = addresses });

    private Task<DisassociateNatGatewayAddressResult> DisassociateAsync(string id, string association) => _cloud.CallAsync(
        Ec2Api.DisassociateNatGatewayAddress, new DisassociateNatGatewayAddressRequest { NatGatewayId = id, AssociationIds = [association] });

    [Fact]
    public async Task What_a_gateway_needs_must_be_there()
    {
        (await RefusalOf(() => CreateAsync(input => input with { AllocationId = null }))).ShouldBe("MissingParameter");
        (await RefusalOf(() => CreateAsync(input => input with { AllocationId = "eipalloc-0123456789abcdef0" }))).ShouldBe("InvalidAllocationID.NotFound");
        (await RefusalOf(() => CreateAsync(input => input with { SubnetId = "subnet-0123456789abcdef0" }))).ShouldBe("InvalidSubnetID.NotFound");
        (await RefusalOf(() => CreateAsync(input => input with { ConnectivityType = "private" }))).ShouldBe("InvalidParameterCombination");
        (await RefusalOf(() => CreateAsync(input => input with { ConnectivityType = "other" }))).ShouldBe("InvalidParameterValue");
        (await RefusalOf(() => CreateAsync(input => input with { SecondaryPrivateIpAddressCount = 1 }))).ShouldBe("InvalidParameterCombination");
        var table = _vpc.MainRouteTableId;
        (await RefusalOf(() => _cloud.CallAsync(
            Ec2Api.CreateRoute, new CreateRouteRequest { RouteTableId = table, DestinationCidrBlock = "192.0.2.0/24", NatGatewayId = "nat-0123456789abcdef0" }))).ShouldBe("InvalidNatGatewayID.NotFound");
        await CreateAsync();
        (await RefusalOf(() => CreateAsync())).ShouldBe("Resource.AlreadyAssociated");
        var gateway = _cloud.Cloud.By(InternetGateway.ByVpc, _vpc.Id).Single().Id;
        (await RefusalOf(() => _cloud.CallAsync(Ec2Api.DetachInternetGateway, new DetachInternetGatewayRequest { InternetGatewayId = gateway, VpcId = _vpc.Id }))).ShouldBe("DependencyViolation");
    }

    private VpcSpec Told() => VpcRenderer.Render(_cloud.Cloud, _vpc.Id, [], [], new SecurityGroupSpecs(_cloud.Cloud), new ZoneCatalog("us-east-1", 3))!;

    private async Task<NatGateway> CreateAsync(Func<CreateNatGatewayRequest, CreateNatGatewayRequest>? with = null)
    {
        var input = new CreateNatGatewayRequest { SubnetId = _subnet.Id, AllocationId = _address.AllocationId };
        return (await _cloud.CallAsync(Ec2Api.CreateNatGateway, with?.Invoke(input) ?? input)).NatGateway!;
    }

    private static async Task<string> RefusalOf(Func<Task> call) => (await Should.ThrowAsync<AwsException>(call)).Code;
}
