using Nines.Api.Ec2;
using Nines.Wire;
using NetworkAcl = Nines.Control.Services.Ec2.NetworkAcls.NetworkAcl;
using Subnet = Nines.Control.Services.Ec2.Subnets.Subnet;

namespace Nines.Control.Tests.Services.Ec2.Subnets;

public sealed class SubnetChangesTests : IAsyncLifetime
{
    private Ec2World _world = null!;
    private string _vpcId = null!;

    public async ValueTask InitializeAsync()
    {
        _world = await Ec2World.OpenAsync();
        _vpcId = (await _world.AskAsync(Ec2Api.CreateVpc, new CreateVpcRequest { CidrBlock = "10.0.0.0/16" })).Vpc!.VpcId!;
    }

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task A_subnet_lies_in_its_zone_and_under_the_VPCs_default_list()
    {
        var subnet = await CreateAsync("10.0.1.7/24", "us-east-1b");
        (subnet.CidrBlock, subnet.AvailabilityZoneId, subnet.AvailableIpAddressCount, subnet.MapPublicIpOnLaunch, subnet.DefaultForAz)
            .ShouldBe(("10.0.1.0/24", "use1-az2", 251, false, false));
        _world.Cloud.By(NetworkAcl.ByVpc, _vpcId).ShouldHaveSingleItem().Associations.ShouldHaveSingleItem().SubnetId.ShouldBe(subnet.SubnetId);
    }

    [Fact]
    public async Task Where_the_zone_is_left_open_the_emptiest_is_taken()
    {
        var zones = new List<string?>();
        for (var number = 1; number <= 4; number++)
        {
            zones.Add((await CreateAsync($"10.0.{number}.0/24")).AvailabilityZone);
        }

        zones.ShouldBe(["us-east-1a", "us-east-1b", "us-east-1c", "us-east-1a"]);
    }

    [Theory]
    [InlineData("10.0.0.0/15", null, "InvalidSubnet.Range")]
    [InlineData("10.0.0.0/29", null, "InvalidSubnet.Range")]
    [InlineData("10.1.0.0/24", null, "InvalidSubnet.Range")]
    [InlineData("10.0.1.128/25", null, "InvalidSubnet.Conflict")]
    [InlineData("10.0.0.0/16", null, "InvalidSubnet.Conflict")]
    [InlineData("x", null, "InvalidParameterValue")]
    [InlineData("10.0.2.0/24", "us-east-1z", "InvalidParameterValue")]
    public async Task What_cannot_be_a_subnet_is_refused(string block, string? zone, string code)
    {
        await CreateAsync("10.0.1.0/24");
        (await Should.ThrowAsync<AwsException>(() => CreateAsync(block, zone))).Code.ShouldBe(code);
    }

