using Nines.Control.Services.Ec2.Addresses;
using Nines.Control.Services.Ec2.CapacityReservations;
using Nines.Control.Services.Ec2.DedicatedHosts;
using Nines.Control.Services.Ec2.DhcpOptionSets;
using Nines.Control.Services.Ec2.ExportTasks;
using Nines.Control.Services.Ec2.FlowLogs;
using Nines.Control.Services.Ec2.Images;
using Nines.Control.Services.Ec2.ImportTasks;
using Nines.Control.Services.Ec2.Instances;
using Nines.Control.Services.Ec2.InternetGateways;
using Nines.Control.Services.Ec2.KeyPairs;
using Nines.Control.Services.Ec2.LaunchTemplates;
using Nines.Control.Services.Ec2.NatGateways;
using Nines.Control.Services.Ec2.NetworkAcls;
using Nines.Control.Services.Ec2.NetworkInsights;
using Nines.Control.Services.Ec2.NetworkInterfaces;
using Nines.Control.Services.Ec2.PlacementGroups;
using Nines.Control.Services.Ec2.PrefixLists;
using Nines.Control.Services.Ec2.Query;
using Nines.Control.Services.Ec2.RootVolumes;
using Nines.Control.Services.Ec2.RouteTables;
using Nines.Control.Services.Ec2.ScheduledEvents;
using Nines.Control.Services.Ec2.SecurityGroups;
using Nines.Control.Services.Ec2.Snapshots;
using Nines.Control.Services.Ec2.SubnetCidrReservations;
using Nines.Control.Services.Ec2.Subnets;
using Nines.Control.Services.Ec2.Volumes;
using Nines.Control.Services.Ec2.VpcPeerings;
using Nines.Control.Services.Ec2.Vpcs;

namespace Nines.Control.Services.Ec2.Tags;

/// <summary>Every kind of resource that can be tagged.</summary>
internal static class TaggableResources
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<TaggableResource> All { get; } =
    [
        TaggableResource.Of(ResourceKind.CapacityReservation, CapacityReservation.Table),
        TaggableResource.Of(ResourceKind.DedicatedHost, DedicatedHost.Table),
        TaggableResource.Of(ResourceKind.DhcpOptions, DhcpOptions.Table),
        TaggableResource.Of(ResourceKind.ElasticAddress, ElasticAddress.Table),
        TaggableResource.Of(ResourceKind.ExportImageTask, ExportTask.Table),
        TaggableResource.Of(ResourceKind.ImportImageTask, ImportTask.Table),
        TaggableResource.Of(ResourceKind.ImportSnapshotTask, ImportTask.Table),
        TaggableResource.Of(ResourceKind.FlowLog, FlowLog.Table),
        TaggableResource.Of(ResourceKind.EventWindow, EventWindow.Table),
        TaggableResource.Of(ResourceKind.Image, Image.Table),
        TaggableResource.Of(ResourceKind.Instance, Instance.Table),
        TaggableResource.Of(ResourceKind.InternetGateway, InternetGateway.Table),
        TaggableResource.Of(ResourceKind.KeyPair, KeyPair.Table),
        TaggableResource.Of(ResourceKind.LaunchTemplate, LaunchTemplate.Table),
        TaggableResource.Of(ResourceKind.NatGateway, NatGateway.Table),
        TaggableResource.Of(ResourceKind.NetworkAcl, NetworkAcl.Table),
        TaggableResource.Of(ResourceKind.NetworkInsightsAnalysis, NetworkInsightsAnalysis.Table),
        TaggableResource.Of(ResourceKind.NetworkInsightsPath, NetworkInsightsPath.Table),
        TaggableResource.Of(ResourceKind.NetworkInterface, NetworkInterface.Table),
        TaggableResource.Of(ResourceKind.PlacementGroup, PlacementGroup.Table),
        TaggableResource.Of(ResourceKind.PrefixList, PrefixList.Table),
        TaggableResource.Of(ResourceKind.RootReplacement, RootReplacement.Table),
        TaggableResource.Of(ResourceKind.RouteTable, RouteTable.Table),
        TaggableResource.Of(ResourceKind.SecurityGroup, SecurityGroup.Table),
        new SecurityGroupRuleTags(),
        TaggableResource.Of(ResourceKind.Snapshot, Snapshot.Table),
        TaggableResource.Of(ResourceKind.Subnet, Subnet.Table),
        TaggableResource.Of(ResourceKind.SubnetCidrReservation, SubnetCidrReservation.Table),
        TaggableResource.Of(ResourceKind.Volume, Volume.Table),
        TaggableResource.Of(ResourceKind.Vpc, Vpc.Table),
        TaggableResource.Of(ResourceKind.VpcPeering, VpcPeering.Table),
    ];
}
