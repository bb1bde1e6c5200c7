using Nines.Api.Ec2;
using Nines.Control.Hosts;
using Nines.Control.Services.Ec2;
using Nines.Control.Services.Ec2.VpcPeerings;
using Nines.Wire;
using RouteTable = Nines.Control.Services.Ec2.RouteTables.RouteTable;
using SecurityGroup = Nines.Control.Services.Ec2.SecurityGroups.SecurityGroup;
using Vpc = Nines.Control.Services.Ec2.Vpcs.Vpc;

namespace Nines.Control.Tests.Services.Ec2.VpcPeerings;

public sealed class VpcPeeringTests : IAsyncLifetime
{
    private Ec2World _world = null!;

    public async ValueTask InitializeAsync()
    {
        _world = await Ec2World.OpenAsync();
        await _world.BeginAsync(Ec2World.OtherAccount);
    }

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task A_peering_of_two_accounts_is_the_other_ones_to_accept()
    {
        var (here, there) = (await VpcAsync("10.1.0.0/16"), await VpcAsync("10.2.0.0/16", Ec2World.OtherAccount));
        var asked = await CreateAsync(here, there, Ec2World.OtherAccount);
        asked.Status!.Code.ShouldBe("initiating-request");
        var id = asked.VpcPeeringConnectionId!;
        var pending = await DescribeAsync(id, Ec2World.OtherAccount);
        (pending.Status!.Code, pending.RequesterVpcInfo!.CidrBlock, pending.AccepterVpcInfo!.CidrBlock).ShouldBe(("pending-acceptance", "10.1.0.0/16", null));

        (await RefusalOf(() => AcceptAsync(id, Ec2World.Account))).ShouldBe("OperationNotPermitted");
        (await RefusalOf(() => AcceptAsync(id, "333333333333"))).ShouldBe("InvalidVpcPeeringConnectionID.NotFound");
        (await AcceptAsync(id, Ec2World.OtherAccount)).Status!.Code.ShouldBe("provisioning");

        var active = await DescribeAsync(id, Ec2World.Account);
        (active.Status!.Code, active.AccepterVpcInfo!.CidrBlock, active.AccepterVpcInfo.OwnerId).ShouldBe(("active", "10.2.0.0/16", Ec2World.OtherAccount));
        (await RefusalOf(() => CreateAsync(here, there, Ec2World.OtherAccount))).ShouldBe("VpcPeeringConnectionAlreadyExists");
        await DeleteAsync(id, Ec2World.OtherAccount);
        (await DescribeAsync(id, Ec2World.Account)).Status!.Message.ShouldBe($"Deleted by {Ec2World.OtherAccount}");
    }

    [Fact]
    public async Task Blocks_that_overlap_or_a_VPC_that_nobody_has_make_it_fail()
    {
        var here = await VpcAsync("10.1.0.0/16");
        var overlapping = (await CreateAsync(here, await VpcAsync("10.1.128.0/17"), Ec2World.Account)).VpcPeeringConnectionId!;
        (await DescribeAsync(overlapping)).Status!.Code.ShouldBe("failed");
        var unknown = (await CreateAsync(here, "vpc-0123456789abcdef0", Ec2World.OtherAccount)).VpcPeeringConnectionId!;
        (await DescribeAsync(unknown)).Status!.Code.ShouldBe("failed");
        (await RefusalOf(() => CreateAsync(here, "vpc-0123456789abcdef0", Ec2World.Account))).ShouldBe("InvalidVpcID.NotFound");
        (await RefusalOf(() => DeleteAsync(unknown))).ShouldBe("InvalidStateTransition");
        (await RefusalOf(() => CreateAsync(here, here, Ec2World.Account))).ShouldBe("InvalidParameterValue");
    }

    [Fact]
    public async Task A_request_that_nobody_accepts_expires_and_is_forgotten()
    {
        var id = await PendingAsync(await VpcAsync("10.1.0.0/16"), await VpcAsync("10.2.0.0/16"));
        var peering = _world.Cloud.Find(VpcPeering.Table, Ec2World.Account, id)!;
        var week = peering.StateSince + TimeSpan.FromDays(7);

        (peering.StateAt(week - TimeSpan.FromSeconds(1)), peering.StateAt(week)).ShouldBe((VpcPeeringState.PendingAcceptance, VpcPeeringState.Expired));
        (peering.IsForgottenAt(week), peering.IsForgottenAt(week + TimeSpan.FromHours(3))).ShouldBe((false, true));
        var late = Ec2World.CallOf() with { Now = week };
        (await RefusalOf(() => _world.AskAsync(Ec2Api.AcceptVpcPeeringConnection, new AcceptVpcPeeringConnectionRequest { VpcPeeringConnectionId = id }, late))).ShouldBe("InvalidStateTransition");
    }

