using System.Collections.Concurrent;
using Microsoft.Extensions.Logging.Abstractions;
using Nines.Api.Ec2;
using Nines.Control.Admin;
using Nines.Control.Hosts;
using Nines.Control.Ids;
using Nines.Control.Services.Ec2.Accounts;
using Nines.Control.Services.Ec2.Addresses;
using Nines.Control.Services.Ec2.KeyPairs;
using Nines.Control.Services.Ec2.Zones;
using Nines.Control.Store;
using Nines.Control.Tests.Hosts;
using Nines.Control.Tests.Services.Ec2.Instances;
using Nines.Host.Simulated;
using DhcpOptions = Nines.Control.Services.Ec2.DhcpOptionSets.DhcpOptions;
using Instance = Nines.Control.Services.Ec2.Instances.Instance;
using InternetGateway = Nines.Control.Services.Ec2.InternetGateways.InternetGateway;
using NatGateway = Nines.Control.Services.Ec2.NatGateways.NatGateway;
using NetworkAcl = Nines.Control.Services.Ec2.NetworkAcls.NetworkAcl;
using NetworkInterface = Nines.Control.Services.Ec2.NetworkInterfaces.NetworkInterface;
using PrefixList = Nines.Control.Services.Ec2.PrefixLists.PrefixList;
using RouteTable = Nines.Control.Services.Ec2.RouteTables.RouteTable;
using Snapshot = Nines.Control.Services.Ec2.Snapshots.Snapshot;
using Subnet = Nines.Control.Services.Ec2.Subnets.Subnet;
using Volume = Nines.Control.Services.Ec2.Volumes.Volume;
using Vpc = Nines.Control.Services.Ec2.Vpcs.Vpc;

namespace Nines.Control.Tests.Admin;

public sealed class AccountResetTests : IAsyncLifetime
{
    private const string Account = ComputeFixture.Account;
    private ComputeFixture _cloud = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _cloud = await ComputeFixture.CreateAsync(hosts: 0);

    public ValueTask DisposeAsync() => _cloud.DisposeAsync();

    [Fact]
    public async Task All_records_go_and_those_of_a_new_account_come_in_one_revision()
    {
        using var host = NewHost();
        await _cloud.Compute.Hosts.AddAsync(host, ["us-east-1a"], Cancel);
        var volumeId = (await _cloud.RunningAsync()).VolumeIds[0];
        await _cloud.CallAsync(Api.Ec2.Ec2Api.CreateSnapshot, new Api.Ec2.CreateSnapshotRequest { VolumeId = volumeId });
        var before = Vpc.FindDefault(_cloud.Cloud, Account)!;
        var revisions = new ConcurrentDictionary<string, long>();
        using var instances = _cloud.Cloud.Subscribe(Instance.Table, change => Note("instance", change.After is null, change.Revision));
        using var keys = _cloud.Cloud.Subscribe(KeyPair.Table, change => Note("key pair", change.After is null, change.Revision));
        using var vpcs = _cloud.Cloud.Subscribe(Vpc.Table, change => Note(change.After is null ? "old network" : "new network", true, change.Revision));

        await ResetAsync();

        revisions.Keys.Order().ShouldBe(["instance", "key pair", "new network", "old network"]);
        revisions.Values.Distinct().Count().ShouldBe(1);
        Vpc.FindDefault(_cloud.Cloud, Account)!.Id.ShouldNotBe(before.Id);
        _cloud.Cloud.CountAll(Volume.Table).ShouldBe(0);
        _cloud.Cloud.CountAll(Snapshot.Table).ShouldBe(0);
        _cloud.Cloud.CountAll(NetworkInterface.Table).ShouldBe(0);
        _cloud.Cloud.CountAll(PrivateAddress.Table).ShouldBe(0);
        _cloud.Cloud.CountAll(PublicAddress.Table).ShouldBe(0);

        void Note(string what, bool counts, long revision)
        {
            if (counts)
            {
                revisions[what] = revision;
            }
        }
    }

