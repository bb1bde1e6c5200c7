using Nines.Api.Ec2;
using Nines.Wire;
using Vpc = Nines.Control.Services.Ec2.Vpcs.Vpc;

namespace Nines.Control.Tests.Services.Ec2.RouteTables;

public sealed class RouteTableTests : IAsyncLifetime
{
    private Ec2World _world = null!;
    private string _vpcId = null!;
    private string _subnetId = null!;
    private string _gatewayId = null!;
    private string _tableId = null!;

    public async ValueTask InitializeAsync()
    {
        _world = await Ec2World.OpenAsync();
        _vpcId = (await _world.AskAsync(Ec2Api.CreateVpc, new CreateVpcRequest { CidrBlock = "10.0.0.0/16" })).Vpc!.VpcId!;
        _subnetId = (await _world.AskAsync(Ec2Api.CreateSubnet, new CreateSubnetRequest { VpcId = _vpcId, CidrBlock = "10.0.1.0/24" })).Subnet!.SubnetId!;
        _gatewayId = (await _world.AskAsync(Ec2Api.CreateInternetGateway, new CreateInternetGatewayRequest())).InternetGateway!.InternetGatewayId!;
        await _world.AskAsync(Ec2Api.AttachInternetGateway, new AttachInternetGatewayRequest { InternetGatewayId = _gatewayId, VpcId = _vpcId });
        _tableId = await CreateAsync();
    }

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task Routes_are_added_replaced_and_removed()
    {
        await AddRouteAsync("0.0.0.0/0");
        await AddRouteAsync("0.0.0.0/0");
        (await DescribeAsync(_tableId)).Routes!.Select(route => (route.DestinationCidrBlock, route.GatewayId, route.Origin, route.State)).ShouldBe(
            [("10.0.0.0/16", "local", "CreateRouteTable", "active"), ("0.0.0.0/0", _gatewayId, "CreateRoute", "active")]);
        (await RefusalOf(() => AddRouteAsync("10.0.0.0/16"))).ShouldBe("RouteAlreadyExists");
        (await RefusalOf(() => AddRouteAsync("10.0.1.0/24"))).ShouldBe("InvalidParameterValue");
        (await RefusalOf(() => AddRouteAsync("x"))).ShouldBe("InvalidParameterValue");
        (await RefusalOf(() => RemoveRouteAsync("192.0.2.0/24"))).ShouldBe("InvalidRoute.NotFound");
        (await RefusalOf(() => RemoveRouteAsync("10.0.0.0/16"))).ShouldBe("InvalidParameterValue");
        (await RefusalOf(() => ReplaceRouteAsync("192.0.2.0/24", _gatewayId))).ShouldBe("InvalidRoute.NotFound");
        await ReplaceRouteAsync("0.0.0.0/0", _gatewayId);
        await RemoveRouteAsync("0.0.0.0/0");
        (await DescribeAsync(_tableId)).Routes!.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_route_leads_to_a_gateway_of_its_own_VPC()
    {
        var foreign = _world.Cloud.By(Control.Services.Ec2.InternetGateways.InternetGateway.ByVpc, _world.DefaultVpc.Id).ShouldHaveSingleItem().Id;
        (await RefusalOf(() => AddRouteAsync("0.0.0.0/0", foreign))).ShouldBe("InvalidParameterValue");
        (await RefusalOf(() => AddRouteAsync("0.0.0.0/0", "igw-0123456789abcdef0"))).ShouldBe("InvalidGatewayID.NotFound");
        (await RefusalOf(() => AddRouteAsync("0.0.0.0/0", null))).ShouldBe("InvalidParameterCombination");
    }

    [Fact]
    public async Task A_route_to_a_detached_gateway_is_a_blackhole()
    {
        await AddRouteAsync("0.0.0.0/0");
        await _world.AskAsync(Ec2Api.DetachInternetGateway, new DetachInternetGatewayRequest { InternetGatewayId = _gatewayId, VpcId = _vpcId });
        (await DescribeAsync(_tableId)).Routes![1].State.ShouldBe("blackhole");
    }

    [Fact]
    public async Task A_subnet_is_served_by_one_table()
    {
        var association = await AssociateAsync(_tableId);
        (await AssociateAsync(_tableId)).ShouldBe(association, "asked for again it is as it was");
        var other = await CreateAsync();
        (await RefusalOf(() => AssociateAsync(other))).ShouldBe("Resource.AlreadyAssociated");
        (await RefusalOf(() => AssociateAsync(_world.DefaultVpc.MainRouteTableId))).ShouldBe("InvalidParameterValue");
        (await RefusalOf(() => DeleteAsync(_tableId))).ShouldBe("DependencyViolation");
        var moved = (await ReplaceAsync(association, other)).NewAssociationId!;
        (await DescribeAsync(_tableId)).Associations.ShouldBeEmpty();
        (await DescribeAsync(other)).Associations.ShouldHaveSingleItem().SubnetId.ShouldBe(_subnetId);
        await DisassociateAsync(moved);
        (await RefusalOf(() => DisassociateAsync(moved))).ShouldBe("InvalidAssociationID.NotFound");
        await DeleteAsync(other);
        (await RefusalOf(() => DeleteAsync(other))).ShouldBe("InvalidRouteTableID.NotFound");
    }

    [Fact]
    public async Task Another_table_can_become_the_main_one()
    {
        var main = await DescribeAsync(_world.Cloud.Find(Vpc.Table, Ec2World.Account, _vpcId)!.MainRouteTableId);
        var association = main.Associations.ShouldHaveSingleItem();
        association.Main.ShouldBe(true);
        (await RefusalOf(() => DisassociateAsync(association.RouteTableAssociationId!))).ShouldBe("InvalidParameterValue");
        (await RefusalOf(() => DeleteAsync(main.RouteTableId!))).ShouldBe("DependencyViolation");
        await ReplaceAsync(association.RouteTableAssociationId!, _tableId);
        _world.Cloud.Find(Vpc.Table, Ec2World.Account, _vpcId)!.MainRouteTableId.ShouldBe(_tableId);
        await DeleteAsync(main.RouteTableId!);
    }

    [Fact]
    public async Task The_same_request_with_a_token_makes_one_table()
    {
        var input = new CreateRouteTableRequest { VpcId = _vpcId, ClientToken = "once" };
        var first = (await _world.AskAsync(Ec2Api.CreateRouteTable, input)).RouteTable!.RouteTableId;
        (await _world.AskAsync(Ec2Api.CreateRouteTable, input)).RouteTable!.RouteTableId.ShouldBe(first);
        (await RefusalOf(() => _world.AskAsync(Ec2Api.CreateRouteTable, input with { VpcId = _world.DefaultVpc.Id }))).ShouldBe("IdempotentParameterMismatch");
    }

    private async Task<string> CreateAsync() => (await _world.AskAsync(Ec2Api.CreateRouteTable, new CreateRouteTableRequest { VpcId = _vpcId })).RouteTable!.RouteTableId!;

    private Task DeleteAsync(string id) => _world.AskAsync(Ec2Api.DeleteRouteTable, new DeleteRouteTableRequest { RouteTableId = id });

    private Task AddRouteAsync(string destination) => AddRouteAsync(destination, _gatewayId);

    private Task AddRouteAsync(string destination, string? gatewayId) =>
        _world.AskAsync(Ec2Api.CreateRoute, new CreateRouteRequest { RouteTableId = _tableId, DestinationCidrBlock = destination, GatewayId = gatewayId });

    private Task ReplaceRouteAsync(string destination, string gatewayId) =>
        _world.AskAsync(Ec2Api.ReplaceRoute, new ReplaceRouteRequest { RouteTableId = _tableId, DestinationCidrBlock = destination, GatewayId = gatewayId });

    private Task RemoveRouteAsync(string destination) =>
        _world.AskAsync(Ec2Api.DeleteRoute, new DeleteRouteRequest { RouteTableId = _tableId, DestinationCidrBlock = destination });

    private async Task<string> AssociateAsync(string tableId) =>
        (await _world.AskAsync(Ec2Api.AssociateRouteTable, new AssociateRouteTableRequest { RouteTableId = tableId, SubnetId = _subnetId })).AssociationId!;

    private Task<ReplaceRouteTableAssociationResult> ReplaceAsync(string associationId, string tableId) =>
        _world.AskAsync(Ec2Api.ReplaceRouteTableAssociation, new ReplaceRouteTableAssociationRequest { AssociationId = associationId, RouteTableId = tableId });

    private Task DisassociateAsync(string id) => _world.AskAsync(Ec2Api.DisassociateRouteTable, new DisassociateRouteTableRequest { AssociationId = id });

    private async Task<Nines.Api.Ec2.RouteTable> DescribeAsync(string id) =>
        (await _world.AskAsync(Ec2Api.DescribeRouteTables, new DescribeRouteTablesRequest { RouteTableIds = [id] })).RouteTables!.ShouldHaveSingleItem();

    private static async Task<string> RefusalOf(Func<Task> call) => (await Should.ThrowAsync<AwsException>(call)).Code;
}