    [Fact]
    public async Task A_route_leads_into_the_void_until_it_is_accepted_and_after_it_ends()
    {
        var (here, there) = (await VpcAsync("10.1.0.0/16"), await VpcAsync("10.2.0.0/16"));
        var elsewhere = await VpcAsync("10.3.0.0/16");
        var id = await PendingAsync(here, there);
        await RouteAsync(here, "10.2.0.0/16", id);
        (await RefusalOf(() => RouteAsync(elsewhere, "10.2.0.0/16", id))).ShouldBe("InvalidParameterValue");
        (await RefusalOf(() => RouteAsync(here, "10.9.0.0/16", "pcx-0123456789abcdef0"))).ShouldBe("InvalidVpcPeeringConnectionID.NotFound");
        (await RouteStateAsync(here)).ShouldBe("blackhole");

        await AcceptAsync(id, Ec2World.Account);
        (await RouteStateAsync(here)).ShouldBe("active");
        var spec = VpcRenderer.Render(_world.Cloud, here, System.Collections.Immutable.ImmutableDictionary<string, Nines.Host.Api.InterfaceSpec>.Empty, [], new SecurityGroupSpecs(_world.Cloud), _world.Zones)!;
        var peering = spec.Peerings.ShouldHaveSingleItem().Value;
        (peering.PeerVpcId, peering.PeerCidrBlocks.ShouldHaveSingleItem()).ShouldBe((there, "10.2.0.0/16"));

        (await RefusalOf(() => _world.AskAsync(Ec2Api.AssociateVpcCidrBlock, new AssociateVpcCidrBlockRequest { VpcId = here, CidrBlock = "10.2.0.0/24" }))).ShouldBe("InvalidVpc.Range");
        await _world.AskAsync(Ec2Api.DeleteVpc, new DeleteVpcRequest { VpcId = there });

        (await DescribeAsync(id)).Status!.Code.ShouldBe("deleted");
        (await RouteStateAsync(here)).ShouldBe("blackhole");
    }

    [Fact]
    public async Task A_rule_names_a_group_of_the_other_side_and_is_stale_when_that_is_gone()
    {
        var (here, there) = (await VpcAsync("10.1.0.0/16"), await VpcAsync("10.2.0.0/16", Ec2World.OtherAccount));
        var (mine, theirs) = (GroupOf(here), GroupOf(there));
        (await RefusalOf(() => AllowAsync(mine, theirs))).ShouldBe("InvalidGroup.NotFound", "no peering leads there");
        var id = (await CreateAsync(here, there, Ec2World.OtherAccount)).VpcPeeringConnectionId!;
        await AcceptAsync(id, Ec2World.OtherAccount);

        await AllowAsync(mine, theirs);

        var pair = (await _world.AskAsync(Ec2Api.DescribeSecurityGroups, new DescribeSecurityGroupsRequest { GroupIds = [mine.Id] })).SecurityGroups![0].IpPermissions!
            .SelectMany(permission => permission.UserIdGroupPairs!).Single(pair => pair.GroupId == theirs.Id);
        (pair.UserId, pair.VpcId, pair.VpcPeeringConnectionId).ShouldBe((Ec2World.OtherAccount, there, id));
        (await _world.AskAsync(
            Ec2Api.DescribeSecurityGroupReferences, new DescribeSecurityGroupReferencesRequest { GroupId = [theirs.Id] }, Ec2World.CallOf(Ec2World.OtherAccount)))
            .SecurityGroupReferenceSet.ShouldHaveSingleItem().ReferencingVpcId.ShouldBe(here);
        SpecOf(mine).Ingress.Count(rule => rule.GroupId == theirs.Id).ShouldBe(1);
        (await StaleAsync(here)).ShouldBeEmpty();

        await DeleteAsync(id);

        (await StaleAsync(here)).ShouldHaveSingleItem().StaleIpPermissions.ShouldHaveSingleItem().FromPort.ShouldBe(80);
        SpecOf(mine).Ingress.ShouldAllBe(rule => rule.GroupId != theirs.Id, "its members might have the addresses of somebody else's");

        IpPermission stale = new() { IpProtocol = "tcp", FromPort = 80, ToPort = 80, UserIdGroupPairs = [new() { GroupId = theirs.Id, UserId = theirs.AccountId, Description = "old" }] };
        await _world.AskAsync(Ec2Api.UpdateSecurityGroupRuleDescriptionsIngress, new UpdateSecurityGroupRuleDescriptionsIngressRequest { GroupId = mine.Id, IpPermissions = [stale] });
        IpPermission another = new() { IpProtocol = "tcp", FromPort = 80, ToPort = 80, UserIdGroupPairs = [new() { GroupId = theirs.Id, UserId = "333333333333" }] };
        (await RefusalOf(() => RevokeAsync(mine, another))).ShouldBe("InvalidGroup.NotFound");
        await RevokeAsync(mine, stale);
        (await StaleAsync(here)).ShouldBeEmpty();
        (await RefusalOf(() => RevokeAsync(mine, stale))).ShouldBe("InvalidGroup.NotFound");
    }

