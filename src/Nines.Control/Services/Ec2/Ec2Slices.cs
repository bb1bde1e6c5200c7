using Nines.Control.Gateway;
using Nines.Control.Ids;
using Nines.Control.Services.Ec2.Accounts;
using Nines.Control.Services.Ec2.Addresses;
using Nines.Control.Services.Ec2.Credits;
using Nines.Control.Services.Ec2.DhcpOptionSets;
using Nines.Control.Services.Ec2.FastLaunches;
using Nines.Control.Services.Ec2.FlowLogs;
using Nines.Control.Services.Ec2.IdFormats;
using Nines.Control.Services.Ec2.Images;
using Nines.Control.Services.Ec2.InstanceTypes;
using Nines.Control.Services.Ec2.Instances;
using Nines.Control.Services.Ec2.InternetGateways;
using Nines.Control.Services.Ec2.KeyPairs;
using Nines.Control.Services.Ec2.LaunchTemplates;
using Nines.Control.Services.Ec2.NatGateways;
using Nines.Control.Services.Ec2.NetworkAcls;
using Nines.Control.Services.Ec2.NetworkInsights;
using Nines.Control.Services.Ec2.PlacementGroups;
using Nines.Control.Services.Ec2.PrefixLists;
using Nines.Control.Services.Ec2.PublicAccess;
using Nines.Control.Services.Ec2.RouteTables;
using Nines.Control.Services.Ec2.SecurityGroups;
using Nines.Control.Services.Ec2.SerialConsoles;
using Nines.Control.Services.Ec2.SubnetCidrReservations;
using Nines.Control.Services.Ec2.Subnets;
using Nines.Control.Services.Ec2.Tags;
using Nines.Control.Services.Ec2.VpcPeerings;
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
        new AddressTransferOperations(cloud, ids),
        new ClassicLinks(cloud),
        new CreditOperations(cloud),
        new DefaultNetworkOperations(cloud, zones, new AccountNetworkBootstrap(cloud, ids, zones, new AccountOptions())),
        new DhcpOptionsOperations(cloud, ids),
        new FastLaunchOperations(cloud, new ImageCatalog(cloud)),
        new FlowLogOperations(cloud, ids, zones.Region),
        new IdFormatOperations(),
        new ImageAttributes(cloud, new ImageCatalog(cloud)),
        new ImageAvailability(cloud, new ImageCatalog(cloud)),
        new ImageOperations(new ImageCatalog(cloud)),
        new InstanceTypeOperations(zones),
        new InternetGatewayOperations(cloud, ids),
        new KeyPairOperations(cloud, ids),
        new LaunchTemplateChanges(cloud, ids),
        new LaunchTemplateOperations(cloud, new InstanceTemplate(cloud, new InstanceMapping(cloud, zones.Region))),
        new NatGatewayChanges(cloud, ids, new NatGatewayDescriptions(cloud)),
        new NatGatewayOperations(cloud, ids, new NatGatewayDescriptions(cloud)),
        new NetworkAclChanges(cloud, ids),
        new NetworkAclOperations(cloud),
        new NetworkInsightsChanges(cloud, ids, new NetworkInsightsDescriptions(zones.Region)),
        new NetworkInsightsOperations(cloud, new NetworkInsightsDescriptions(zones.Region)),
        new PlacementGroupOperations(cloud, ids, zones.Region),
        new PrefixListOperations(cloud, ids),
        new PublicAccessOperations(cloud),
        new RouteChanges(cloud),
        new RouteTableChanges(cloud, ids),
        new RouteTableOperations(cloud),
        new SecurityGroupChanges(cloud, ids),
        new SecurityGroupOperations(cloud),
        new SecurityGroupReferences(cloud),
        new SecurityGroupRuleChanges(cloud),
        new SecurityGroupVpcs(cloud),
        new SerialConsoleOperations(cloud),
        new SubnetChanges(cloud, zones, new SubnetRecords(ids)),
        new SubnetCidrReservationOperations(cloud, ids),
        new SubnetOperations(cloud),
        new TagOperations(cloud),
        new VpcChanges(cloud, ids, new VpcRecords(ids, zones.Region)),
        new VpcOperations(cloud),
        new VpcPeeringChanges(cloud, ids, zones.Region, new VpcPeeringDescriptions(cloud, zones.Region)),
        new VpcPeeringOperations(cloud, new VpcPeeringDescriptions(cloud, zones.Region)),
        new ZoneOperations(zones),
    ];
}