    [Fact]
    public async Task Networks_that_a_user_made_go_with_all_that_is_in_them()
    {
        using var host = NewHost();
        await _cloud.Compute.Hosts.AddAsync(host, ["us-east-1a"], Cancel);
        await _cloud.RunningAsync();
        var subnet = _cloud.Cloud.By(Subnet.ByVpc, Vpc.FindDefault(_cloud.Cloud, Account)!.Id).First().Id;
        var address = await _cloud.CallAsync(Ec2Api.AllocateAddress, new AllocateAddressRequest());
        await _cloud.CallAsync(Ec2Api.AllocateAddress, new AllocateAddressRequest());
        await _cloud.CallAsync(Ec2Api.CreateNatGateway, new CreateNatGatewayRequest { SubnetId = subnet, AllocationId = address.AllocationId });
        await _cloud.CallAsync(Ec2Api.CreateNetworkInterface, new CreateNetworkInterfaceRequest { SubnetId = subnet, SecondaryPrivateIpAddressCount = 2 });
        var vpc = (await _cloud.CallAsync(Ec2Api.CreateVpc, new CreateVpcRequest { CidrBlock = "10.0.0.0/16" })).Vpc!.VpcId;
        await _cloud.CallAsync(Ec2Api.CreateSubnet, new CreateSubnetRequest { VpcId = vpc, CidrBlock = "10.0.0.0/24" });
        await _cloud.CallAsync(Ec2Api.CreateRouteTable, new CreateRouteTableRequest { VpcId = vpc });
        await _cloud.CallAsync(Ec2Api.CreateNetworkAcl, new CreateNetworkAclRequest { VpcId = vpc });
        await _cloud.CallAsync(Ec2Api.CreateInternetGateway, new CreateInternetGatewayRequest());
        await _cloud.CallAsync(Ec2Api.CreateManagedPrefixList, new CreateManagedPrefixListRequest { PrefixListName = "offices", AddressFamily = "IPv4", MaxEntries = 1 });

        await ResetAsync();

        TableDefinition[] empty = [ElasticAddress.Table, PublicAddress.Table, PrivateAddress.Table, NetworkInterface.Table, NatGateway.Table, PrefixList.Table];
        empty.ShouldAllBe(table => _cloud.Cloud.CountAll(table) == 0);
        TableDefinition[] one = [Vpc.Table, RouteTable.Table, NetworkAcl.Table, InternetGateway.Table, DhcpOptions.Table];
        one.ShouldAllBe(table => _cloud.Cloud.CountAll(table) == 1);
        _cloud.Cloud.CountAll(Subnet.Table).ShouldBe(3);
    }

    [Fact]
    public async Task An_account_that_was_reset_can_launch_again()
    {
        using var host = NewHost();
        await _cloud.Compute.Hosts.AddAsync(host, ["us-east-1a"], Cancel);
        var old = await _cloud.RunningAsync();

        await ResetAsync();
        await _cloud.AddImageAsync();
        var fresh = await _cloud.RunningAsync(input => input with { KeyName = null });

        (await host.ReportAsync(0, TimeSpan.Zero, Cancel)).Vms.Select(vm => vm.Id).ShouldBe([fresh.Id]);
        fresh.VpcId.ShouldNotBe(old.VpcId);
    }

