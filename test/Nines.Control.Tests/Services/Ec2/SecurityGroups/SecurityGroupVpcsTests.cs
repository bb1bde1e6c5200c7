using System.Collections.Immutable;
using Nines.Api.Ec2;
using Nines.Control.Hosts;
using Nines.Control.Services.Ec2.NetworkInterfaces;
using Nines.Host.Api;
using Nines.Wire;
using NetworkInterface = Nines.Control.Services.Ec2.NetworkInterfaces.NetworkInterface;
using SecurityGroup = Nines.Control.Services.Ec2.SecurityGroups.SecurityGroup;
using Vpc = Nines.Control.Services.Ec2.Vpcs.Vpc;

namespace Nines.Control.Tests.Services.Ec2.SecurityGroups;

/// <summary>Security groups that several VPCs of an account use.</summary>
public sealed class SecurityGroupVpcsTests : IAsyncLifetime
{
    private Ec2World _world = null!;
    private string _home = null!;
    private string _branch = null!;
    private string _group = null!;

    public async ValueTask InitializeAsync()
    {
        _world = await Ec2World.OpenAsync();
        (_home, _branch) = (await VpcAsync("10.1.0.0/16"), await VpcAsync("10.1.0.0/16"));
        _group = await GroupAsync("shared", _home);
    }

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task A_group_is_associated_with_another_VPC_and_the_association_ends()
    {
        (await _world.AskAsync(Ec2Api.AssociateSecurityGroupVpc, new AssociateSecurityGroupVpcRequest { GroupId = _group, VpcId = _branch })).State.ShouldBe("associating");
        (await RefusalOf(() => AssociateAsync(_group, _branch))).ShouldBe("Resource.AlreadyAssociated");
        var told = (await ListAsync()).ShouldHaveSingleItem();
        (told.GroupId, told.VpcId, told.State, told.GroupOwnerId, told.VpcOwnerId).ShouldBe((_group, _branch, "associated", Ec2World.Account, Ec2World.Account));
        (await ListAsync(new Filter { Name = "vpc-id", Values = [_home] })).ShouldBeEmpty();
        (await ListAsync(new Filter { Name = "state", Values = ["associated"] }, new Filter { Name = "group-id", Values = [_group] })).Count.ShouldBe(1);
        var usable = (await _world.AskAsync(Ec2Api.GetSecurityGroupsForVpc, new GetSecurityGroupsForVpcRequest { VpcId = _branch })).SecurityGroupForVpcs!;
        usable.Select(group => (group.GroupName, group.PrimaryVpcId)).ShouldBe([("default", _branch), ("shared", _home)], ignoreOrder: true);
        (await RefusalOf(() => _world.AskAsync(Ec2Api.DeleteSecurityGroup, new DeleteSecurityGroupRequest { GroupId = _group }))).ShouldBe("DependencyViolation");
        (await RefusalOf(() => _world.AskAsync(Ec2Api.DeleteVpc, new DeleteVpcRequest { VpcId = _branch }))).ShouldBe("DependencyViolation");

        (await DisassociateAsync(_group, _branch)).State.ShouldBe("disassociating");
        (await ListAsync()).ShouldBeEmpty();
        (await RefusalOf(() => DisassociateAsync(_group, _branch))).ShouldBe("InvalidParameterValue");
        await _world.AskAsync(Ec2Api.DeleteVpc, new DeleteVpcRequest { VpcId = _branch });
        await _world.AskAsync(Ec2Api.DeleteSecurityGroup, new DeleteSecurityGroupRequest { GroupId = _group });
    }

