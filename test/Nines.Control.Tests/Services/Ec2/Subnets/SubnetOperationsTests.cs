using Nines.Api.Ec2;
using Nines.Control.Services.Ec2.Addresses;
using Nines.Wire;

namespace Nines.Control.Tests.Services.Ec2.Subnets;

public sealed class SubnetOperationsTests : IAsyncLifetime
{
    private Ec2World _world = null!;

    public async ValueTask InitializeAsync() => _world = await Ec2World.OpenAsync(zones: 7);

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task The_count_of_free_addresses_is_the_true_one()
    {
        (await Describe(new() { SubnetIds = [_world.FirstSubnet.Id] })).Subnets!.ShouldHaveSingleItem().AvailableIpAddressCount.ShouldBe(4091);
        await _world.Cloud.WriteAsync(
            transaction =>
            {
                for (var number = 0; number < 3; number++)
                {
                    AddressAllocator.AllocatePrivate(transaction, _world.FirstSubnet, "eni-1");
                }
            },
            Ec2World.Cancel);
        (await Describe(new() { Filters = [new Filter { Name = "available-ip-address-count", Values = ["4088"] }] })).Subnets!
            .ShouldHaveSingleItem().SubnetId.ShouldBe(_world.FirstSubnet.Id);
    }

    [Fact]
    public async Task A_default_subnet_is_described_as_AWS_describes_it()
    {
        var subnet = (await Describe(new() { Filters = [new Filter { Name = "availability-zone", Values = ["us-east-1b"] }] })).Subnets!.ShouldHaveSingleItem();
        subnet.CidrBlock.ShouldBe("172.31.16.0/20");
        subnet.AvailabilityZoneId.ShouldBe("use1-az2");
        subnet.DefaultForAz.ShouldBe(true);
        subnet.MapPublicIpOnLaunch.ShouldBe(true);
        subnet.SubnetArn.ShouldBe($"arn:aws:ec2:us-east-1:{Ec2World.Account}:subnet/{subnet.SubnetId}");
        subnet.PrivateDnsNameOptionsOnLaunch!.HostnameType.ShouldBe("ip-name");
        subnet.State.ShouldBe("available");
    }

    [Fact]
    public async Task Pages_cover_all_subnets()
    {
        var first = await Describe(new() { MaxResults = 5 });
        first.Subnets!.Count.ShouldBe(5);
        var second = await Describe(new() { MaxResults = 5, NextToken = first.NextToken });
        second.NextToken.ShouldBeNull();
        first.Subnets.Concat(second.Subnets!).Select(subnet => subnet.SubnetId).Distinct().Count().ShouldBe(7);
        (await Should.ThrowAsync<AwsException>(() => Describe(new() { MaxResults = 4 }))).Code.ShouldBe("InvalidParameterValue");
    }

    private Task<DescribeSubnetsResult> Describe(DescribeSubnetsRequest input) => _world.AskAsync(Ec2Api.DescribeSubnets, input);
}
