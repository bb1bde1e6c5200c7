using System.Collections.Immutable;
using System.Text.Json;
using Nines.Api.Ec2;
using Nines.Control.Hosts;
using Nines.Control.Services.Ec2.Encryption;
using Nines.Control.Services.Ec2.Zones;
using Nines.Control.Tests.Services.Ec2.Instances;
using Nines.Host.Api;
using Adapter = Nines.Control.Services.Ec2.NetworkInterfaces.NetworkInterface;
using HostJsonContext = Nines.Host.Api.HostJsonContext;
using Image = Nines.Control.Services.Ec2.Images.Image;
using Instance = Nines.Control.Services.Ec2.Instances.Instance;
using InstanceState = Nines.Control.Services.Ec2.Instances.InstanceState;
using InternetGateway = Nines.Control.Services.Ec2.InternetGateways.InternetGateway;
using ResourceKey = Nines.Control.Store.ResourceKey;
using Snapshot = Nines.Control.Services.Ec2.Snapshots.Snapshot;
using Volume = Nines.Control.Services.Ec2.Volumes.Volume;
using Vpc = Nines.Control.Services.Ec2.Vpcs.Vpc;

namespace Nines.Control.Tests.Hosts;

public class HostComposerTests
{
    private const string HostId = "host-1";
    private static readonly ZoneCatalog Zones = new("us-east-1", 3);

    [Fact]
    public async Task A_host_is_told_everything_about_its_servers()
    {
        await using var cloud = await ComputeFixture.CreateAsync(hosts: 2);
        var launched = (await cloud.RunAsync(input => input with
        {
            MinCount = 2,
            MaxCount = 2,
            KeyName = ComputeFixture.KeyName,
            UserData = Convert.ToBase64String("#!/bin/sh"u8),
            MetadataOptions = new() { HttpTokens = "required", InstanceMetadataTags = "enabled" },
            TagSpecifications = [new() { ResourceType = "instance", Tags = [new() { Key = "Name", Value = "web" }] }],
        })).Instances!;
        var state = Whole(cloud);

        var (id, spec) = state.Vms.ShouldHaveSingleItem();
        (spec.Power, spec.BootGeneration, spec.VCpus, spec.MemoryMiB, spec.InstanceType).ShouldBe((VmPower.Running, 1, 2, 1024, "t3.micro"));
        spec.Metadata.PublicKey.ShouldBe("ssh-ed25519 AAAA laptop");
        spec.Metadata.UserData.ShouldBe("#!/bin/sh"u8.ToArray());
        (spec.Metadata.TokensRequired, spec.Metadata.Tags["Name"], spec.Metadata.SecurityGroupNames[0]).ShouldBe((true, "web", "default"));
        var volume = state.Volumes[spec.Disks.ShouldHaveSingleItem().VolumeId];
        (volume.SizeGiB, volume.Presence).ShouldBe((2, Presence.Present));
        var network = state.Vpcs.ShouldHaveSingleItem().Value;
        network.DomainName.ShouldBe("ec2.internal");
        network.Subnets.Values.Select(subnet => subnet.RouteTableId).Distinct().ShouldBe(network.RouteTables.Keys);
        network.RouteTables.Values.ShouldHaveSingleItem().Routes.ShouldBe([new RouteSpec("0.0.0.0/0", RouteTarget.Internet)]);
        network.Subnets.Values.ShouldAllBe(subnet => network.NetworkAcls.ContainsKey(subnet.NetworkAclId!));
        network.Interfaces[spec.Interfaces.ShouldHaveSingleItem().Id].VmId.ShouldBe(id);
        // The default group lets its own members in, wherever they are.
        network.SecurityGroups.ShouldHaveSingleItem().Value.MemberAddresses.Order().ShouldBe(launched.Select(instance => instance.PrivateIpAddress!).Order());
    }

