using System.Collections.Immutable;
using Nines.Control.Ids;
using Nines.Control.Services.Ec2.Addresses;
using Nines.Control.Services.Ec2.DhcpOptionSets;
using Nines.Control.Services.Ec2.InternetGateways;
using Nines.Control.Services.Ec2.NetworkAcls;
using Nines.Control.Services.Ec2.RouteTables;
using Nines.Control.Services.Ec2.SecurityGroups;
using Nines.Control.Services.Ec2.Subnets;
using Nines.Control.Services.Ec2.Vpcs;
using Nines.Control.Services.Ec2.Zones;
using Nines.Control.Store;

namespace Nines.Control.Services.Ec2.Accounts;

/// <summary>
/// Gives a new account what AWS gives one: a default VPC with a subnet in every zone, an internet gateway, and the table,
/// list, group and options that go with a VPC. Source: "Default VPCs" of the VPC user guide.
/// </summary>
internal sealed class AccountNetworkBootstrap(Cloud cloud, IIdSource ids, ZoneCatalog zones, AccountOptions options)
{
    private const string Everywhere = "0.0.0.0/0";

    /// <summary>Sees to it that the account has begun. Does nothing for one that has, except for zones that the cloud did not have then.</summary>
    public Task EnsureAsync(string accountId, CancellationToken cancellationToken) =>
        cloud.WriteAsync(transaction => Ensure(transaction, accountId), cancellationToken);

    /// <inheritdoc cref="EnsureAsync"/>
    public void Ensure(CloudTransaction transaction, string accountId)
    {
        if (transaction.Find(AccountNetwork.Table, accountId, AccountNetwork.OnlyId) is { } begun)
        {
            AddZones(transaction, begun);
        }
        else
        {
            Begin(transaction, accountId);
        }
    }

    private void Begin(CloudTransaction transaction, string accountId)
    {
        var vpc = new Vpc
        {
            AccountId = accountId,
            Id = ids.Next("vpc"),
            CidrBlocks = [new VpcCidrBlock(ids.Next("vpc-cidr-assoc"), options.DefaultVpcCidrBlock)],
            IsDefault = true,
            EnableDnsHostnames = true,
            DhcpOptionsId = ids.Next("dopt"),
            MainRouteTableId = ids.Next("rtb"),
            DefaultNetworkAclId = ids.Next("acl"),
            DefaultSecurityGroupId = ids.Next("sg"),
        };
        var gateway = new InternetGateway { AccountId = accountId, Id = ids.Next("igw"), VpcId = vpc.Id };
        ImmutableArray<Subnet> subnets = [.. zones.Zones.Select((zone, index) => NewSubnet(vpc, zone, index))];
        transaction.Insert(Vpc.Table, vpc);
        transaction.Insert(InternetGateway.Table, gateway);
        transaction.Insert(DhcpOptions.Table, NewDhcpOptions(vpc));
        transaction.Insert(RouteTable.Table, NewRouteTable(vpc, gateway));
        transaction.Insert(SecurityGroup.Table, NewSecurityGroup(vpc));
        transaction.Insert(NetworkAcl.Table, NewNetworkAcl(vpc, subnets));
        foreach (var subnet in subnets)
        {
            transaction.Insert(Subnet.Table, subnet);
        }

        transaction.Insert(
            AccountNetwork.Table,
            new AccountNetwork { AccountId = accountId, DefaultVpcId = vpc.Id, Zones = [.. zones.Zones.Select(zone => zone.Name)] });
    }

    private void AddZones(CloudTransaction transaction, AccountNetwork begun)
    {
        ImmutableArray<string> added = [.. zones.Zones.Select(zone => zone.Name).Except(begun.Zones)];
        if (added.IsEmpty || transaction.Find(Vpc.Table, begun.AccountId, begun.DefaultVpcId) is not { } vpc)
        {
            return;
        }

        // Only a zone that is new gets a subnet: one that the user deleted is not given again.
        var acl = transaction.Find(NetworkAcl.Table, vpc.AccountId, vpc.DefaultNetworkAclId);
        foreach (var zone in zones.Zones.Where(zone => added.Contains(zone.Name)))
        {
            if (FreeIndex(transaction, vpc) is not { } index)
            {
                break;
            }

            var subnet = NewSubnet(vpc, zone, index);
            transaction.Insert(Subnet.Table, subnet);
            acl = acl is null ? null : acl with { Associations = acl.Associations.Add(new NetworkAclAssociation(ids.Next("aclassoc"), subnet.Id)) };
        }

        if (acl is not null)
        {
            transaction.Put(NetworkAcl.Table, acl);
        }

        transaction.Put(AccountNetwork.Table, begun with { Zones = begun.Zones.AddRange(added) });
    }

