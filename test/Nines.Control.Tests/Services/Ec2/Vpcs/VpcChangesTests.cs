using Nines.Api.Ec2;
using Nines.Wire;
using NetworkAcl = Nines.Control.Services.Ec2.NetworkAcls.NetworkAcl;
using RouteTable = Nines.Control.Services.Ec2.RouteTables.RouteTable;
using SecurityGroup = Nines.Control.Services.Ec2.SecurityGroups.SecurityGroup;
using Vpc = Nines.Control.Services.Ec2.Vpcs.Vpc;

namespace Nines.Control.Tests.Services.Ec2.Vpcs;

public sealed class VpcChangesTests : IAsyncLifetime
{
    private Ec2World _world = null!;

    public async ValueTask InitializeAsync() => _world = await Ec2World.OpenAsync();

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task A_new_VPC_has_a_table_a_list_and_a_group_and_the_accounts_DHCP_options()
    {
        var made = await CreateAsync("10.1.2.3/16");
        (made.CidrBlock, made.State, made.IsDefault, made.InstanceTenancy).ShouldBe(("10.1.0.0/16", "pending", false, "default"));
        made.DhcpOptionsId.ShouldBe(_world.DefaultVpc.DhcpOptionsId);
        var vpc = _world.Cloud.Find(Vpc.Table, Ec2World.Account, made.VpcId!)!;
        (vpc.EnableDnsSupport, vpc.EnableDnsHostnames).ShouldBe((true, false));
        var table = _world.Cloud.By(RouteTable.ByVpc, vpc.Id).ShouldHaveSingleItem();
        table.Id.ShouldBe(vpc.MainRouteTableId);
        table.Routes.ShouldHaveSingleItem().GatewayId.ShouldBe("local");
        _world.Cloud.By(NetworkAcl.ByVpc, vpc.Id).ShouldHaveSingleItem().IsDefault.ShouldBeTrue();
        _world.Cloud.By(SecurityGroup.ByVpc, vpc.Id).ShouldHaveSingleItem().Name.ShouldBe("default");
    }

    [Theory]
    [InlineData("10.0.0.0/8", "InvalidVpc.Range")]
    [InlineData("10.0.0.0/29", "InvalidVpc.Range")]
    [InlineData("127.0.0.0/16", "InvalidVpc.Range")]
    [InlineData("169.254.0.0/16", "InvalidVpc.Range")]
    [InlineData("224.0.0.0/16", "InvalidVpc.Range")]
    [InlineData("10.0.0.0", "InvalidParameterValue")]
    [InlineData("10.0.0/16", "InvalidParameterValue")]
    [InlineData(null, "MissingParameter")]
    public async Task A_block_that_no_VPC_may_have_is_refused(string? block, string code) =>
        (await Should.ThrowAsync<AwsException>(() => CreateAsync(block))).Code.ShouldBe(code);

    [Fact]
    public async Task A_dry_run_makes_nothing()
    {
        var error = await Should.ThrowAsync<AwsException>(
            () => _world.AskAsync(Ec2Api.CreateVpc, new CreateVpcRequest { CidrBlock = "10.0.0.0/16" }, Ec2World.CallOf(dryRun: true)));
        error.Code.ShouldBe("DryRunOperation");
        _world.Cloud.Count(Vpc.Table, Ec2World.Account).ShouldBe(1);
    }