    [Fact]
    public async Task What_did_not_change_stays_the_same_object()
    {
        await using var cloud = await ComputeFixture.CreateAsync();
        using var incremental = new Incremental(cloud);
        await cloud.RunAsync(input => input with { MinCount = 5, MaxCount = 5 });
        await AllRunAsync(cloud);
        var before = incremental.Update();
        await cloud.RunAsync();
        var launched = incremental.Update();
        await AllRunAsync(cloud);
        var after = incremental.Update();

        after.Vms.Count.ShouldBe(6);
        before.Vms.ShouldAllBe(vm => ReferenceEquals(vm.Value, after.Vms[vm.Key]));
        before.Volumes.ShouldAllBe(volume => ReferenceEquals(volume.Value, after.Volumes[volume.Key]));
        // That a server now runs is no news for the host that said so; that its disk is known to be made is.
        var made = after.Volumes.Where(volume => !ReferenceEquals(volume.Value, launched.Volumes[volume.Key])).ShouldHaveSingleItem().Value;
        (made.IsMade, launched.Volumes[made.Id]).ShouldBe((true, made with { IsMade = false }));
        (after with { Volumes = launched.Volumes }).ShouldBe(launched);
        incremental.Update().ShouldBeSameAs(after);
    }

    [Fact]
    public async Task A_server_is_never_told_without_its_disks_and_the_snapshots_of_its_reboot()
    {
        const string Quiet = "host-9"; // nobody drives it
        await using var cloud = await ComputeFixture.CreateAsync();
        var instance = await cloud.RunningAsync();
        var volume = cloud.Cloud.Find(Volume.Table, ComputeFixture.Account, instance.VolumeIds[0])!;
        var moment = new SnapshotMoment(instance.Id, instance.BootGeneration, instance.RebootGeneration + 1);
        var snapshot = new Snapshot
        {
            AccountId = ComputeFixture.Account, Id = "snap-0123456789abcdef0", VolumeId = volume.Id, SizeGiB = volume.SizeGiB, HostId = Quiet, Moment = moment,
        };
        await cloud.Cloud.WriteAsync(
            transaction =>
            {
                transaction.Insert(HostRecord.Table, transaction.Find(HostRecord.Table, HostRecord.Owner, HostId)! with { Id = Quiet });
                transaction.Put(Instance.Table, instance with { HostId = Quiet, RebootGeneration = moment.RebootGeneration });
                transaction.Put(Volume.Table, volume with { HostId = Quiet });
                transaction.Insert(Snapshot.Table, snapshot);
            },
            CancellationToken.None);

        // As when the host's turn comes between the first and the second change of one transaction.
        var changes = new HostChangeSet();
        changes.Instances.Add(ResourceKey.Of(instance));
        var state = Composer(cloud, Quiet).Update(changes);
        state.Vms[instance.Id].RebootGeneration.ShouldBe(moment.RebootGeneration);
        state.Volumes.Keys.ShouldBe([volume.Id]);
        state.Snapshots.Keys.ShouldBe([snapshot.Id]);
        changes.Volumes.ShouldBe([ResourceKey.Of(volume)], "the host is told where to look");
        changes.Snapshots.ShouldBe([ResourceKey.Of(snapshot)]);
    }

