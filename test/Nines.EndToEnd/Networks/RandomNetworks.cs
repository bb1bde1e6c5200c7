using System.Collections.Immutable;
using Nines.Control.Hosts;
using Nines.Control.Services.Ec2;
using Nines.Control.Services.Ec2.Instances;
using Nines.Control.Services.Ec2.InternetGateways;
using Nines.Control.Services.Ec2.NatGateways;
using Nines.Control.Services.Ec2.NetworkAcls;
using Nines.Control.Services.Ec2.NetworkInterfaces;
using Nines.Control.Services.Ec2.RouteTables;
using Nines.Control.Services.Ec2.SecurityGroups;
using Nines.Control.Services.Ec2.Subnets;
using Nines.Control.Services.Ec2.VpcPeerings;
using Nines.Control.Services.Ec2.Vpcs;
using Nines.Control.Services.Ec2.Zones;
using Nines.Control.Services.Kms;
using Nines.Control.Store;
using Nines.Control.Store.Sqlite;
using Nines.Host.Api;
using RouteTable = Nines.Control.Services.Ec2.RouteTables.RouteTable;

namespace Nines.EndToEnd.Networks;

/// <summary>The records of two small networks that a seed decides: gateways, routes, a peering, lists, groups, one of which may be used in both, adapters and their addresses.</summary>
internal sealed class RandomNetworks(Random random, string pool) : IAsyncDisposable
{
    private const string Account = "123456789012";
    private const string Peering = "pcx-00000000000000ab1";
    private const string PrivateNat = "nat-00000000000000ab2";
    private const string OtherVpc = "vpc-0b0b0b0b0b0b0b0b0";
    private static readonly ZoneCatalog s_zones = new("us-east-1", 1);

    private readonly SqliteStore _store = SqliteStore.OpenInMemory();
    private readonly List<NetworkInterface> _adapters = [];
    private int _ids;

    public Cloud Cloud { get; private set; } = null!;

    /// <summary>The adapters.</summary>
    public IReadOnlyList<NetworkInterface> Adapters => _adapters;

    /// <summary>What a host is told of them.</summary>
    public HostState State { get; private set; } = null!;

    public static async Task<RandomNetworks> CreateAsync(Random random, string pool)
    {
        var networks = new RandomNetworks(random, pool);
        networks.Cloud = await Cloud.OpenAsync(networks._store, [.. Ec2Tables.Network, .. Ec2Compute.Tables, .. KmsService.Tables], cancellationToken: CancellationToken.None);
        await networks.Cloud.WriteAsync(networks.Write, CancellationToken.None);
        networks.State = new HostComposer(networks.Cloud, s_zones, new SecurityGroupSpecs(networks.Cloud), (_, _) => null, "host-1").Update(new HostChangeSet { Everything = true });
        return networks;
    }

    public async ValueTask DisposeAsync()
    {
        await Cloud.DisposeAsync();
        await _store.DisposeAsync();
    }

    private void Write(CloudTransaction transaction)
    {
        transaction.Insert(HostRecord.Table, new HostRecord { AccountId = HostRecord.Owner, Id = "host-1", Cpus = 2, MemoryMiB = 4096, VpcIds = [TestNetworks.VpcId, OtherVpc] });
        transaction.Insert(VpcPeering.Table, new VpcPeering
        {
            AccountId = Account,
            Id = Peering,
            VpcId = TestNetworks.VpcId,
            AccepterAccountId = Account,
            AccepterVpcId = OtherVpc,
            State = Chance(70) ? VpcPeeringState.Active : VpcPeeringState.PendingAcceptance,
            StateSince = DateTimeOffset.UnixEpoch,
            ExpirationTime = DateTimeOffset.MaxValue,
        });
        var first = AddVpc(transaction, TestNetworks.VpcId, "172.31.0.0/16", "10.1.0.0/16", ["172.31.16.0/20", "172.31.32.0/20"]);
        var second = AddVpc(transaction, OtherVpc, "10.1.0.0/16", "172.31.0.0/16", ["10.1.16.0/20"]);
        AddPrivateNat(transaction, first[0], "172.31.16.200");
        var groups = Enumerable.Range(0, 3).Select(_ => Next("sg")).ToArray();
        var others = Enumerable.Range(0, 2).Select(_ => Next("sg")).ToArray();
        AddGroups(transaction, TestNetworks.VpcId, groups, others, OtherVpc);
        AddGroups(transaction, OtherVpc, others, groups, TestNetworks.VpcId);
        AddAdapter(transaction, first[0], "172.31.16.4", groups);
        AddAdapter(transaction, first[0], "172.31.16.5", groups);
        AddAdapter(transaction, first[1], "172.31.32.4", groups);
        AddAdapter(transaction, second[0], "10.1.16.4", others);
        AddAdapter(transaction, second[0], "10.1.16.5", [.. others, Shared(transaction, groups)]);
    }

