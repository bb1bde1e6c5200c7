using Nines.Api.Ec2;
using Nines.Wire;

namespace Nines.Control.Tests.Services.Ec2.Vpcs;

public sealed class VpcOperationsTests : IAsyncLifetime
{
    private Ec2World _world = null!;

    public async ValueTask InitializeAsync() => _world = await Ec2World.OpenAsync();

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task The_default_VPC_is_described_as_AWS_describes_it()
    {
        var vpc = (await Describe(new())).Vpcs!.ShouldHaveSingleItem();
        vpc.VpcId.ShouldBe(_world.DefaultVpc.Id);
        vpc.State.ShouldBe("available");
        vpc.IsDefault.ShouldBe(true);
        vpc.CidrBlock.ShouldBe("172.31.0.0/16");
        vpc.InstanceTenancy.ShouldBe("default");
        vpc.OwnerId.ShouldBe(Ec2World.Account);
        vpc.DhcpOptionsId.ShouldBe(_world.DefaultVpc.DhcpOptionsId);
        var block = vpc.CidrBlockAssociationSet!.ShouldHaveSingleItem();
        block.AssociationId.ShouldStartWith("vpc-cidr-assoc-");
        block.CidrBlockState!.State.ShouldBe("associated");
    }

    [Theory]
    [InlineData("is-default", "true", 1)]
    [InlineData("isDefault", "false", 0)]
    [InlineData("cidr", "172.31.*", 1)]
    [InlineData("state", "pending", 0)]
    [InlineData("tag:Name", "*", 0)]
    public async Task Filters_narrow_the_answer(string name, string value, int count) =>
        (await Describe(new() { Filters = [new Filter { Name = name, Values = [value] }] })).Vpcs!.Count.ShouldBe(count);

    [Fact]
    public async Task An_unknown_or_malformed_id_is_refused()
    {
        (await Should.ThrowAsync<AwsException>(() => Describe(new() { VpcIds = ["vpc-0123456789abcdef0"] }))).Message.ShouldBe("The vpc ID 'vpc-0123456789abcdef0' does not exist");
        (await Should.ThrowAsync<AwsException>(() => Describe(new() { VpcIds = ["mine"] }))).Code.ShouldBe("InvalidVpcId.Malformed");
    }

    [Fact]
    public async Task Another_accounts_VPC_is_not_seen()
    {
        await _world.BeginAsync(Ec2World.OtherAccount);
        var other = Ec2World.CallOf(Ec2World.OtherAccount);
        (await _world.AskAsync(Ec2Api.DescribeVpcs, new(), other)).Vpcs!.ShouldHaveSingleItem().VpcId.ShouldNotBe(_world.DefaultVpc.Id);
        await Should.ThrowAsync<AwsException>(() => _world.AskAsync(Ec2Api.DescribeVpcs, new() { VpcIds = [_world.DefaultVpc.Id] }, other));
    }

    private Task<DescribeVpcsResult> Describe(DescribeVpcsRequest input) => _world.AskAsync(Ec2Api.DescribeVpcs, input);
}