    [Fact]
    public async Task Each_owner_decides_about_the_names_of_its_own_VPC()
    {
        var (here, there) = (await VpcAsync("10.1.0.0/16"), await VpcAsync("10.2.0.0/16", Ec2World.OtherAccount));
        var id = (await CreateAsync(here, there, Ec2World.OtherAccount)).VpcPeeringConnectionId!;
        var yes = new PeeringConnectionOptionsRequest { AllowDnsResolutionFromRemoteVpc = true };
        (await RefusalOf(() => ModifyAsync(new() { VpcPeeringConnectionId = id, RequesterPeeringConnectionOptions = yes }))).ShouldBe("OperationNotPermitted");
        await AcceptAsync(id, Ec2World.OtherAccount);
        (await RefusalOf(() => ModifyAsync(new() { VpcPeeringConnectionId = id, AccepterPeeringConnectionOptions = yes }))).ShouldBe("OperationNotPermitted");
        (await RefusalOf(() => ModifyAsync(new() { VpcPeeringConnectionId = id, RequesterPeeringConnectionOptions = new() { AllowEgressFromLocalVpcToRemoteClassicLink = true } }))).ShouldBe("UnsupportedOperation");
        await ModifyAsync(new() { VpcPeeringConnectionId = id, RequesterPeeringConnectionOptions = yes });

        var told = await DescribeAsync(id);
        (told.RequesterVpcInfo!.PeeringOptions!.AllowDnsResolutionFromRemoteVpc, told.AccepterVpcInfo!.PeeringOptions!.AllowDnsResolutionFromRemoteVpc).ShouldBe((true, false));
        ResolvesPeerNames(there).ShouldBeFalse("a VPC without public names has none to tell");
        await _world.AskAsync(Ec2Api.ModifyVpcAttribute, new ModifyVpcAttributeRequest { VpcId = here, EnableDnsHostnames = new() { Value = true } });
        (ResolvesPeerNames(there), ResolvesPeerNames(here)).ShouldBe((true, false));
    }

    [Fact]
    public async Task A_request_that_was_not_accepted_keeps_nobody_from_adding_a_block_but_fails_by_it()
    {
        var (here, there) = (await VpcAsync("10.1.0.0/16"), await VpcAsync("10.2.0.0/16", Ec2World.OtherAccount));
        var id = (await CreateAsync(here, there, Ec2World.OtherAccount)).VpcPeeringConnectionId!;
        (await RefusalOf(() => AddBlockAsync(here, "10.2.128.0/20"))).ShouldBe("InvalidVpc.Range", "who asked for it does not make it impossible");

        await AddBlockAsync(there, "10.1.0.0/20", Ec2World.OtherAccount);

        (await DescribeAsync(id)).Status!.Code.ShouldBe("failed");
        (await RefusalOf(() => AcceptAsync(id, Ec2World.OtherAccount))).ShouldBe("InvalidStateTransition");
        var mine = await VpcAsync("10.3.0.0/16");
        await AcceptAsync((await CreateAsync(mine, there, Ec2World.OtherAccount)).VpcPeeringConnectionId!, Ec2World.OtherAccount);
        (await RefusalOf(() => AddBlockAsync(there, "10.3.0.0/20", Ec2World.OtherAccount))).ShouldBe("InvalidVpc.Range", "packets go there");
    }