    [Fact]
    public async Task A_member_that_comes_or_goes_is_news_for_a_peer_whose_rule_names_its_group()
    {
        await using var cloud = await ComputeFixture.CreateAsync();
        using var incremental = new Incremental(cloud);
        var (here, there) = (await VpcAsync("10.1"), await VpcAsync("10.2"));
        var peering = (await cloud.CallAsync(Ec2Api.CreateVpcPeeringConnection, new CreateVpcPeeringConnectionRequest { VpcId = here.Vpc, PeerVpcId = there.Vpc })).VpcPeeringConnection!;
        await cloud.CallAsync(Ec2Api.AcceptVpcPeeringConnection, new AcceptVpcPeeringConnectionRequest { VpcPeeringConnectionId = peering.VpcPeeringConnectionId });
        var permission = new IpPermission { IpProtocol = "tcp", FromPort = 80, ToPort = 80, UserIdGroupPairs = [new() { GroupId = there.Group }] };
        await cloud.CallAsync(Ec2Api.AuthorizeSecurityGroupIngress, new AuthorizeSecurityGroupIngressRequest { GroupId = here.Group, IpPermissions = [permission] });
        await cloud.RunningAsync(input => input with { SubnetId = here.Subnet, SecurityGroupIds = [here.Group] });
        await incremental.UntilAsync(state => state.Vpcs.GetValueOrDefault(here.Vpc)?.SecurityGroups.GetValueOrDefault(there.Group) is { MemberAddresses.Count: 0 });

        // The first on the other side: nobody was told there of the group yet.
        var first = await cloud.RunningAsync(input => input with { SubnetId = there.Subnet, SecurityGroupIds = [there.Group] });
        await incremental.UntilAsync(state => state.Vpcs[here.Vpc].SecurityGroups[there.Group].MemberAddresses.SequenceEqual([first.PrivateIpAddress]));
        incremental.Changes.Everything.ShouldBeFalse();

        await cloud.CallAsync(Ec2Api.TerminateInstances, new TerminateInstancesRequest { InstanceIds = [first.Id] });
        await incremental.UntilAsync(state => state.Vpcs[here.Vpc].SecurityGroups[there.Group].MemberAddresses.Count == 0);

        async Task<(string Vpc, string Subnet, string Group)> VpcAsync(string network)
        {
            var vpc = (await cloud.CallAsync(Ec2Api.CreateVpc, new CreateVpcRequest { CidrBlock = $"{network}.0.0/16" })).Vpc!.VpcId!;
            var subnet = (await cloud.CallAsync(Ec2Api.CreateSubnet, new CreateSubnetRequest { VpcId = vpc, CidrBlock = $"{network}.0.0/24" })).Subnet!.SubnetId!;
            return (vpc, subnet, (await cloud.CallAsync(Ec2Api.CreateSecurityGroup, new CreateSecurityGroupRequest { GroupName = "own", Description = "own", VpcId = vpc })).GroupId!);
        }
    }

    [Fact]
    public async Task An_adapter_that_leaves_is_named_until_it_is_gone_and_then_nowhere()
    {
        await using var cloud = await ComputeFixture.CreateAsync();
        using var incremental = new Incremental(cloud);
        var instance = await cloud.RunningAsync();
        var made = (await cloud.CallAsync(Ec2Api.CreateNetworkInterface, new CreateNetworkInterfaceRequest { SubnetId = instance.SubnetId })).NetworkInterface!;
        var attachment = (await cloud.CallAsync(
            Ec2Api.AttachNetworkInterface,
            new AttachNetworkInterfaceRequest { NetworkInterfaceId = made.NetworkInterfaceId, InstanceId = instance.Id, DeviceIndex = 1 })).AttachmentId;
        await incremental.UntilAsync(state => state.Vms[instance.Id].Interfaces.Select(adapter => adapter.DeviceIndex).SequenceEqual([0, 1]));

        await cloud.CallAsync(Ec2Api.DetachNetworkInterface, new DetachNetworkInterfaceRequest { AttachmentId = attachment });
        await incremental.UntilAsync(state => state.Vms[instance.Id].Interfaces is [_] or [_, { Leaving: true }]);

        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        await cloud.Cloud.WaitAsync(Adapter.Table, ComputeFixture.Account, made.NetworkInterfaceId!, adapter => adapter is { Attachment: null }, deadline.Token);
        var state = await incremental.UntilAsync(state => state.Vms[instance.Id].Interfaces.Length == 1);
        state.Vpcs[instance.VpcId].Interfaces.Keys.ShouldBe(instance.NetworkInterfaceIds);
    }

    [Fact]
    public async Task What_memory_is_kept_of_follows_images_and_settings()
    {
        await using var cloud = await ComputeFixture.CreateAsync();
        using var incremental = new Incremental(cloud);
        incremental.Update().FastLaunches.ShouldHaveSingleItem().ShouldBe(
            new FastLaunchSpec("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", "everybody", "t3.micro", 2, 1024));

        var image = cloud.Cloud.Find(Image.Table, ComputeFixture.Account, ComputeFixture.ImageId)!;
        await cloud.Cloud.WriteAsync(transaction => transaction.Put(Image.Table, image with { IsPublic = false }), CancellationToken.None);
        incremental.Update().FastLaunches.ShouldBeEmpty();

        await cloud.CallAsync(Ec2Api.EnableFastLaunch, new EnableFastLaunchRequest { ImageId = ComputeFixture.ImageId });
        incremental.Update().FastLaunches.ShouldHaveSingleItem().Owner.ShouldBe(ComputeFixture.Account);
        incremental.Changes.Everything.ShouldBeFalse();
    }

