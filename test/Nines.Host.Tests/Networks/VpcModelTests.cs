using Nines.Host.Api;
using Nines.Host.Networks;

namespace Nines.Host.Tests.Networks;

public sealed class VpcModelTests
{
    public static TheoryData<string, VpcSpec> Refused() => new()
    {
        { "no address block", Vpcs.Shop with { CidrBlocks = [] } },
        { "10.0.0.0/33", Vpcs.Shop with { CidrBlocks = ["10.0.0.0/33"] } },
        { "domain name", Vpcs.Shop with { DomainName = "ec2.internal\nserver=192.0.2.1" } },
        { "between /16 and /28", Vpcs.Shop with { Subnets = Vpcs.Shop.Subnets.SetItem(Vpcs.SubnetId, new(Vpcs.SubnetId, "172.31.16.0/29")) } },
        { "is not in 172.31.16.0/20", Vpcs.Shop.With(Vpcs.Adapter(9) with { PrivateIpAddress = "172.31.32.4" }) },
        { "is the router", Vpcs.Shop.With(Vpcs.Adapter(9) with { PrivateIpAddress = "172.31.16.1" }) },
        { "private address 172.31.16.4", Vpcs.Shop.With(Vpcs.Adapter(9) with { PrivateIpAddress = "172.31.16.4" }) },
        { "public address 198.18.0.20", Vpcs.Shop.With(Vpcs.Adapter(9) with { PublicIpAddress = "198.18.0.20" }) },
        { "MAC address", Vpcs.Shop.With(Vpcs.Adapter(9) with { MacAddress = "02:00:00:00:00:09 }; drop" }) },
        { "host name", Vpcs.Shop.With(Vpcs.Adapter(9) with { HostName = "a,b" }) },
        { "unknown subnet", Vpcs.Shop.With(Vpcs.Adapter(9) with { SubnetId = "subnet-0c" }) },
        { "unknown security group", Vpcs.Shop.With(Vpcs.Adapter(9, "sg-0none")) },
        { "not the id of a resource", Vpcs.Shop.With(new SecurityGroupSpec { Id = "sg-0 } drop" }) },
        { "not an IPv4 address block", Vpcs.Shop.With(Group(new(6, 1, 1, "::/0", null))) },
        { "neither an address block nor a group", Vpcs.Shop.With(Group(new(6, 1, 1, null, null))) },
        { "protocol 300", Vpcs.Shop.With(Group(new(300, 1, 1, "0.0.0.0/0", null))) },
        { "the range 5 to 4", Vpcs.Shop.With(Group(new(6, 5, 4, "0.0.0.0/0", null))) },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public void What_cannot_be_is_refused_by_name(string reason, VpcSpec vpc) =>
        Should.Throw<NetworkSpecException>(() => VpcModel.Parse(vpc)).Message.ShouldContain(reason);

    [Fact]
    public void A_network_is_accepted_in_the_order_of_ids()
    {
        var vpc = VpcModel.Parse(Vpcs.Shop);
        vpc.Adapters.Select(adapter => adapter.Address.ToString()).ShouldBe(["172.31.16.4", "172.31.16.5", "172.31.16.6"]);
        vpc.NameServer.ToString().ShouldBe("172.31.0.2");
        vpc.Subnets[0].Router.ToString().ShouldBe("172.31.16.1");
    }

    private static SecurityGroupSpec Group(SecurityGroupRuleSpec rule) => new() { Id = Vpcs.WebGroup, Ingress = [rule] };
}