    private int? FreeIndex(CloudTransaction transaction, Vpc vpc)
    {
        var block = Ipv4Block.Parse(vpc.CidrBlock);
        var taken = transaction.By(Subnet.ByVpc, vpc.Id).Select(subnet => subnet.Block).ToArray();
        var count = 1 << Math.Max(0, options.DefaultSubnetPrefixLength - block.PrefixLength);
        for (var index = 0; index < count; index++)
        {
            if (!taken.Any(block.Divide(options.DefaultSubnetPrefixLength, index).Overlaps))
            {
                return index;
            }
        }

        return null;
    }

    private Subnet NewSubnet(Vpc vpc, Zone zone, int index) => new()
    {
        AccountId = vpc.AccountId,
        Id = ids.Next("subnet"),
        VpcId = vpc.Id,
        CidrBlock = Ipv4Block.Parse(vpc.CidrBlock).Divide(options.DefaultSubnetPrefixLength, index).ToString(),
        AvailabilityZone = zone.Name,
        AvailabilityZoneId = zone.Id,
        DefaultForAz = true,
        MapPublicIpOnLaunch = true,
    };

    private DhcpOptions NewDhcpOptions(Vpc vpc) => new()
    {
        AccountId = vpc.AccountId,
        Id = vpc.DhcpOptionsId,
        Options = ImmutableSortedDictionary<string, ImmutableArray<string>>.Empty
            .Add("domain-name", [DomainName(zones.Region)])
            .Add("domain-name-servers", [DhcpOptions.AmazonProvidedDns]),
    };

    private RouteTable NewRouteTable(Vpc vpc, InternetGateway gateway) => new()
    {
        AccountId = vpc.AccountId,
        Id = vpc.MainRouteTableId,
        VpcId = vpc.Id,
        Routes =
        [
            new Route { DestinationCidrBlock = vpc.CidrBlock, GatewayId = Route.LocalTarget, Origin = "CreateRouteTable" },
            new Route { DestinationCidrBlock = Everywhere, GatewayId = gateway.Id, Origin = "CreateRoute" },
        ],
        Associations = [new RouteTableAssociation(ids.Next("rtbassoc"), null)],
    };

    private SecurityGroup NewSecurityGroup(Vpc vpc) => new()
    {
        AccountId = vpc.AccountId,
        Id = vpc.DefaultSecurityGroupId,
        Name = SecurityGroup.DefaultName,
        Description = "default VPC security group",
        VpcId = vpc.Id,
        Rules =
        [
            new SecurityGroupRule { Id = ids.Next("sgr"), IsEgress = false, Protocol = SecurityGroupRule.AllProtocols, ReferencedGroupId = vpc.DefaultSecurityGroupId },
            new SecurityGroupRule { Id = ids.Next("sgr"), IsEgress = true, Protocol = SecurityGroupRule.AllProtocols, CidrIpv4 = Everywhere },
        ],
    };

    private NetworkAcl NewNetworkAcl(Vpc vpc, ImmutableArray<Subnet> subnets) => new()
    {
        AccountId = vpc.AccountId,
        Id = vpc.DefaultNetworkAclId,
        VpcId = vpc.Id,
        IsDefault = true,
        Entries =
        [
            new NetworkAclEntry(100, IsEgress: true, "-1", Everywhere, Allow: true),
            new NetworkAclEntry(NetworkAclEntry.LastRuleNumber, IsEgress: true, "-1", Everywhere, Allow: false),
            new NetworkAclEntry(100, IsEgress: false, "-1", Everywhere, Allow: true),
            new NetworkAclEntry(NetworkAclEntry.LastRuleNumber, IsEgress: false, "-1", Everywhere, Allow: false),
        ],
        Associations = [.. subnets.Select(subnet => new NetworkAclAssociation(ids.Next("aclassoc"), subnet.Id))],
    };

    /// <summary>The domain of a region's private names: the oldest region has one of its own.</summary>
    internal static string DomainName(string region) => region == "us-east-1" ? "ec2.internal" : $"{region}.compute.internal";
}