    [Fact]
    public async Task A_member_that_comes_or_goes_is_news_for_the_other_hosts_of_its_group()
    {
        await using var cloud = await ComputeFixture.CreateAsync(hosts: 2);
        using var incremental = new Incremental(cloud);
        await cloud.RunAsync(input => input with { MinCount = 2, MaxCount = 2 });
        Members(incremental.Update()).Count.ShouldBe(2);

        var more = await cloud.RunAsync(input => input with { MinCount = 2, MaxCount = 2 });
        Members(incremental.Update()).ShouldBe(
            cloud.Cloud.ListAll(Instance.Table).Select(instance => instance.PrivateIpAddress), ignoreOrder: true);

        await AllRunAsync(cloud);
        await cloud.CallAsync(Ec2Api.TerminateInstances, new TerminateInstancesRequest { InstanceIds = [.. more.Instances!.Select(instance => instance.InstanceId!)] });
        await Poll.UntilAsync(() => Members(incremental.Update()).Count == 2, "the members are gone", CancellationToken.None);

        static IReadOnlyCollection<string> Members(HostState state) => state.Vpcs.ShouldHaveSingleItem().Value.SecurityGroups.ShouldHaveSingleItem().Value.MemberAddresses;
    }

    [Fact]
    public async Task A_group_that_changes_is_news_in_each_network_that_uses_it()
    {
        await using var cloud = await ComputeFixture.CreateAsync();
        using var incremental = new Incremental(cloud);
        var (home, branch) = (await VpcAsync(), await VpcAsync());
        var subnet = (await cloud.CallAsync(Ec2Api.CreateSubnet, new CreateSubnetRequest { VpcId = branch, CidrBlock = "10.1.0.0/24" })).Subnet!.SubnetId;
        var group = (await cloud.CallAsync(Ec2Api.CreateSecurityGroup, new CreateSecurityGroupRequest { GroupName = "shared", Description = "shared", VpcId = home })).GroupId!;
        await cloud.CallAsync(Ec2Api.AssociateSecurityGroupVpc, new AssociateSecurityGroupVpcRequest { GroupId = group, VpcId = branch });
        await cloud.RunAsync(input => input with { SubnetId = subnet, SecurityGroupIds = [group] });
        incremental.Update().Vpcs[branch].SecurityGroups[group].Ingress.ShouldBeEmpty();

        var permission = new IpPermission { IpProtocol = "tcp", FromPort = 80, ToPort = 80, UserIdGroupPairs = [new() { GroupId = group }] };
        await cloud.CallAsync(Ec2Api.AuthorizeSecurityGroupIngress, new AuthorizeSecurityGroupIngressRequest { GroupId = group, IpPermissions = [permission] });
        var state = await incremental.UntilAsync(state => state.Vpcs[branch].SecurityGroups[group] is { Ingress.Length: 1, MemberAddresses.Count: 1 });
        state.Vpcs.ShouldNotContainKey(home, "nothing of it is on this host");
        await cloud.RunAsync(input => input with { SubnetId = subnet, SecurityGroupIds = [group] });
        await incremental.UntilAsync(state => state.Vpcs[branch].SecurityGroups[group].MemberAddresses.Count == 2);
        incremental.Changes.Everything.ShouldBeFalse();

        async Task<string> VpcAsync() => (await cloud.CallAsync(Ec2Api.CreateVpc, new CreateVpcRequest { CidrBlock = "10.1.0.0/16" })).Vpc!.VpcId!;
    }