    [Fact]
    public async Task An_expired_request_keeps_nobody_from_adding_a_block()
    {
        var (here, there) = (await VpcAsync("10.1.0.0/16"), await VpcAsync("10.2.0.0/16"));
        await PendingAsync(here, there);
        var late = Ec2World.CallOf() with { Now = Ec2World.CallOf().Now + VpcPeering.Patience };

        await AddBlockAsync(here, "10.2.128.0/20", call: late);
    }

    [Fact]
    public async Task Blocks_that_came_beside_the_request_are_seen_when_it_is_accepted()
    {
        var (here, there) = (await VpcAsync("10.1.0.0/16"), await VpcAsync("10.2.0.0/16", Ec2World.OtherAccount));
        var id = (await CreateAsync(here, there, Ec2World.OtherAccount)).VpcPeeringConnectionId!;
        await _world.Cloud.WriteAsync(
            transaction =>
            {
                var vpc = transaction.Find(Vpc.Table, Ec2World.OtherAccount, there)!;
                transaction.Put(Vpc.Table, vpc with { CidrBlocks = vpc.CidrBlocks.Add(new("vpc-cidr-assoc-1", "10.1.16.0/20")) });
            },
            Ec2World.Cancel);

        (await RefusalOf(() => AcceptAsync(id, Ec2World.OtherAccount))).ShouldBe("InvalidStateTransition");
    }

    [Fact]
    public async Task Requests_of_others_take_no_room_until_they_are_accepted()
    {
        var there = await VpcAsync("10.2.0.0/16", Ec2World.OtherAccount);
        await _world.Cloud.WriteAsync(
            transaction =>
            {
                for (var number = 0; number < NetworkLimits.MaxPeeringsPerVpc; number++)
                {
                    transaction.Insert(VpcPeering.Table, new VpcPeering
                    {
                        AccountId = Ec2World.Account, Id = $"pcx-{number}", VpcId = $"vpc-{number}", AccepterAccountId = Ec2World.OtherAccount, AccepterVpcId = there,
                        StateSince = Ec2World.CallOf().Now, ExpirationTime = Ec2World.CallOf().Now + VpcPeering.Patience,
                    });
                }
            },
            Ec2World.Cancel);
        var other = await VpcAsync("10.3.0.0/16", Ec2World.OtherAccount);
        var id = (await _world.AskAsync(
            Ec2Api.CreateVpcPeeringConnection, new CreateVpcPeeringConnectionRequest { VpcId = other, PeerVpcId = there }, Ec2World.CallOf(Ec2World.OtherAccount))).VpcPeeringConnection!.VpcPeeringConnectionId!;
        var mine = await _world.AskAsync(
            Ec2Api.CreateVpcPeeringConnection, new CreateVpcPeeringConnectionRequest { VpcId = there, PeerVpcId = await VpcAsync("10.4.0.0/16", Ec2World.OtherAccount) }, Ec2World.CallOf(Ec2World.OtherAccount));
        mine.VpcPeeringConnection!.Status!.Code.ShouldBe("initiating-request");

        await _world.Cloud.WriteAsync(
            transaction =>
            {
                foreach (var peering in transaction.List(VpcPeering.Table, Ec2World.Account).ToArray())
                {
                    transaction.Put(VpcPeering.Table, peering with { State = VpcPeeringState.Active });
                }
            },
            Ec2World.Cancel);
        (await RefusalOf(() => AcceptAsync(id, Ec2World.OtherAccount))).ShouldBe("VpcPeeringConnectionsPerVpcLimitExceeded");
    }

    private Task AddBlockAsync(string vpcId, string block, string account = Ec2World.Account, Control.Gateway.Call? call = null) =>
        _world.AskAsync(Ec2Api.AssociateVpcCidrBlock, new AssociateVpcCidrBlockRequest { VpcId = vpcId, CidrBlock = block }, call ?? Ec2World.CallOf(account));

    private bool ResolvesPeerNames(string vpcId) => VpcRenderer.Render(
        _world.Cloud, vpcId, System.Collections.Immutable.ImmutableDictionary<string, Nines.Host.Api.InterfaceSpec>.Empty, [], new SecurityGroupSpecs(_world.Cloud), _world.Zones)!
        .Peerings.Values.Single().ResolvesPeerNames;

