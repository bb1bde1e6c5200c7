using Nines.Control.Services.Ec2.Accounts;
using Nines.Control.Services.Ec2.DhcpOptionSets;
using Nines.Control.Services.Ec2.Instances;
using Nines.Control.Services.Ec2.InternetGateways;
using Nines.Control.Services.Ec2.NetworkAcls;
using Nines.Control.Services.Ec2.RouteTables;
using Nines.Control.Services.Ec2.SecurityGroups;
using Nines.Control.Services.Ec2.Subnets;
using Nines.Control.Services.Ec2.Vpcs;

namespace Nines.Control.Tests.Services.Ec2.Accounts;

public sealed class AccountNetworkBootstrapTests : IAsyncLifetime
{
    private Ec2World _world = null!;

    public async ValueTask InitializeAsync() => _world = await Ec2World.OpenAsync();

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public void A_new_account_has_a_default_VPC_with_a_subnet_in_every_zone()
    {
        _world.DefaultVpc.CidrBlock.ShouldBe("172.31.0.0/16");
        _world.DefaultVpc.EnableDnsHostnames.ShouldBeTrue();
        var subnets = _world.Cloud.By(Subnet.ByVpc, _world.DefaultVpc.Id);
        subnets.Select(subnet => (subnet.AvailabilityZone, subnet.AvailabilityZoneId, subnet.CidrBlock)).Order().ShouldBe(
        [
            ("us-east-1a", "use1-az1", "172.31.0.0/20"),
            ("us-east-1b", "use1-az2", "172.31.16.0/20"),
            ("us-east-1c", "use1-az3", "172.31.32.0/20"),
        ]);
        subnets.ShouldAllBe(subnet => subnet.DefaultForAz && subnet.MapPublicIpOnLaunch);
    }

    [Fact]
    public void The_main_route_table_leads_to_the_internet_gateway()
    {
        var gateway = _world.Cloud.By(InternetGateway.ByVpc, _world.DefaultVpc.Id).ShouldHaveSingleItem();
        var table = _world.Cloud.Find(RouteTable.Table, Ec2World.Account, _world.DefaultVpc.MainRouteTableId).ShouldNotBeNull();
        table.Routes.Select(route => (route.DestinationCidrBlock, route.GatewayId)).ShouldBe([("172.31.0.0/16", "local"), ("0.0.0.0/0", gateway.Id)]);
        table.Routes.Select(route => route.IsInternet).ShouldBe([false, true]);
        table.Associations.ShouldHaveSingleItem().SubnetId.ShouldBeNull();
    }

    [Fact]
    public void The_default_group_lets_its_members_in_and_everything_out()
    {
        var group = _world.Cloud.Find(SecurityGroup.Table, Ec2World.Account, _world.DefaultVpc.DefaultSecurityGroupId).ShouldNotBeNull();
        group.Name.ShouldBe("default");
        group.Rules.Select(rule => (rule.IsEgress, rule.Protocol, rule.ReferencedGroupId, rule.CidrIpv4)).ShouldBe(
            [(false, "-1", group.Id, null), (true, "-1", null, "0.0.0.0/0")]);
        _world.Cloud.By(SecurityGroup.ByRule, group.Rules[1].Id).ShouldHaveSingleItem().Id.ShouldBe(group.Id);
    }

    [Fact]
    public void The_access_list_guards_every_subnet_and_allows_everything()
    {
        var acl = _world.Cloud.By(NetworkAcl.ByVpc, _world.DefaultVpc.Id).ShouldHaveSingleItem();
        acl.Id.ShouldBe(_world.DefaultVpc.DefaultNetworkAclId);
        acl.Entries.Select(entry => (entry.RuleNumber, entry.IsEgress, entry.Allow)).ShouldBe([(100, true, true), (32767, true, false), (100, false, true), (32767, false, false)]);
        acl.Associations.Select(association => association.SubnetId).Order().ShouldBe(_world.Cloud.By(Subnet.ByVpc, _world.DefaultVpc.Id).Select(subnet => subnet.Id).Order());
    }

