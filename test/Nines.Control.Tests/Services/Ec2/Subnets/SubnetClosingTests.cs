using Nines.Api.Ec2;
using Nines.Control.Tests.Services.Ec2.Instances;
using Nines.Wire;
using Subnet = Nines.Control.Services.Ec2.Subnets.Subnet;

namespace Nines.Control.Tests.Services.Ec2.Subnets;

public sealed class SubnetClosingTests : IAsyncLifetime
{
    private ComputeFixture _cloud = null!;

    public async ValueTask InitializeAsync() => _cloud = await ComputeFixture.CreateAsync();

    public ValueTask DisposeAsync() => _cloud.DisposeAsync();

    [Fact]
    public async Task Nothing_comes_into_a_subnet_that_is_being_deleted()
    {
        var subnet = _cloud.Cloud.List(Subnet.Table, ComputeFixture.Account).First();
        await _cloud.Cloud.WriteAsync(transaction => transaction.Put(Subnet.Table, subnet with { IsClosing = true }), TestContext.Current.CancellationToken);

        (await Should.ThrowAsync<AwsException>(() => _cloud.RunAsync(input => input with { SubnetId = subnet.Id }))).Code.ShouldBe("InvalidSubnetID.NotFound");
        (await Should.ThrowAsync<AwsException>(() => _cloud.CallAsync(Ec2Api.CreateNetworkInterface, new CreateNetworkInterfaceRequest { SubnetId = subnet.Id })))
            .Code.ShouldBe("InvalidSubnetID.NotFound");
        (await _cloud.RunningAsync()).SubnetId.ShouldNotBe(subnet.Id);
    }

    [Fact]
    public async Task A_subnet_that_is_used_stays_open()
    {
        var instance = await _cloud.RunningAsync();

        (await Should.ThrowAsync<AwsException>(() => _cloud.CallAsync(Ec2Api.DeleteSubnet, new DeleteSubnetRequest { SubnetId = instance.SubnetId }))).Code.ShouldBe("DependencyViolation");

        _cloud.Cloud.Find(Subnet.Table, ComputeFixture.Account, instance.SubnetId)!.IsClosing.ShouldBeFalse();
    }
}