    private Task<ModifyVpcPeeringConnectionOptionsResult> ModifyAsync(ModifyVpcPeeringConnectionOptionsRequest input) => _world.AskAsync(Ec2Api.ModifyVpcPeeringConnectionOptions, input);

    private Nines.Host.Api.SecurityGroupSpec SpecOf(SecurityGroup group) => new SecurityGroupSpecs(_world.Cloud).For(group.AccountId, group.VpcId, [group.Id])[group.Id];

    private async Task<string> VpcAsync(string block, string account = Ec2World.Account) =>
        (await _world.AskAsync(Ec2Api.CreateVpc, new CreateVpcRequest { CidrBlock = block }, Ec2World.CallOf(account))).Vpc!.VpcId!;

    private SecurityGroup GroupOf(string vpcId) => _world.Cloud.By(SecurityGroup.ByVpc, vpcId).ShouldHaveSingleItem();

    private Task RevokeAsync(SecurityGroup group, IpPermission permission) => _world.AskAsync(
        Ec2Api.RevokeSecurityGroupIngress, new RevokeSecurityGroupIngressRequest { GroupId = group.Id, IpPermissions = [permission] });

    private Task AllowAsync(SecurityGroup group, SecurityGroup other) => _world.AskAsync(Ec2Api.AuthorizeSecurityGroupIngress, new AuthorizeSecurityGroupIngressRequest
    {
        GroupId = group.Id,
        IpPermissions = [new() { IpProtocol = "tcp", FromPort = 80, ToPort = 80, UserIdGroupPairs = [new() { GroupId = other.Id, UserId = other.AccountId }] }],
    });

    private async Task<VpcPeeringConnection> CreateAsync(string here, string there, string owner) => (await _world.AskAsync(
        Ec2Api.CreateVpcPeeringConnection, new CreateVpcPeeringConnectionRequest { VpcId = here, PeerVpcId = there, PeerOwnerId = owner })).VpcPeeringConnection!;

    private async Task<string> PendingAsync(string here, string there) => (await CreateAsync(here, there, Ec2World.Account)).VpcPeeringConnectionId!;

    private async Task<VpcPeeringConnection> AcceptAsync(string id, string account) => (await _world.AskAsync(
        Ec2Api.AcceptVpcPeeringConnection, new AcceptVpcPeeringConnectionRequest { VpcPeeringConnectionId = id }, Ec2World.CallOf(account))).VpcPeeringConnection!;

    private Task DeleteAsync(string id, string account = Ec2World.Account) => _world.AskAsync(
        Ec2Api.DeleteVpcPeeringConnection, new DeleteVpcPeeringConnectionRequest { VpcPeeringConnectionId = id }, Ec2World.CallOf(account));

    private async Task<VpcPeeringConnection> DescribeAsync(string id, string account = Ec2World.Account) => (await _world.AskAsync(
        Ec2Api.DescribeVpcPeeringConnections, new DescribeVpcPeeringConnectionsRequest { VpcPeeringConnectionIds = [id] }, Ec2World.CallOf(account))).VpcPeeringConnections.ShouldHaveSingleItem();

    private async Task<IReadOnlyList<StaleSecurityGroup>> StaleAsync(string vpcId) =>
        (await _world.AskAsync(Ec2Api.DescribeStaleSecurityGroups, new DescribeStaleSecurityGroupsRequest { VpcId = vpcId })).StaleSecurityGroupSet!;

    private string TableOf(string vpcId) => _world.Cloud.By(RouteTable.ByVpc, vpcId).ShouldHaveSingleItem().Id;

    private Task RouteAsync(string vpcId, string destination, string id) => _world.AskAsync(
        Ec2Api.CreateRoute, new CreateRouteRequest { RouteTableId = TableOf(vpcId), DestinationCidrBlock = destination, VpcPeeringConnectionId = id });

    private async Task<string?> RouteStateAsync(string vpcId) => (await _world.AskAsync(
        Ec2Api.DescribeRouteTables, new DescribeRouteTablesRequest { RouteTableIds = [TableOf(vpcId)] })).RouteTables![0].Routes!.Single(route => route.VpcPeeringConnectionId is not null).State;

    private static async Task<string> RefusalOf(Func<Task> call) => (await Should.ThrowAsync<AwsException>(call)).Code;
}
