using Nines.Api.Ec2;
using Nines.Wire;
using Vpc = Nines.Control.Services.Ec2.Vpcs.Vpc;

namespace Nines.Control.Tests.Services.Ec2.Accounts;

public sealed class AccountOperationsTests : IAsyncLifetime
{
    private Ec2World _world = null!;

    public async ValueTask InitializeAsync() => _world = await Ec2World.OpenAsync();

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task All_attributes_are_told()
    {
        var attributes = (await Describe(new())).AccountAttributes!.ToDictionary(attribute => attribute.AttributeName!, attribute => attribute.AttributeValues!.Single().AttributeValue);
        attributes.Keys.ShouldBe(
            ["supported-platforms", "vpc-max-security-groups-per-interface", "max-elastic-ips", "max-instances", "vpc-max-elastic-ips", "default-vpc"], ignoreOrder: true);
        attributes["supported-platforms"].ShouldBe("VPC");
        attributes["default-vpc"].ShouldBe(_world.DefaultVpc.Id);
    }

    [Fact]
    public async Task Without_a_default_VPC_the_attribute_says_none()
    {
        await _world.Cloud.WriteAsync(transaction => transaction.Delete(Vpc.Table, _world.DefaultVpc), Ec2World.Cancel);
        (await Describe(new() { AttributeNames = ["default-vpc"] })).AccountAttributes!.ShouldHaveSingleItem().AttributeValues!.Single().AttributeValue.ShouldBe("none");
    }

    [Fact]
    public async Task An_unknown_attribute_is_refused() =>
        (await Should.ThrowAsync<AwsException>(() => Describe(new() { AttributeNames = ["colour"] }))).Code.ShouldBe("InvalidParameterValue");

    private Task<DescribeAccountAttributesResult> Describe(DescribeAccountAttributesRequest input) => _world.AskAsync(Ec2Api.DescribeAccountAttributes, input);
}
