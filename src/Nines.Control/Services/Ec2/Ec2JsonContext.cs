using System.Text.Json.Serialization;
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

namespace Nines.Control.Services.Ec2;

/// <summary>How the records of networks, key pairs and images are stored.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(AccountNetwork))]
[JsonSerializable(typeof(AddressTransfer))]
[JsonSerializable(typeof(CapacityReservation))]
[JsonSerializable(typeof(ClientToken))]
[JsonSerializable(typeof(DedicatedHost))]
[JsonSerializable(typeof(DefaultCredit))]
[JsonSerializable(typeof(DhcpOptions))]
[JsonSerializable(typeof(ElasticAddress))]
[JsonSerializable(typeof(EncryptionDefaults))]
[JsonSerializable(typeof(EventWindow))]
[JsonSerializable(typeof(ExportTask))]
[JsonSerializable(typeof(FastLaunch))]
[JsonSerializable(typeof(FlowLog))]
[JsonSerializable(typeof(Image))]
[JsonSerializable(typeof(ImageName))]
[JsonSerializable(typeof(ImportTask))]
[JsonSerializable(typeof(InternetGateway))]
[JsonSerializable(typeof(KeyPair))]
[JsonSerializable(typeof(KeyPairName))]
[JsonSerializable(typeof(LaunchTemplate))]
[JsonSerializable(typeof(LaunchTemplateName))]
[JsonSerializable(typeof(LaunchTemplateVersion))]
[JsonSerializable(typeof(NatGateway))]
[JsonSerializable(typeof(NetworkAcl))]
[JsonSerializable(typeof(NetworkInsightsAnalysis))]
[JsonSerializable(typeof(NetworkInsightsPath))]
[JsonSerializable(typeof(PlacementGroup))]
[JsonSerializable(typeof(PlacementGroupName))]
[JsonSerializable(typeof(PrefixList))]
[JsonSerializable(typeof(PrivateAddress))]
[JsonSerializable(typeof(PublicAccessBlock))]
[JsonSerializable(typeof(PublicAddress))]
[JsonSerializable(typeof(RootReplacement))]
[JsonSerializable(typeof(RouteTable))]
[JsonSerializable(typeof(SecurityGroup))]
[JsonSerializable(typeof(SerialConsoleAccess))]
[JsonSerializable(typeof(Subnet))]
[JsonSerializable(typeof(SubnetCidrReservation))]
[JsonSerializable(typeof(Vpc))]
[JsonSerializable(typeof(VpcPeering))]
internal sealed partial class Ec2JsonContext : JsonSerializerContext;