    [Fact]
    public async Task A_VPC_goes_with_all_that_it_had_from_its_start_and_not_before_the_rest()
    {
        var id = (await CreateAsync("10.1.0.0/16")).VpcId!;
        var subnet = (await _world.AskAsync(Ec2Api.CreateSubnet, new CreateSubnetRequest { VpcId = id, CidrBlock = "10.1.0.0/24" })).Subnet!.SubnetId;
        (await RefusalOfDelete(id)).ShouldBe("DependencyViolation");
        await _world.AskAsync(Ec2Api.DeleteSubnet, new DeleteSubnetRequest { SubnetId = subnet });
        var gateway = (await _world.AskAsync(Ec2Api.CreateInternetGateway, new CreateInternetGatewayRequest())).InternetGateway!.InternetGatewayId;
        await _world.AskAsync(Ec2Api.AttachInternetGateway, new AttachInternetGatewayRequest { InternetGatewayId = gateway, VpcId = id });
        (await RefusalOfDelete(id)).ShouldBe("DependencyViolation");
        await _world.AskAsync(Ec2Api.DetachInternetGateway, new DetachInternetGatewayRequest { InternetGatewayId = gateway, VpcId = id });
        var table = (await _world.AskAsync(Ec2Api.CreateRouteTable, new CreateRouteTableRequest { VpcId = id })).RouteTable!.RouteTableId;
        (await RefusalOfDelete(id)).ShouldBe("DependencyViolation");
        await _world.AskAsync(Ec2Api.DeleteRouteTable, new DeleteRouteTableRequest { RouteTableId = table });

        await _world.AskAsync(Ec2Api.DeleteVpc, new DeleteVpcRequest { VpcId = id });

        (await RefusalOfDelete(id)).ShouldBe("InvalidVpcID.NotFound");
        _world.Cloud.By(RouteTable.ByVpc, id).ShouldBeEmpty();
        _world.Cloud.By(NetworkAcl.ByVpc, id).ShouldBeEmpty();
        _world.Cloud.By(SecurityGroup.ByVpc, id).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_subnet_and_the_end_of_its_VPC_never_both_come_about()
    {
        var id = (await CreateAsync("10.1.0.0/16")).VpcId!;
        var adding = _world.AskAsync(Ec2Api.CreateSubnet, new CreateSubnetRequest { VpcId = id, CidrBlock = "10.1.0.0/24" });
        var deleting = _world.AskAsync(Ec2Api.DeleteVpc, new DeleteVpcRequest { VpcId = id });
        await Task.WhenAny(Task.WhenAll(adding, deleting), Task.Delay(TimeSpan.FromSeconds(10), TimeProvider.System, Ec2World.Cancel));
        (adding.IsCompletedSuccessfully ^ deleting.IsCompletedSuccessfully).ShouldBeTrue();
        (adding.IsFaulted ^ deleting.IsFaulted).ShouldBeTrue();
    }

    [Fact]
    public async Task Attributes_are_modified_one_at_a_time_and_described_one_at_a_time()
    {
        var id = (await CreateAsync("10.1.0.0/16")).VpcId!;
        var on = new AttributeBooleanValue { Value = true };
        await _world.AskAsync(Ec2Api.ModifyVpcAttribute, new ModifyVpcAttributeRequest { VpcId = id, EnableDnsHostnames = on });
        (await DescribeAsync(id, "enableDnsHostnames")).EnableDnsHostnames!.Value.ShouldBe(true);
        (await DescribeAsync(id, "enableDnsSupport")).EnableDnsSupport!.Value.ShouldBe(true);
        (await DescribeAsync(id, "enableDnsSupport")).EnableDnsHostnames.ShouldBeNull();
        (await Should.ThrowAsync<AwsException>(() => DescribeAsync(id, "colour"))).Code.ShouldBe("InvalidParameterValue");
        (await Should.ThrowAsync<AwsException>(
            () => _world.AskAsync(Ec2Api.ModifyVpcAttribute, new ModifyVpcAttributeRequest { VpcId = id, EnableDnsHostnames = on, EnableDnsSupport = on }))).Code.ShouldBe("InvalidParameterCombination");
    }

    [Fact]
    public async Task Blocks_come_with_their_routes_and_go_when_no_subnet_is_in_them()
    {
        var id = (await CreateAsync("10.1.0.0/16")).VpcId!;
        (await Should.ThrowAsync<AwsException>(() => AssociateAsync(id, "10.1.128.0/20"))).Code.ShouldBe("InvalidVpc.Range");
        var association = (await AssociateAsync(id, "10.2.0.0/16")).CidrBlockAssociation!;
        association.CidrBlockState!.State.ShouldBe("associating");
        Destinations(id).ShouldBe(["10.1.0.0/16", "10.2.0.0/16"]);
        var subnet = (await _world.AskAsync(Ec2Api.CreateSubnet, new CreateSubnetRequest { VpcId = id, CidrBlock = "10.2.0.0/24" })).Subnet!.SubnetId;
        (await RefusalOfDisassociate(association.AssociationId!)).ShouldBe("InvalidCidr.InUse");
        await _world.AskAsync(Ec2Api.DeleteSubnet, new DeleteSubnetRequest { SubnetId = subnet });
        await _world.AskAsync(Ec2Api.DisassociateVpcCidrBlock, new DisassociateVpcCidrBlockRequest { AssociationId = association.AssociationId });
        Destinations(id).ShouldBe(["10.1.0.0/16"]);
        (await RefusalOfDisassociate(association.AssociationId!)).ShouldBe("InvalidVpcCidrBlockAssociationID.NotFound");
        (await RefusalOfDisassociate(_world.DefaultVpc.CidrBlocks[0].AssociationId)).ShouldBe("OperationNotPermitted");
    }

    [Fact]
    public async Task A_VPC_has_at_most_five_blocks()
    {
        var id = (await CreateAsync("10.1.0.0/16")).VpcId!;
        for (var number = 2; number <= 5; number++)
        {
            await AssociateAsync(id, $"10.{number}.0.0/16");
        }

        (await Should.ThrowAsync<AwsException>(() => AssociateAsync(id, "10.6.0.0/16"))).Code.ShouldBe("CidrLimitExceeded");
    }

    private async Task<Nines.Api.Ec2.Vpc> CreateAsync(string? block) => (await _world.AskAsync(Ec2Api.CreateVpc, new CreateVpcRequest { CidrBlock = block })).Vpc!;

    private Task<DescribeVpcAttributeResult> DescribeAsync(string id, string attribute) =>
        _world.AskAsync(Ec2Api.DescribeVpcAttribute, new DescribeVpcAttributeRequest { VpcId = id, Attribute = attribute });

    private Task<AssociateVpcCidrBlockResult> AssociateAsync(string id, string block) =>
        _world.AskAsync(Ec2Api.AssociateVpcCidrBlock, new AssociateVpcCidrBlockRequest { VpcId = id, CidrBlock = block });

    private IEnumerable<string> Destinations(string vpcId) =>
        _world.Cloud.By(RouteTable.ByVpc, vpcId).ShouldHaveSingleItem().Routes.Select(route => route.DestinationCidrBlock);

    private async Task<string> RefusalOfDelete(string id) =>
        (await Should.ThrowAsync<AwsException>(() => _world.AskAsync(Ec2Api.DeleteVpc, new DeleteVpcRequest { VpcId = id }))).Code;

    private async Task<string> RefusalOfDisassociate(string id) => (await Should.ThrowAsync<AwsException>(
        () => _world.AskAsync(Ec2Api.DisassociateVpcCidrBlock, new DisassociateVpcCidrBlockRequest { AssociationId = id }))).Code;
}
