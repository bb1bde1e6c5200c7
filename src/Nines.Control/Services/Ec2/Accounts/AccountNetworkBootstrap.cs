using System.Collections.Immutable;
using Nines.Control.Ids;
using Nines.Control.Services.Ec2.Addresses;
using Nines.Control.Services.Ec2.InternetGateways;
using Nines.Control.Services.Ec2.RouteTables;
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
    private readonly VpcRecords _vpcs = new(ids, zones.Region);
    private readonly SubnetRecords _subnets = new(ids);

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

    /// <summary>Gives the account a default VPC, which it has not.</summary>
    public Vpc Begin(CloudTransaction transaction, string accountId)
    {
        var vpc = _vpcs.Add(transaction, accountId, options.DefaultVpcCidrBlock, made => made with { IsDefault = true, EnableDnsHostnames = true });
        var gateway = new InternetGateway { AccountId = accountId, Id = ids.Next("igw"), VpcId = vpc.Id };
        transaction.Insert(InternetGateway.Table, gateway);
        var table = transaction.Find(RouteTable.Table, accountId, vpc.MainRouteTableId)!;
        transaction.Put(RouteTable.Table, table with
        {
            Routes = table.Routes.Add(new Route { DestinationCidrBlock = VpcRecords.Everywhere, GatewayId = gateway.Id, Origin = Route.Created }),
        });
        foreach (var zone in zones.Zones)
        {
            AddDefaultSubnet(transaction, vpc, zone);
        }

        transaction.Put(
            AccountNetwork.Table,
            new AccountNetwork { AccountId = accountId, DefaultVpcId = vpc.Id, Zones = [.. zones.Zones.Select(zone => zone.Name)] });
        return vpc;
    }

    /// <summary>Adds a zone's default subnet; <see langword="null"/> when the VPC has no room for one.</summary>
    public Subnet? AddDefaultSubnet(CloudTransaction transaction, Vpc vpc, Zone zone) => FreeIndex(transaction, vpc) is { } index
        ? _subnets.AddDefault(transaction, vpc, Ipv4Block.Parse(vpc.CidrBlock).Divide(options.DefaultSubnetPrefixLength, index), zone)
        : null;

    private void AddZones(CloudTransaction transaction, AccountNetwork begun)
    {
        ImmutableArray<string> added = [.. zones.Zones.Select(zone => zone.Name).Except(begun.Zones)];
        if (added.IsEmpty || transaction.Find(Vpc.Table, begun.AccountId, begun.DefaultVpcId) is not { } vpc)
        {
            return;
        }

        // Only a zone that is new gets a subnet: one that the user deleted is not given again.
        foreach (var zone in zones.Zones.Where(zone => added.Contains(zone.Name)))
        {
            AddDefaultSubnet(transaction, vpc, zone);
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
}