    [Fact]
    public async Task Routes_that_change_and_gateways_that_go_are_news_for_the_hosts_of_their_network()
    {
        await using var cloud = await ComputeFixture.CreateAsync();
        using var incremental = new Incremental(cloud);
        await cloud.RunAsync();
        var vpc = Vpc.FindDefault(cloud.Cloud, ComputeFixture.Account)!;
        Routes(incremental.Update()).ShouldBe([new RouteSpec("0.0.0.0/0", RouteTarget.Internet)]);

        var gateway = cloud.Cloud.By(InternetGateway.ByVpc, vpc.Id).Single();
        await cloud.Cloud.WriteAsync(transaction => transaction.Put(InternetGateway.Table, gateway with { VpcId = null }), CancellationToken.None);
        Routes(incremental.Update()).ShouldBe([new RouteSpec("0.0.0.0/0", RouteTarget.Blackhole)]);
        await cloud.Cloud.WriteAsync(transaction => transaction.Put(InternetGateway.Table, gateway), CancellationToken.None);
        Routes(incremental.Update()).ShouldBe([new RouteSpec("0.0.0.0/0", RouteTarget.Internet)]);

        await cloud.CallAsync(Ec2Api.DeleteRoute, new DeleteRouteRequest { RouteTableId = vpc.MainRouteTableId, DestinationCidrBlock = "0.0.0.0/0" });
        Routes(incremental.Update()).ShouldBeEmpty();
        incremental.Changes.Everything.ShouldBeFalse();

        static IEnumerable<RouteSpec> Routes(HostState state) => state.Vpcs.ShouldHaveSingleItem().Value.RouteTables.ShouldHaveSingleItem().Value.Routes;
    }

    private static Task AllRunAsync(ComputeFixture cloud) => Poll.UntilAsync(
        () => cloud.Cloud.ListAll(Instance.Table).All(instance => instance.State == InstanceState.Running), "all run", CancellationToken.None);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Change_by_change_leads_to_what_the_records_say_as_a_whole(int seed)
    {
        var random = new Random(seed);
        await using var cloud = await ComputeFixture.CreateAsync(hosts: 2);
        using var incremental = new Incremental(cloud);
        for (var step = 0; step < 25; step++)
        {
            await ActAsync(cloud, random);
            var before = incremental.State;
            var state = incremental.Update();
            DemandNamed(before, state, incremental.Changes);
            var whole = Whole(cloud);

            // Hosts go on reporting meanwhile: compare when nothing came between.
            if (incremental.IsCurrent && Text(state) != Text(whole))
            {
                // A change can be read a moment before it is told: what was not told by then was forgotten.
                await Poll.UntilAsync(() => Text(incremental.Update()) == Text(Whole(cloud)), $"both lead to the same (seed {seed}, step {step})", CancellationToken.None);
            }
        }

        await Poll.UntilAsync(() => cloud.Cloud.ListAll(Instance.Table).All(IsSettled), "everything is settled", CancellationToken.None);
        // Disks of terminated servers may go on being reported gone: the two agree once nothing comes between.
        await Poll.UntilAsync(() => Text(incremental.Update()) == Text(Whole(cloud)), "both lead to the same", CancellationToken.None);
    }

    private static async Task ActAsync(ComputeFixture cloud, Random random)
    {
        var instances = cloud.Cloud.ListAll(Instance.Table).ToArray();
        var running = instances.Where(instance => instance.State == InstanceState.Running).ToArray();
        var stopped = instances.Where(instance => instance.State == InstanceState.Stopped).ToArray();
        switch (random.Next(6))
        {
            case 0 when running.Length > 0:
                await cloud.CallAsync(Ec2Api.StopInstances, new StopInstancesRequest { InstanceIds = [running[random.Next(running.Length)].Id] });
                break;
            case 1 when stopped.Length > 0:
                await cloud.CallAsync(Ec2Api.StartInstances, new StartInstancesRequest { InstanceIds = [stopped[random.Next(stopped.Length)].Id] });
                break;
            case 2 when running.Length > 0:
                await cloud.CallAsync(Ec2Api.TerminateInstances, new TerminateInstancesRequest { InstanceIds = [running[random.Next(running.Length)].Id] });
                break;
            case 3 when stopped.Length > 0:
                await cloud.CallAsync(Ec2Api.TerminateInstances, new TerminateInstancesRequest { InstanceIds = [stopped[random.Next(stopped.Length)].Id] });
                break;
            case 4 when running.Length > 0:
                await cloud.CallAsync(
                    Ec2Api.ModifyInstanceAttribute,
                    new ModifyInstanceAttributeRequest { InstanceId = running[random.Next(running.Length)].Id, SourceDestCheck = new() { Value = random.Next(2) == 0 } });
                break;
            default:
                await cloud.RunAsync(input => input with { MaxCount = 1 + random.Next(3) });
                break;
        }
    }