    private Subnet[] AddVpc(CloudTransaction transaction, string id, string block, string peerBlock, string[] subnetBlocks)
    {
        var gateway = Next("igw");
        transaction.Insert(InternetGateway.Table, new InternetGateway { AccountId = Account, Id = gateway, VpcId = Chance(85) ? id : null });
        var subnets = subnetBlocks.Select(subnetBlock => new Subnet
        {
            AccountId = Account, Id = Next("subnet"), VpcId = id, CidrBlock = subnetBlock, AvailabilityZone = "us-east-1a", AvailabilityZoneId = "use1-az1",
        }).ToArray();
        foreach (var subnet in subnets)
        {
            transaction.Insert(Subnet.Table, subnet);
            transaction.Insert(NetworkAcl.Table, new NetworkAcl
            {
                AccountId = Account, Id = Next("acl"), VpcId = id, Associations = [new(Next("aclassoc"), subnet.Id)], Entries = NetworkAclEntry.InOrder([.. Entries(), .. NetworkAclEntry.Last]),
            });
            List<Route> routes = [new() { DestinationCidrBlock = block, GatewayId = Route.LocalTarget, Origin = Route.OfTable }];
            if (id == TestNetworks.VpcId && subnet != subnets[0] && Chance(50))
            {
                routes.Add(new() { DestinationCidrBlock = Chance(50) ? "0.0.0.0/0" : peerBlock, NatGatewayId = PrivateNat, Origin = Route.Created });
            }
            else if (Chance(80))
            {
                routes.Add(new() { DestinationCidrBlock = Chance(80) ? "0.0.0.0/0" : pool + "0/24", GatewayId = gateway, Origin = Route.Created });
            }

            if (Chance(75) && routes.TrueForAll(route => route.DestinationCidrBlock != peerBlock))
            {
                routes.Add(new() { DestinationCidrBlock = Chance(70) ? peerBlock : Of("172.31.32.0/20", "10.1.16.0/24", "10.0.0.0/8"), VpcPeeringConnectionId = Peering, Origin = Route.Created });
            }

            transaction.Insert(RouteTable.Table, new RouteTable
            {
                AccountId = Account, Id = Next("rtb"), VpcId = id, Routes = [.. routes.Where(route => route.IsLocal || !IsWithin(route.DestinationCidrBlock, block))], Associations = [new(Next("rtbassoc"), subnet.Id)],
            });
        }

        transaction.Insert(Vpc.Table, new Vpc
        {
            AccountId = Account, Id = id, CidrBlocks = [new(Next("vpc-cidr-assoc"), block)], DhcpOptionsId = "dopt-0", MainRouteTableId = "rtb-0", DefaultNetworkAclId = "acl-0", DefaultSecurityGroupId = "sg-0",
        });
        return subnets;
    }

    private void AddPrivateNat(CloudTransaction transaction, Subnet subnet, string address)
    {
        var adapter = Next("eni");
        transaction.Insert(NetworkInterface.Table, new NetworkInterface
        {
            AccountId = Account, Id = adapter, VpcId = subnet.VpcId, SubnetId = subnet.Id, Zone = subnet.AvailabilityZone, MacAddress = LaunchRecords.MacAddressOf(adapter),
            PrivateIpAddress = address, ManagerId = PrivateNat,
        });
        transaction.Insert(NatGateway.Table, new NatGateway
        {
            AccountId = Account, Id = PrivateNat, VpcId = subnet.VpcId, SubnetId = subnet.Id, NetworkInterfaceId = adapter, PrivateIpAddress = address, CreateTime = DateTimeOffset.UnixEpoch,
        });
    }

    private IEnumerable<NetworkAclEntry> Entries()
    {
        var isOpen = Chance(50);
        foreach (var isEgress in (bool[])[true, false])
        {
            for (var number = 1; !isOpen && number <= random.Next(4); number++)
            {
                var (from, to) = Ports();
                yield return new NetworkAclEntry(number, isEgress, from is null ? NetworkAclEntry.AllProtocols : "6", Block(), Chance(60)) { FromPort = from, ToPort = to };
            }

            if (isOpen || Chance(80))
            {
                yield return new NetworkAclEntry(100, isEgress, NetworkAclEntry.AllProtocols, "0.0.0.0/0", Allow: true);
            }
        }
    }

