using Nines.Api.Ec2;
using Nines.Control.Services.Ec2.Addresses;
using Nines.Control.Services.Ec2.Tags;
using Nines.Control.Store;

namespace Nines.Control.Services.Ec2.Subnets;

/// <summary>Subnets as EC2 answers them.</summary>
internal static class SubnetDescriptions
{
    public const string Available = "available";

    /// <summary>A subnet that was just made.</summary>
    public static Api.Ec2.Subnet Describe(Cloud cloud, Subnet subnet, string region) =>
        Describe(new SubnetView(subnet, AddressAllocator.Available(cloud, subnet), region));

    public static Api.Ec2.Subnet Describe(SubnetView view) => new()
    {
        SubnetId = view.Subnet.Id,
        SubnetArn = view.Arn,
        VpcId = view.Subnet.VpcId,
        OwnerId = view.Subnet.AccountId,
        State = Available,
        CidrBlock = view.Subnet.CidrBlock,
        AvailableIpAddressCount = view.AvailableAddresses,
        AvailabilityZone = view.Subnet.AvailabilityZone,
        AvailabilityZoneId = view.Subnet.AvailabilityZoneId,
        DefaultForAz = view.Subnet.DefaultForAz,
        MapPublicIpOnLaunch = view.Subnet.MapPublicIpOnLaunch,
        MapCustomerOwnedIpOnLaunch = false,
        AssignIpv6AddressOnCreation = false,
        Ipv6CidrBlockAssociationSet = [],
        Ipv6Native = false,
        EnableDns64 = false,
        PrivateDnsNameOptionsOnLaunch = new PrivateDnsNameOptionsOnLaunch
        {
            HostnameType = view.Subnet.HostnameType,
            EnableResourceNameDnsARecord = view.Subnet.EnableResourceNameDnsARecord,
            EnableResourceNameDnsAAAARecord = false,
        },
        Tags = view.Subnet.Tags.ToApiOrNull(),
    };
}
