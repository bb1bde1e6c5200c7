using Nines.Api.Ec2;
using Nines.Wire;

namespace Nines.Control.Tests.Services.Ec2.InternetGateways;

public sealed class InternetGatewayOperationsTests : IAsyncLifetime
{
    private Ec2World _world = null!;
    private string _vpcId = null!;
    private string _gatewayId = null!;

    public async ValueTask InitializeAsync()
    {
        _world = await Ec2World.OpenAsync();
        _vpcId = (await _world.AskAsync(Ec2Api.CreateVpc, new CreateVpcRequest { CidrBlock = "10.0.0.0/16" })).Vpc!.VpcId!;
        _gatewayId = (await _world.AskAsync(Ec2Api.CreateInternetGateway, new CreateInternetGatewayRequest())).InternetGateway!.InternetGatewayId!;
    }

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task A_gateway_is_attached_to_one_VPC_at_a_time()
    {
        (await DescribeAsync()).Attachments.ShouldBeEmpty();
        (await RefusalOf(DetachAsync)).ShouldBe("Gateway.NotAttached");
        await AttachAsync();
        var attachment = (await DescribeAsync()).Attachments.ShouldHaveSingleItem();
        (attachment.State, attachment.VpcId).ShouldBe(("available", _vpcId));
        (await RefusalOf(AttachAsync)).ShouldBe("Resource.AlreadyAssociated");
        (await RefusalOf(DeleteAsync)).ShouldBe("DependencyViolation");
        await DetachAsync();
        await DeleteAsync();
        (await RefusalOf(DeleteAsync)).ShouldBe("InvalidInternetGatewayID.NotFound");
    }

    [Fact]
    public async Task A_VPC_has_one_gateway_at_a_time()
    {
        await AttachAsync();
        var other = (await _world.AskAsync(Ec2Api.CreateInternetGateway, new CreateInternetGatewayRequest())).InternetGateway!.InternetGatewayId;
        (await RefusalOf(() => _world.AskAsync(Ec2Api.AttachInternetGateway, new AttachInternetGatewayRequest { InternetGatewayId = other, VpcId = _vpcId }))).ShouldBe("InvalidParameterValue");
    }

    private Task AttachAsync() => _world.AskAsync(Ec2Api.AttachInternetGateway, new AttachInternetGatewayRequest { InternetGatewayId = _gatewayId, VpcId = _vpcId });

    private Task DetachAsync() => _world.AskAsync(Ec2Api.DetachInternetGateway, new DetachInternetGatewayRequest { InternetGatewayId = _gatewayId, VpcId = _vpcId });

    private Task DeleteAsync() => _world.AskAsync(Ec2Api.DeleteInternetGateway, new DeleteInternetGatewayRequest { InternetGatewayId = _gatewayId });

    private async Task<Nines.Api.Ec2.InternetGateway> DescribeAsync() =>
        (await _world.AskAsync(Ec2Api.DescribeInternetGateways, new DescribeInternetGatewaysRequest { InternetGatewayIds = [_gatewayId] })).InternetGateways!.ShouldHaveSingleItem();

    private static async Task<string> RefusalOf(Func<Task> call) => (await Should.ThrowAsync<AwsException>(call)).Code;
}
