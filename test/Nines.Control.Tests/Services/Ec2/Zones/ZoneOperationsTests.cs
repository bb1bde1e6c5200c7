using Nines.Api.Ec2;
using Nines.Wire;

namespace Nines.Control.Tests.Services.Ec2.Zones;

public sealed class ZoneOperationsTests : IAsyncLifetime
{
    private Ec2World _world = null!;

    public async ValueTask InitializeAsync() => _world = await Ec2World.OpenAsync();

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task Zones_are_described_as_AWS_describes_them()
    {
        var zones = (await Zones(new())).AvailabilityZones!;
        zones.Select(zone => (zone.ZoneName, zone.ZoneId)).ShouldBe([("us-east-1a", "use1-az1"), ("us-east-1b", "use1-az2"), ("us-east-1c", "use1-az3")]);
        zones.ShouldAllBe(zone => zone.State == "available" && zone.ZoneType == "availability-zone" && zone.OptInStatus == "opt-in-not-required" && zone.RegionName == "us-east-1");
    }

    [Fact]
    public async Task Zones_are_found_by_name_and_id_and_unknown_ones_are_named()
    {
        (await Zones(new() { ZoneNames = ["us-east-1b"] })).AvailabilityZones!.ShouldHaveSingleItem().ZoneId.ShouldBe("use1-az2");
        (await Zones(new() { ZoneIds = ["use1-az3"] })).AvailabilityZones!.ShouldHaveSingleItem().ZoneName.ShouldBe("us-east-1c");
        (await Zones(new() { Filters = [new Filter { Name = "state", Values = ["impaired"] }] })).AvailabilityZones!.ShouldBeEmpty();
        (await Should.ThrowAsync<AwsException>(() => Zones(new() { ZoneNames = ["us-east-1z"] }))).Message.ShouldBe("Invalid availability zone: [us-east-1z]");
    }

    [Fact]
    public async Task There_is_one_region()
    {
        var region = (await _world.AskAsync(Ec2Api.DescribeRegions, new())).Regions!.ShouldHaveSingleItem();
        (region.RegionName, region.Endpoint, region.OptInStatus).ShouldBe(("us-east-1", "ec2.us-east-1.amazonaws.com", "opt-in-not-required"));
        (await Should.ThrowAsync<AwsException>(() => _world.AskAsync(Ec2Api.DescribeRegions, new() { RegionNames = ["eu-west-1"] }))).Code.ShouldBe("InvalidParameterValue");
    }

    private Task<DescribeAvailabilityZonesResult> Zones(DescribeAvailabilityZonesRequest input) => _world.AskAsync(Ec2Api.DescribeAvailabilityZones, input);
}