    /// <summary>A host that has the state before looks only at what is named.</summary>
    private static void DemandNamed(HostState before, HostState after, HostChangeSet changes)
    {
        if (changes.Everything)
        {
            return;
        }

        Differing(before.Vms, after.Vms).ShouldBeSubsetOf(changes.Instances.Select(key => key.Id));
        Differing(before.Volumes, after.Volumes).ShouldBeSubsetOf(changes.Volumes.Select(key => key.Id));
        Differing(before.Vpcs, after.Vpcs).ShouldBeSubsetOf(changes.Vpcs);
    }

    private static IEnumerable<string> Differing<T>(ImmutableDictionary<string, T> before, ImmutableDictionary<string, T> after)
        where T : class => before.Keys.Union(after.Keys).Where(id => !ReferenceEquals(before.GetValueOrDefault(id), after.GetValueOrDefault(id)));

    private static bool IsSettled(Instance instance) =>
        instance.State is InstanceState.Running or InstanceState.Stopped or InstanceState.Terminated && (instance.State != InstanceState.Terminated || instance.HostId is null);

    private static HostState Whole(ComputeFixture cloud) =>
        Composer(cloud, HostId).Update(new HostChangeSet { Everything = true });

    private static HostComposer Composer(ComputeFixture cloud, string hostId) =>
        new(cloud.Cloud, Zones, new SecurityGroupSpecs(cloud.Cloud), new VolumeKeys(cloud.Cloud, cloud.Kms.DataKeys).Tell, hostId);

    private static string Text(HostState state) => string.Join(
        '\n',
        state.Vms.Values.OrderBy(vm => vm.Id).Select(vm => JsonSerializer.Serialize(vm, HostJsonContext.Default.VmSpec))
            .Concat(state.Volumes.Values.OrderBy(volume => volume.Id).Select(volume => JsonSerializer.Serialize(volume, HostJsonContext.Default.VolumeSpec)))
            .Concat(state.Vpcs.Values.SelectMany(vpc => vpc.Interfaces.Values.OrderBy(adapter => adapter.Id)).Select(adapter => JsonSerializer.Serialize(adapter, HostJsonContext.Default.InterfaceSpec)))
            .Concat(state.Vpcs.Values.SelectMany(vpc => vpc.SecurityGroups.Values.OrderBy(group => group.Id)).Select(group => $"{group.Id}: {string.Join(' ', group.MemberAddresses.Order())}"))
            .Concat(state.Vpcs.Values.Select(vpc => $"{vpc.Id} {vpc.Presence} {vpc.Subnets.Count}")));

    /// <summary>A composer that hears of changes as the one of a real link does.</summary>
    private sealed class Incremental : IDisposable
    {
        private readonly ComputeFixture _cloud;
        private readonly HostComposer _composer;
        private readonly HostLink _link;
        private readonly HostWatch _watch;
        private long _revision;

        public Incremental(ComputeFixture cloud)
        {
            _cloud = cloud;
            var groups = new SecurityGroupSpecs(cloud.Cloud);
            _composer = new HostComposer(cloud.Cloud, Zones, groups, new VolumeKeys(cloud.Cloud, cloud.Kms.DataKeys).Tell, HostId);
            _link = new HostLink(HostId, cloud.Hosts[0], _composer, 1);
            _watch = new HostWatch(cloud.Cloud, groups, id => id == HostId ? _link : null, _ => { });
        }

        /// <summary>Whether the records are still those of the last update.</summary>
        public bool IsCurrent => _cloud.Cloud.Revision == _revision;

        public HostState State { get; private set; } = new() { Generation = 0 };

        /// <summary>What the last update looked at.</summary>
        public HostChangeSet Changes { get; private set; } = new();

        public HostState Update()
        {
            _revision = _cloud.Cloud.Revision;
            Changes = _link.Changes.Take();
            return State = _composer.Update(Changes);
        }

        /// <summary>Updates until the state is as asked: a change is read a moment before those hear of it who follow it.</summary>
        public async Task<HostState> UntilAsync(Func<HostState, bool> isIt)
        {
            using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(20));
            while (!isIt(Update()))
            {
                await Task.Delay(5, deadline.Token);
            }

            return State;
        }

        public void Dispose() => _watch.Dispose();
    }
}