    [Fact]
    public async Task Of_two_overlapping_subnets_asked_for_at_once_one_is_made()
    {
        Task<Nines.Api.Ec2.Subnet>[] both = [CreateAsync("10.0.1.0/24"), CreateAsync("10.0.0.0/20")];
        foreach (var task in both)
        {
            await task.ContinueWith(_ => { }, Ec2World.Cancel, TaskContinuationOptions.None, TaskScheduler.Default);
        }

        both.Count(task => task.IsCompletedSuccessfully).ShouldBe(1);
        _world.Cloud.By(Subnet.ByVpc, _vpcId).Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_subnet_goes_with_its_associations()
    {
        var id = (await CreateAsync("10.0.1.0/24")).SubnetId!;
        await _world.AskAsync(Ec2Api.DeleteSubnet, new DeleteSubnetRequest { SubnetId = id });
        _world.Cloud.By(NetworkAcl.ByVpc, _vpcId).ShouldHaveSingleItem().Associations.ShouldBeEmpty();
        (await Should.ThrowAsync<AwsException>(() => _world.AskAsync(Ec2Api.DeleteSubnet, new DeleteSubnetRequest { SubnetId = id }))).Code.ShouldBe("InvalidSubnetID.NotFound");
    }

    [Fact]
    public async Task A_subnet_can_give_its_instances_public_addresses()
    {
        var id = (await CreateAsync("10.0.1.0/24")).SubnetId!;
        await ModifyAsync(new ModifySubnetAttributeRequest { SubnetId = id, MapPublicIpOnLaunch = new AttributeBooleanValue { Value = true } });
        _world.Cloud.Find(Subnet.Table, Ec2World.Account, id)!.MapPublicIpOnLaunch.ShouldBeTrue();
        (await Should.ThrowAsync<AwsException>(() => ModifyAsync(new ModifySubnetAttributeRequest { SubnetId = id }))).Code.ShouldBe("InvalidParameterCombination");
    }

    [Fact]
    public async Task The_default_subnet_of_a_zone_can_be_made_again()
    {
        var lost = _world.FirstSubnet;
        (await RefusalOfDefault("us-east-1a")).ShouldBe("DefaultSubnetAlreadyExistsInAvailabilityZone");
        await _world.AskAsync(Ec2Api.DeleteSubnet, new DeleteSubnetRequest { SubnetId = lost.Id });
        var made = (await _world.AskAsync(Ec2Api.CreateDefaultSubnet, new CreateDefaultSubnetRequest { AvailabilityZone = "us-east-1a" })).Subnet!;
        (made.CidrBlock, made.DefaultForAz, made.MapPublicIpOnLaunch).ShouldBe((lost.CidrBlock, true, true));
        (await RefusalOfDefault("us-east-1z")).ShouldBe("InvalidParameterValue");
    }

    [Fact]
    public async Task The_default_VPC_can_be_made_again()
    {
        var lost = _world.DefaultVpc;
        (await RefusalOfDefaultVpc()).ShouldBe("DefaultVpcAlreadyExists");
        foreach (var subnet in _world.Cloud.By(Subnet.ByVpc, lost.Id))
        {
            await _world.AskAsync(Ec2Api.DeleteSubnet, new DeleteSubnetRequest { SubnetId = subnet.Id });
        }

        var gateway = _world.Cloud.By(Control.Services.Ec2.InternetGateways.InternetGateway.ByVpc, lost.Id).ShouldHaveSingleItem().Id;
        await _world.AskAsync(Ec2Api.DetachInternetGateway, new DetachInternetGatewayRequest { InternetGatewayId = gateway, VpcId = lost.Id });
        await _world.AskAsync(Ec2Api.DeleteVpc, new DeleteVpcRequest { VpcId = lost.Id });
        (await RefusalOfDefault("us-east-1a")).ShouldBe("DefaultVpcDoesNotExist");

        var made = (await _world.AskAsync(Ec2Api.CreateDefaultVpc, new CreateDefaultVpcRequest())).Vpc!;

        made.IsDefault.ShouldBe(true);
        _world.DefaultVpc.Id.ShouldBe(made.VpcId);
        _world.Cloud.By(Subnet.ByVpc, made.VpcId!).Count.ShouldBe(3);
        await _world.BeginAsync(Ec2World.Account);
        _world.Cloud.By(Subnet.ByVpc, made.VpcId!).Count.ShouldBe(3, "an account that begins again is given nothing twice");
    }

    private async Task<Nines.Api.Ec2.Subnet> CreateAsync(string block, string? zone = null) =>
        (await _world.AskAsync(Ec2Api.CreateSubnet, new CreateSubnetRequest { VpcId = _vpcId, CidrBlock = block, AvailabilityZone = zone })).Subnet!;

    private Task<ModifySubnetAttributeResult> ModifyAsync(ModifySubnetAttributeRequest input) => _world.AskAsync(Ec2Api.ModifySubnetAttribute, input);

    private async Task<string> RefusalOfDefault(string zone) => (await Should.ThrowAsync<AwsException>(
        () => _world.AskAsync(Ec2Api.CreateDefaultSubnet, new CreateDefaultSubnetRequest { AvailabilityZone = zone }))).Code;

    private async Task<string> RefusalOfDefaultVpc() =>
        (await Should.ThrowAsync<AwsException>(() => _world.AskAsync(Ec2Api.CreateDefaultVpc, new CreateDefaultVpcRequest()))).Code;
}
