using Nines.Control.Services.Ec2.Zones;

namespace Nines.Control.Tests.Services.Ec2.Zones;

public sealed class ZoneCatalogTests
{
    [Theory]
    [InlineData("us-east-1", "us-east-1a", "use1-az1")]
    [InlineData("us-west-2", "us-west-2a", "usw2-az1")]
    [InlineData("eu-central-1", "eu-central-1a", "euc1-az1")]
    [InlineData("ap-southeast-2", "ap-southeast-2a", "apse2-az1")]
    [InlineData("ap-northeast-1", "ap-northeast-1a", "apne1-az1")]
    [InlineData("us-gov-west-1", "us-gov-west-1a", "usgw1-az1")]
    public void Zones_are_named_as_AWS_names_them(string region, string name, string id)
    {
        var zone = new ZoneCatalog(region, 1).Zones.ShouldHaveSingleItem();
        zone.Name.ShouldBe(name);
        zone.Id.ShouldBe(id);
    }

    [Fact]
    public void Zones_are_found_by_name_and_by_id()
    {
        var zones = new ZoneCatalog("us-east-1", 3);
        zones.Find("us-east-1c").ShouldBe(zones.Zones[2]);
        zones.FindById("use1-az2").ShouldBe(zones.Zones[1]);
        zones.Find("us-east-1d").ShouldBeNull();
        zones.FindById("us-east-1a").ShouldBeNull();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(27)]
    public void A_region_has_1_to_26_zones(int count) => Should.Throw<ArgumentOutOfRangeException>(() => new ZoneCatalog("us-east-1", count));
}