    [Fact]
    public void Guests_are_told_the_domain_and_the_resolver()
    {
        var options = _world.Cloud.Find(DhcpOptions.Table, Ec2World.Account, _world.DefaultVpc.DhcpOptionsId).ShouldNotBeNull();
        options.Options["domain-name"].ShouldBe(["ec2.internal"]);
        options.Options["domain-name-servers"].ShouldBe(["AmazonProvidedDNS"]);
        InstanceNames.PrivateDomain("eu-west-1").ShouldBe("eu-west-1.compute.internal");
    }

    [Fact]
    public async Task Beginning_again_changes_nothing()
    {
        var revision = _world.Cloud.Revision;
        await _world.BeginAsync(Ec2World.Account);
        _world.Cloud.Revision.ShouldBe(revision);
    }

    [Fact]
    public async Task Accounts_do_not_share_anything()
    {
        await _world.BeginAsync(Ec2World.OtherAccount);
        var other = _world.Cloud.List(Vpc.Table, Ec2World.OtherAccount).ShouldHaveSingleItem();
        other.Id.ShouldNotBe(_world.DefaultVpc.Id);
        _world.Cloud.List(Vpc.Table, Ec2World.Account).ShouldHaveSingleItem();
        _world.Cloud.By(Subnet.ByVpc, other.Id).Count.ShouldBe(3);
    }

    [Fact]
    public async Task A_zone_that_the_cloud_gains_gets_a_subnet_in_free_addresses()
    {
        _world.Grow(5);
        await _world.BeginAsync(Ec2World.Account);
        var subnets = _world.Cloud.By(Subnet.ByVpc, _world.DefaultVpc.Id);
        subnets.Select(subnet => subnet.CidrBlock).Distinct().Count().ShouldBe(5);
        _world.Cloud.By(NetworkAcl.ByVpc, _world.DefaultVpc.Id).Single().Associations.Length.ShouldBe(5);
    }

    [Fact]
    public async Task A_default_VPC_or_subnet_that_the_user_deleted_is_not_made_again()
    {
        var deleted = _world.FirstSubnet;
        await _world.Cloud.WriteAsync(transaction => transaction.Delete(Subnet.Table, deleted), Ec2World.Cancel);
        _world.Grow(4);
        await _world.BeginAsync(Ec2World.Account);
        _world.Cloud.By(Subnet.ByVpc, _world.DefaultVpc.Id).Select(subnet => subnet.AvailabilityZone).Order().ShouldBe(["us-east-1b", "us-east-1c", "us-east-1d"]);

        await _world.Cloud.WriteAsync(transaction => transaction.Delete(Vpc.Table, _world.DefaultVpc), Ec2World.Cancel);
        _world.Grow(6);
        await _world.BeginAsync(Ec2World.Account);
        _world.Cloud.List(Vpc.Table, Ec2World.Account).ShouldBeEmpty();
    }

    [Fact]
    public async Task Records_are_read_back_as_they_were_written()
    {
        await using var again = await _world.ReopenAsync();
        var vpc = again.Find(Vpc.Table, Ec2World.Account, _world.DefaultVpc.Id).ShouldNotBeNull();
        vpc.CidrBlocks.ShouldBe(_world.DefaultVpc.CidrBlocks);
        (vpc with { CidrBlocks = _world.DefaultVpc.CidrBlocks, Tags = _world.DefaultVpc.Tags }).ShouldBe(_world.DefaultVpc);
        again.Find(SecurityGroup.Table, Ec2World.Account, vpc.DefaultSecurityGroupId)!.Rules.Length.ShouldBe(2);
        again.Find(DhcpOptions.Table, Ec2World.Account, vpc.DhcpOptionsId)!.Options["domain-name"].ShouldBe(["ec2.internal"]);
    }
}
