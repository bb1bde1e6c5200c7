using Nines.Control.Ids;
using Nines.Control.Services.Ec2.Addresses;
using Nines.Control.Services.Ec2.NetworkAcls;
using Nines.Control.Services.Ec2.Vpcs;
using Nines.Control.Services.Ec2.Zones;
using Nines.Control.Store;

namespace Nines.Control.Services.Ec2.Subnets;

/// <summary>Writes the records of a new subnet: itself, and that the VPC's default access list guards it.</summary>
internal sealed class SubnetRecords(IIdSource ids)
{
    /// <summary>Adds a subnet of a VPC; <paramref name="with"/> changes it before it is written.</summary>
    public Subnet Add(CloudTransaction transaction, Vpc vpc, Ipv4Block block, Zone zone, Func<Subnet, Subnet>? with = null)
    {
        var subnet = new Subnet
        {
            AccountId = vpc.AccountId,
            Id = ids.Next("subnet"),
            VpcId = vpc.Id,
            CidrBlock = block.ToString(),
            AvailabilityZone = zone.Name,
            AvailabilityZoneId = zone.Id,
        };
        subnet = with?.Invoke(subnet) ?? subnet;
        transaction.Insert(Subnet.Table, subnet);
        if (transaction.Find(NetworkAcl.Table, vpc.AccountId, vpc.DefaultNetworkAclId) is { } acl)
        {
            transaction.Put(NetworkAcl.Table, acl with { Associations = acl.Associations.Add(new NetworkAclAssociation(ids.Next("aclassoc"), subnet.Id)) });
        }

        return subnet;
    }

    /// <summary>Adds a subnet to which launches go that name only the zone.</summary>
    public Subnet AddDefault(CloudTransaction transaction, Vpc vpc, Ipv4Block block, Zone zone) =>
        Add(transaction, vpc, block, zone, subnet => subnet with { DefaultForAz = true, MapPublicIpOnLaunch = true });
}
