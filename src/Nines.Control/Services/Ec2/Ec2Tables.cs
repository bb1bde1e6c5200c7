using Nines.Control.Services.Ec2.Accounts;
using Nines.Control.Services.Ec2.Addresses;
using Nines.Control.Services.Ec2.CapacityReservations;
using Nines.Control.Services.Ec2.ClientTokens;
using Nines.Control.Services.Ec2.Credits;
using Nines.Control.Services.Ec2.DedicatedHosts;
using Nines.Control.Services.Ec2.DhcpOptionSets;
using Nines.Control.Services.Ec2.Encryption;
using Nines.Control.Services.Ec2.ExportTasks;
using Nines.Control.Services.Ec2.FastLaunches;
using Nines.Control.Services.Ec2.FlowLogs;
using Nines.Control.Services.Ec2.Images;
using Nines.Control.Services.Ec2.ImportTasks;
using Nines.Control.Services.Ec2.InternetGateways;
using Nines.Control.Services.Ec2.KeyPairs;
using Nines.Control.Services.Ec2.LaunchTemplates;
using Nines.Control.Services.Ec2.NatGateways;
using Nines.Control.Services.Ec2.NetworkAcls;
using Nines.Control.Services.Ec2.NetworkInsights;
using Nines.Control.Services.Ec2.PlacementGroups;
using Nines.Control.Services.Ec2.PrefixLists;
using Nines.Control.Services.Ec2.PublicAccess;
using Nines.Control.Services.Ec2.RootVolumes;
using Nines.Control.Services.Ec2.RouteTables;
using Nines.Control.Services.Ec2.ScheduledEvents;
using Nines.Control.Services.Ec2.SecurityGroups;
using Nines.Control.Services.Ec2.SerialConsoles;
using Nines.Control.Services.Ec2.SubnetCidrReservations;
using Nines.Control.Services.Ec2.Subnets;
using Nines.Control.Services.Ec2.VpcPeerings;
using Nines.Control.Services.Ec2.Vpcs;
using Nines.Control.Store;

namespace Nines.Control.Services.Ec2;

/// <summary>The tables of EC2's networks, key pairs and images, for whoever opens the store.</summary>
internal static class Ec2Tables
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<TableDefinition> Network { get; } =
    [
        AccountNetwork.Table, AddressTransfer.Table, CapacityReservation.Table, ClientToken.Table, DedicatedHost.Table, DefaultCredit.Table, DhcpOptions.Table, ElasticAddress.Table,
        EncryptionDefaults.Table, EventWindow.Table, ExportTask.Table, FastLaunch.Table, FlowLog.Table, Image.Table, ImageName.Table, ImportTask.Table, InternetGateway.Table, KeyPair.Table, KeyPairName.Table, LaunchTemplate.Table,
        LaunchTemplateName.Table, LaunchTemplateVersion.Table, NatGateway.Table, NetworkAcl.Table, NetworkInsightsAnalysis.Table, NetworkInsightsPath.Table, PlacementGroup.Table,
        PlacementGroupName.Table, PrefixList.Table, PrivateAddress.Table, PublicAccessBlock.Table, PublicAddress.Table, RootReplacement.Table, RouteTable.Table, SecurityGroup.Table,
        SerialConsoleAccess.Table, Subnet.Table, SubnetCidrReservation.Table, Vpc.Table, VpcPeering.Table,
    ];
}