    [Fact]
    public async Task A_host_that_cannot_be_purged_is_purged_later_and_told_nothing_before()
    {
        using var simulated = NewHost();
        var host = new FailingHost(simulated) { PurgesToFail = 2 };
        await _cloud.Compute.Hosts.AddAsync(host, ["us-east-1a"], Cancel);
        await _cloud.RunningAsync();

        await ResetAsync();

        // What the launch still had to say may come until the first purge; from there on the host hears nothing else until one succeeds.
        host.Calls.SkipWhile(call => call != "purge").Take(3).ShouldBe(["purge", "purge", "purge"]);
        (await simulated.ReportAsync(0, TimeSpan.Zero, Cancel)).Vms.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_host_whose_purge_a_crash_cut_off_is_purged_when_it_is_back()
    {
        using var simulated = NewHost();
        await _cloud.Cloud.WriteAsync(
            transaction => transaction.Insert(HostRecord.Table, new HostRecord { Id = "host-1", Cpus = 1, MemoryMiB = 1, MustPurge = true }), Cancel);
        var host = new FailingHost(simulated);

        await _cloud.Compute.Hosts.AddAsync(host, ["us-east-1a"], Cancel);
        await _cloud.RunningAsync();

        host.Calls.First().ShouldBe("purge");
        host.Calls.Count(call => call == "purge").ShouldBe(1);
        _cloud.Cloud.Find(HostRecord.Table, HostRecord.Owner, "host-1")!.MustPurge.ShouldBeFalse();
    }

    [Fact]
    public async Task A_host_that_was_never_told_anything_is_left_alone()
    {
        using var simulated = NewHost();
        var host = new FailingHost(simulated);
        await _cloud.Compute.Hosts.AddAsync(host, ["us-east-1a"], Cancel);

        await ResetAsync();

        host.Calls.ShouldNotContain("purge");
    }

    [Fact]
    public async Task A_launch_that_comes_in_beside_the_reset_leaves_nothing()
    {
        using var host = NewHost();
        await _cloud.Compute.Hosts.AddAsync(host, ["us-east-1a"], Cancel);
        await _cloud.RunningAsync();
        var beside = new BesideReset(() => _cloud.RunAsync());

        await ResetAsync(beside);

        // More often where the launch goes on while the second round commits.
        beside.Rounds.ShouldBeGreaterThanOrEqualTo(2);
        _cloud.Cloud.CountAll(Instance.Table).ShouldBe(0);
        (await host.ReportAsync(0, TimeSpan.Zero, Cancel)).Vms.ShouldBeEmpty();
    }

    [Fact]
    public async Task The_first_server_of_another_account_that_comes_in_beside_the_reset_runs()
    {
        using var host = NewHost();
        await _cloud.Compute.Hosts.AddAsync(host, ["us-east-1a"], Cancel);
        await _cloud.AddOtherAccountAsync();
        var vpc = Vpc.FindDefault(_cloud.Cloud, ComputeFixture.OtherAccount)!.Id;
        // The host carries its network from earlier on, as it does until somebody has it purged.
        await _cloud.Cloud.WriteAsync(
            transaction => transaction.Put(HostRecord.Table, transaction.Find(HostRecord.Table, HostRecord.Owner, "host-1")! with { VpcIds = [vpc] }), Cancel);
        string? launched = null;
        var beside = new BesideReset(async () => launched = (await _cloud.CallAsync(
            Ec2Api.RunInstances,
            new RunInstancesRequest { ImageId = ComputeFixture.ImageId, InstanceType = "t3.micro", MinCount = 1, MaxCount = 1, Placement = new() { AvailabilityZone = "us-east-1a" } },
            ComputeFixture.OtherAccount)).Instances![0].InstanceId);

        await ResetAsync(beside);

        beside.Rounds.ShouldBe(2);
        _cloud.Cloud.Find(HostRecord.Table, HostRecord.Owner, "host-1")!.VpcIds.ShouldBe([vpc]);
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        await _cloud.Cloud.WaitAsync(Instance.Table, ComputeFixture.OtherAccount, launched!, instance => instance?.State == Control.Services.Ec2.Instances.InstanceState.Running, deadline.Token);
    }

    private static SimulatedHost NewHost() => new(new SimulatedHostOptions { HostId = "host-1", StartTime = TimeSpan.FromMilliseconds(5) }, TimeProvider.System);

    private async Task ResetAsync(params IResetter[] more)
    {
        var beginning = new AccountNetworkBootstrap(_cloud.Cloud, new RandomIdSource(), new ZoneCatalog("us-east-1", 3), new AccountOptions());
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        deadline.CancelAfter(TimeSpan.FromSeconds(20));
        await new AccountReset(_cloud.Cloud, [new AccountResetter(beginning), _cloud.Compute.Resetter, .. more], NullLogger<AccountReset>.Instance).RunAsync(ComputeFixture.NewCall("nines:Reset"), deadline.Token);
    }

    /// <summary>Does something between what the transaction of the first round reads and its commit.</summary>
    private sealed class BesideReset(Func<Task> act) : IResetter
    {
        public int Rounds { get; private set; }

        public string Name => "beside";

        public int Order => int.MaxValue;

        public Func<CancellationToken, Task>? Reset(CloudTransaction transaction, string accountId)
        {
            if (Rounds++ == 0)
            {
                Task.Run(act, Cancel).GetAwaiter().GetResult();
            }

            return null;
        }
    }
}