    private void AddGroups(CloudTransaction transaction, string vpcId, string[] ids, string[] peers, string peerVpcId)
    {
        foreach (var id in ids)
        {
            var rules = Enumerable.Range(0, random.Next(1, 4)).Select(_ => Rule(false, ids, peers, peerVpcId)).Append(Chance(75)
                ? new SecurityGroupRule { Id = Next("sgr"), IsEgress = true, Protocol = SecurityGroupRule.AllProtocols, CidrIpv4 = "0.0.0.0/0" }
                : Rule(true, ids, peers, peerVpcId));
            transaction.Insert(SecurityGroup.Table, new SecurityGroup { AccountId = Account, Id = id, Name = id, Description = id, VpcId = vpcId, Rules = [.. rules] });
        }
    }

    /// <summary>A group of the first network that the second is associated with.</summary>
    private string Shared(CloudTransaction transaction, string[] groups)
    {
        var group = transaction.Find(SecurityGroup.Table, Account, Of(groups))!;
        transaction.Put(SecurityGroup.Table, group with { AssociatedVpcIds = [OtherVpc] });
        return group.Id;
    }

    private SecurityGroupRule Rule(bool isEgress, string[] own, string[] peers, string peerVpcId)
    {
        var (from, to) = Ports();
        var rule = new SecurityGroupRule { Id = Next("sgr"), IsEgress = isEgress, Protocol = from is null ? SecurityGroupRule.AllProtocols : "tcp", FromPort = from ?? -1, ToPort = to ?? -1 };
        return random.Next(4) switch
        {
            0 => rule with { ReferencedGroupId = Of(own) },
            1 => rule with { ReferencedGroupId = Of(peers), Peer = new(Account, peerVpcId, Peering) },
            _ => rule with { CidrIpv4 = Block() },
        };
    }

    private void AddAdapter(CloudTransaction transaction, Subnet subnet, string address, string[] groups)
    {
        var (id, instanceId) = (Next("eni"), Next("i"));
        var adapter = new NetworkInterface
        {
            AccountId = Account,
            Id = id,
            VpcId = subnet.VpcId,
            SubnetId = subnet.Id,
            Zone = subnet.AvailabilityZone,
            MacAddress = LaunchRecords.MacAddressOf(id),
            PrivateIpAddress = address,
            PublicIpAddress = Chance(65) ? $"{pool}{20 + _adapters.Count}" : null,
            SecurityGroupIds = [.. Enumerable.Range(0, random.Next(1, 3)).Select(_ => Of(groups)).Distinct()],
            Attachment = new(Next("eni-attach"), instanceId, 0, true, DateTimeOffset.UnixEpoch),
        };
        transaction.Insert(NetworkInterface.Table, adapter);
        transaction.Insert(Instance.Table, new Instance
        {
            AccountId = Account, Id = instanceId, ReservationId = Next("r"), ImageId = "ami-0", ImageDigest = "sha256-0", InstanceType = "t3.micro", VCpus = 2, MemoryMiB = 1024,
            VpcId = subnet.VpcId, SubnetId = subnet.Id, Zone = subnet.AvailabilityZone, PrivateIpAddress = address, NetworkInterfaceIds = [id],
            HostId = "host-1", State = InstanceState.Running, Power = InstancePower.Running, HasRun = true,
        });
        _adapters.Add(adapter);
    }

    private (int? From, int? To) Ports() => random.Next(4) switch
    {
        0 => (80, 80),
        1 => (81, 90),
        2 => (1024, 65535),
        _ => (null, null),
    };

    private string Block() => Of("0.0.0.0/0", "172.31.16.0/20", "172.31.32.0/20", "172.31.16.5/32", "10.1.0.0/16", pool + "0/24", pool + "20/31");

    private static bool IsWithin(string inner, string outer)
    {
        var (one, other) = (System.Net.IPNetwork.Parse(inner), System.Net.IPNetwork.Parse(outer));
        return one.PrefixLength >= other.PrefixLength && other.Contains(one.BaseAddress);
    }

    private bool Chance(int percent) => random.Next(100) < percent;

    private T Of<T>(params T[] choices) => choices[random.Next(choices.Length)];

    private string Next(string prefix) => $"{prefix}-{++_ids:x17}";
}
