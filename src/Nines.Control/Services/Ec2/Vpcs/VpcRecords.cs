using System.Collections.Immutable;
using Nines.Control.Ids;
using Nines.Control.Services.Ec2.DhcpOptionSets;
using Nines.Control.Services.Ec2.NetworkAcls;
using Nines.Control.Services.Ec2.RouteTables;
using Nines.Control.Services.Ec2.SecurityGroups;
using Nines.Control.Store;

namespace Nines.Control.Services.Ec2.Vpcs;

/// <summary>
/// Writes the records of a new VPC: itself, and the route table, access list and security group that go with it.
/// Source: "Create a VPC" of the VPC user guide.
/// </summary>
/// <param name="ids">Where ids come from.</param>
/// <param name="region">The region's name, after which private names are made.</param>
internal sealed class VpcRecords(IIdSource ids, string region)
{
    /// <summary>The block of all addresses.</summary>
    public const string Everywhere = "0.0.0.0/0";

    /// <summary>Adds a VPC of the account; <paramref name="with"/> changes it before it is written.</summary>
    public Vpc Add(CloudTransaction transaction, string accountId, string cidrBlock, Func<Vpc, Vpc>? with = null)
    {
        var vpc = new Vpc
        {
            AccountId = accountId,
            Id = ids.Next("vpc"),
            CidrBlocks = [new VpcCidrBlock(ids.Next("vpc-cidr-assoc"), cidrBlock)],
            DhcpOptionsId = EnsureDhcpOptions(transaction, accountId),
            MainRouteTableId = ids.Next("rtb"),
            DefaultNetworkAclId = ids.Next("acl"),
            DefaultSecurityGroupId = ids.Next("sg"),
        };
        vpc = with?.Invoke(vpc) ?? vpc;
        transaction.Insert(Vpc.Table, vpc);
        transaction.Insert(RouteTable.Table, NewMainRouteTable(vpc));
        transaction.Insert(SecurityGroup.Table, NewDefaultGroup(vpc));
        transaction.Insert(NetworkAcl.Table, NewDefaultAcl(vpc));
        return vpc;
    }

    /// <summary>The account's set of DHCP options that new VPCs get; made when there is none like it.</summary>
    private string EnsureDhcpOptions(CloudTransaction transaction, string accountId)
    {
        var options = DhcpOptions.Default(region);
        if (transaction.List(DhcpOptions.Table, accountId).FirstOrDefault(known => DhcpOptions.AreSame(known.Options, options)) is { } present)
        {
            // Whoever deletes the set at the same time must meet this.
            transaction.Put(DhcpOptions.Table, present);
            return present.Id;
        }

        var made = new DhcpOptions { AccountId = accountId, Id = ids.Next("dopt"), Options = options };
        transaction.Insert(DhcpOptions.Table, made);
        return made.Id;
    }

    private RouteTable NewMainRouteTable(Vpc vpc) => new()
    {
        AccountId = vpc.AccountId,
        Id = vpc.MainRouteTableId,
        VpcId = vpc.Id,
        Routes = RouteTable.LocalRoutes(vpc),
        Associations = [new RouteTableAssociation(ids.Next("rtbassoc"), null)],
    };

    private SecurityGroup NewDefaultGroup(Vpc vpc) => new()
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

    private static NetworkAcl NewDefaultAcl(Vpc vpc) => new()
    {
        AccountId = vpc.AccountId,
        Id = vpc.DefaultNetworkAclId,
        VpcId = vpc.Id,
        IsDefault = true,
        Entries = NetworkAclEntry.InOrder(
        [
            new NetworkAclEntry(100, IsEgress: true, NetworkAclEntry.AllProtocols, Everywhere, Allow: true),
            new NetworkAclEntry(100, IsEgress: false, NetworkAclEntry.AllProtocols, Everywhere, Allow: true),
            .. NetworkAclEntry.Last,
        ]),
    };
}
