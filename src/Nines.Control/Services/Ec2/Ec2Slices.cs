using Nines.Control.Gateway;
using Nines.Control.Ids;
using Nines.Control.Services.Ec2.Accounts;
using Nines.Control.Services.Ec2.FastLaunches;
using Nines.Control.Services.Ec2.Images;
using Nines.Control.Services.Ec2.InstanceTypes;
using Nines.Control.Services.Ec2.KeyPairs;
using Nines.Control.Services.Ec2.SecurityGroups;
using Nines.Control.Services.Ec2.Subnets;
using Nines.Control.Services.Ec2.Tags;
using Nines.Control.Services.Ec2.Vpcs;
using Nines.Control.Services.Ec2.Zones;
using Nines.Control.Store;

namespace Nines.Control.Services.Ec2;

/// <summary>The operations of EC2's networks, key pairs, images and tags, for whoever builds the table of operations.</summary>
internal static class Ec2Slices
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<IOperations> Network(Cloud cloud, IIdSource ids, ZoneCatalog zones) =>
    [
        new AccountOperations(cloud),
        new FastLaunchOperations(cloud, new ImageCatalog(cloud)),
        new ImageOperations(new ImageCatalog(cloud)),
        new InstanceTypeOperations(zones),
        new KeyPairOperations(cloud, ids),
        new SecurityGroupChanges(cloud, ids),
        new SecurityGroupOperations(cloud),
        new SubnetOperations(cloud),
        new TagOperations(cloud),
        new VpcOperations(cloud),
        new ZoneOperations(zones),
    ];
}