    [Fact]
    public async Task Defaults_strangers_and_its_own_VPC_are_refused()
    {
        var theirs = (await _world.AskAsync(Ec2Api.CreateVpc, new CreateVpcRequest { CidrBlock = "10.2.0.0/16" }, Ec2World.CallOf(Ec2World.OtherAccount))).Vpc!.VpcId!;
        var standard = _world.Cloud.By(SecurityGroup.ByVpc, _home).Single(group => group.Name == SecurityGroup.DefaultName).Id;
        (await RefusalOf(() => AssociateAsync(standard, _branch))).ShouldBe("OperationNotPermitted");
        (await RefusalOf(() => AssociateAsync(_group, _world.DefaultVpc.Id))).ShouldBe("OperationNotPermitted");
        (await RefusalOf(() => AssociateAsync(_group, _home))).ShouldBe("Resource.AlreadyAssociated");
        (await RefusalOf(() => AssociateAsync(_group, theirs))).ShouldBe("InvalidVpcID.NotFound");
        (await RefusalOf(() => AssociateAsync("sg-0123456789abcdef0", _branch))).ShouldBe("InvalidGroup.NotFound");
        (await RefusalOf(() => AssociateAsync("web", _branch))).ShouldBe("InvalidGroupId.Malformed");
        (await RefusalOf(() => DisassociateAsync(_group, _home))).ShouldBe("InvalidParameterValue");
        (await RefusalOf(() => _world.AskAsync(
            Ec2Api.AssociateSecurityGroupVpc, new AssociateSecurityGroupVpcRequest { GroupId = _group, VpcId = _branch, DryRun = true }, Ec2World.CallOf(dryRun: true)))).ShouldBe("DryRunOperation");
        (await ListAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task It_stays_while_an_interface_of_that_VPC_is_in_the_group()
    {
        var subnet = await SubnetAsync(_branch);
        (await RefusalOf(() => TakeAsync(subnet))).ShouldBe("InvalidParameter");
        await AssociateAsync(_group, _branch);
        await TakeAsync(subnet);
        (await RefusalOf(() => DisassociateAsync(_group, _branch))).ShouldBe("DependencyViolation");
    }

    [Fact]
    public async Task Rules_mean_the_members_of_the_VPC_in_which_they_are_used()
    {
        await AllowAsync(_group, _group);
        await AssociateAsync(_group, _branch);
        await AttachAsync(await SubnetAsync(_home), "10.1.0.10");
        await AttachAsync(await SubnetAsync(_branch), "10.1.0.20");
        Told(_home)[_group].MemberAddresses.ShouldBe(["10.1.0.10"]);
        Told(_branch)[_group].MemberAddresses.ShouldBe(["10.1.0.20"]);

        // One of the other VPC may be named, as it is used beside this one there.
        var local = await GroupAsync("local", _branch);
        await AllowAsync(_group, local);
        Told(_branch).Keys.ShouldBe([_group, local], ignoreOrder: true);
        (await RefusalOf(() => _world.AskAsync(Ec2Api.DeleteSecurityGroup, new DeleteSecurityGroupRequest { GroupId = local }))).ShouldBe("DependencyViolation");
        (await _world.AskAsync(Ec2Api.DescribeSecurityGroupReferences, new DescribeSecurityGroupReferencesRequest { GroupId = [local] })).SecurityGroupReferenceSet.ShouldBeEmpty();
    }

    [Fact]
    public async Task Rules_mean_the_members_in_peers_too()
    {
        var peer = await VpcAsync("10.2.0.0/16");
        await AllowAsync(_group, _group);
        await AssociateAsync(_group, peer);
        await AttachAsync(await SubnetAsync(_home), "10.1.0.10");
        await AttachAsync(await SubnetAsync(peer, "10.2.0.0/24"), "10.2.0.20");
        var groups = new SecurityGroupSpecs(_world.Cloud);
        Told(peer, groups)[_group].MemberAddresses.ShouldBe(["10.2.0.20"]);
        var peering = (await _world.AskAsync(Ec2Api.CreateVpcPeeringConnection, new CreateVpcPeeringConnectionRequest { VpcId = _home, PeerVpcId = peer })).VpcPeeringConnection!.VpcPeeringConnectionId;
        await _world.AskAsync(Ec2Api.AcceptVpcPeeringConnection, new AcceptVpcPeeringConnectionRequest { VpcPeeringConnectionId = peering });
        groups.ForgetIn(peer);
        Told(peer, groups)[_group].MemberAddresses.ShouldBe(["10.1.0.10", "10.2.0.20"]);
        groups.SetMember(Ec2World.Account, _group, _home, "10.1.0.11", true).ShouldBeTrue("nobody was told in that VPC yet");
        Told(_home, groups)[_group].MemberAddresses.ShouldBe(["10.1.0.10", "10.2.0.20"]);
        groups.SetMember(Ec2World.Account, _group, _home, "10.1.0.11", true).ShouldBeTrue();
        groups.SetMember(Ec2World.Account, _group, _home, "10.1.0.11", true).ShouldBeFalse();
        Told(peer, groups)[_group].MemberAddresses.ShouldContain("10.1.0.11");
    }

    private static async Task<string> RefusalOf(Func<Task> call) => (await call.ShouldThrowAsync<AwsException>()).Code;

    private Task AssociateAsync(string group, string vpc) => _world.AskAsync(Ec2Api.AssociateSecurityGroupVpc, new AssociateSecurityGroupVpcRequest { GroupId = group, VpcId = vpc });

    private Task<DisassociateSecurityGroupVpcResult> DisassociateAsync(string group, string vpc) =>
        _world.AskAsync(Ec2Api.DisassociateSecurityGroupVpc, new DisassociateSecurityGroupVpcRequest { GroupId = group, VpcId = vpc });

    private async Task<IReadOnlyList<SecurityGroupVpcAssociation>> ListAsync(params Filter[] filters) =>
        (await _world.AskAsync(Ec2Api.DescribeSecurityGroupVpcAssociations, new DescribeSecurityGroupVpcAssociationsRequest { Filters = filters })).SecurityGroupVpcAssociations!;

    private async Task<string> VpcAsync(string block) => (await _world.AskAsync(Ec2Api.CreateVpc, new CreateVpcRequest { CidrBlock = block })).Vpc!.VpcId!;

    private async Task<string> SubnetAsync(string vpc, string block = "10.1.0.0/24") =>
        (await _world.AskAsync(Ec2Api.CreateSubnet, new CreateSubnetRequest { VpcId = vpc, CidrBlock = block })).Subnet!.SubnetId!;

    private async Task<string> GroupAsync(string name, string vpc) =>
        (await _world.AskAsync(Ec2Api.CreateSecurityGroup, new CreateSecurityGroupRequest { GroupName = name, Description = name, VpcId = vpc })).GroupId!;

    private Task AllowAsync(string group, string from) => _world.AskAsync(Ec2Api.AuthorizeSecurityGroupIngress, new AuthorizeSecurityGroupIngressRequest
    {
        GroupId = group,
        IpPermissions = [new IpPermission { IpProtocol = "tcp", FromPort = 80, ToPort = 80, UserIdGroupPairs = [new UserIdGroupPair { GroupId = from }] }],
    });

    /// <summary>Whether the group may be taken for an interface of a subnet.</summary>
    private Task TakeAsync(string subnet) => _world.Cloud.WriteAsync(
        transaction =>
        {
            var record = transaction.Find(Nines.Control.Services.Ec2.Subnets.Subnet.Table, Ec2World.Account, subnet)!;
            var vpc = transaction.Find(Vpc.Table, Ec2World.Account, record.VpcId)!;
            var groups = Nines.Control.Services.Ec2.Instances.LaunchTarget.FindGroups(transaction, new() { GroupIds = [_group] }, vpc, record);
            transaction.Insert(NetworkInterface.Table, Adapter(record, "10.1.0.10") with { SecurityGroupIds = groups, Attachment = null });
        },
        Ec2World.Cancel);

    private Task AttachAsync(string subnet, string address) => _world.Cloud.WriteAsync(
        transaction => transaction.Insert(NetworkInterface.Table, Adapter(transaction.Find(Nines.Control.Services.Ec2.Subnets.Subnet.Table, Ec2World.Account, subnet)!, address)), Ec2World.Cancel);

    private NetworkInterface Adapter(Nines.Control.Services.Ec2.Subnets.Subnet subnet, string address) => new()
    {
        AccountId = Ec2World.Account,
        Id = _world.Ids.Next("eni"),
        VpcId = subnet.VpcId,
        SubnetId = subnet.Id,
        Zone = subnet.AvailabilityZone,
        MacAddress = "02:00:00:00:00:01",
        PrivateIpAddress = address,
        SecurityGroupIds = [_group],
        Attachment = new(_world.Ids.Next("eni-attach"), _world.Ids.Next("i"), 0, true, DateTimeOffset.UnixEpoch),
    };

    private ImmutableDictionary<string, SecurityGroupSpec> Told(string vpc, SecurityGroupSpecs? groups = null) => (groups ?? new SecurityGroupSpecs(_world.Cloud)).For(Ec2World.Account, vpc, [_group]);
}
