using System.Collections.Frozen;

namespace Nines.Control.Services.Ec2.Query;

/// <summary>
/// A kind of EC2 resource: the prefix of its ids, its name in tag specifications, and the codes and texts with which EC2
/// refuses an id. Codes are those of "Error codes for the Amazon EC2 API"; EC2's services word them differently, as here.
/// </summary>
internal sealed record ResourceKind(string Prefix, string ResourceType)
{
    private const string QuotedForm = "Invalid id: \"{0}\" (expecting \"{1}-...\")";
    private const string NetworkForm = "Invalid Id: '{0}' (expecting '{1}-...; the Id may only contain lowercase alphanumeric characters and a single dash')";
    private const string StorageForm = "Value ({0}) for parameter {2} is invalid. Expected: '{1}-...'.";

    /// <summary>An instance.</summary>
    public static readonly ResourceKind Instance = new("i", "instance")
    {
        MalformedCode = "InvalidInstanceID.Malformed",
        NotFoundCode = "InvalidInstanceID.NotFound",
        NotFound = new("The instance ID '{0}' does not exist", "The instance IDs '{0}' do not exist"),
    };

    /// <summary>A volume.</summary>
    public static readonly ResourceKind Volume = new("vol", "volume")
    {
        MalformedCode = "InvalidParameterValue",
        MalformedText = StorageForm,
        Parameter = "volumeId",
        NotFoundCode = "InvalidVolume.NotFound",
        NotFound = new("The volume '{0}' does not exist.", "The volumes '{0}' do not exist."),
    };

    /// <summary>A snapshot of a volume.</summary>
    public static readonly ResourceKind Snapshot = new("snap", "snapshot")
    {
        MalformedCode = "InvalidParameterValue",
        MalformedText = StorageForm,
        Parameter = "snapshotId",
        NotFoundCode = "InvalidSnapshot.NotFound",
        NotFound = new("The snapshot '{0}' does not exist.", "The snapshots '{0}' do not exist."),
    };

    /// <summary>A machine image.</summary>
    public static readonly ResourceKind Image = new("ami", "image")
    {
        MalformedCode = "InvalidAMIID.Malformed",
        NotFoundCode = "InvalidAMIID.NotFound",
        NotFound = new("The image id '[{0}]' does not exist", "The image ids '[{0}]' do not exist"),
    };

    /// <summary>A key pair.</summary>
    public static readonly ResourceKind KeyPair = new("key", "key-pair")
    {
        MalformedCode = "InvalidKeyPair.NotFound",
        MalformedText = "The key pair '{0}' does not exist",
        NotFoundCode = "InvalidKeyPair.NotFound",
        NotFound = new("The key pair '{0}' does not exist", "The key pairs '{0}' do not exist"),
    };

    /// <summary>A virtual private cloud.</summary>
    public static readonly ResourceKind Vpc = new("vpc", "vpc")
    {
        MalformedCode = "InvalidVpcId.Malformed",
        MalformedText = NetworkForm,
        NotFoundCode = "InvalidVpcID.NotFound",
        NotFound = new("The vpc ID '{0}' does not exist", "The vpc IDs '{0}' do not exist"),
    };

    /// <summary>A subnet.</summary>
    public static readonly ResourceKind Subnet = new("subnet", "subnet")
    {
        MalformedCode = "InvalidSubnetId.Malformed",
        MalformedText = NetworkForm,
        NotFoundCode = "InvalidSubnetID.NotFound",
        NotFound = new("The subnet ID '{0}' does not exist", "The subnet IDs '{0}' do not exist"),
    };

    /// <summary>A security group.</summary>
    public static readonly ResourceKind SecurityGroup = new("sg", "security-group")
    {
        MalformedCode = "InvalidGroupId.Malformed",
        NotFoundCode = "InvalidGroup.NotFound",
        NotFound = new("The security group '{0}' does not exist", "The security groups '{0}' do not exist"),
    };

    /// <summary>One rule of a security group.</summary>
    public static readonly ResourceKind SecurityGroupRule = new("sgr", "security-group-rule")
    {
        MalformedCode = "InvalidSecurityGroupRuleId.Malformed",
        MalformedText = "The security group rule ID '{0}' is malformed",
        NotFoundCode = "InvalidSecurityGroupRuleId.NotFound",
        NotFound = new("The security group rule ID '{0}' does not exist", "The security group rule IDs '{0}' do not exist"),
    };

    /// <summary>A network interface.</summary>
    public static readonly ResourceKind NetworkInterface = new("eni", "network-interface")
    {
        MalformedCode = "InvalidNetworkInterfaceId.Malformed",
        NotFoundCode = "InvalidNetworkInterfaceID.NotFound",
        NotFound = new("The networkInterface ID '{0}' does not exist", "The networkInterface IDs '{0}' do not exist"),
    };

    /// <summary>An internet gateway.</summary>
    public static readonly ResourceKind InternetGateway = new("igw", "internet-gateway")
    {
        MalformedCode = "InvalidInternetGatewayId.Malformed",
        MalformedText = NetworkForm,
        NotFoundCode = "InvalidInternetGatewayID.NotFound",
        NotFound = new("The internetGateway ID '{0}' does not exist", "The internetGateway IDs '{0}' do not exist"),
    };

    /// <summary>A route table.</summary>
    public static readonly ResourceKind RouteTable = new("rtb", "route-table")
    {
        MalformedCode = "InvalidRouteTableId.Malformed",
        MalformedText = NetworkForm,
        NotFoundCode = "InvalidRouteTableID.NotFound",
        NotFound = new("The routeTable ID '{0}' does not exist", "The routeTable IDs '{0}' do not exist"),
    };

    /// <summary>A network access control list.</summary>
    public static readonly ResourceKind NetworkAcl = new("acl", "network-acl")
    {
        MalformedCode = "InvalidNetworkAclId.Malformed",
        MalformedText = NetworkForm,
        NotFoundCode = "InvalidNetworkAclID.NotFound",
        NotFound = new("The networkAcl ID '{0}' does not exist", "The networkAcl IDs '{0}' do not exist"),
    };

    /// <summary>A set of DHCP options.</summary>
    public static readonly ResourceKind DhcpOptions = new("dopt", "dhcp-options")
    {
        MalformedCode = "InvalidDhcpOptionsId.Malformed",
        MalformedText = NetworkForm,
        NotFoundCode = "InvalidDhcpOptionID.NotFound",
        NotFound = new("The dhcpOption ID '{0}' does not exist", "The dhcpOption IDs '{0}' do not exist"),
    };

    /// <summary>An elastic address.</summary>
    public static readonly ResourceKind ElasticAddress = new("eipalloc", "elastic-ip")
    {
        MalformedCode = "InvalidAllocationID.NotFound",
        MalformedText = "The allocation ID '{0}' does not exist",
        NotFoundCode = "InvalidAllocationID.NotFound",
        NotFound = new("The allocation ID '{0}' does not exist", "The allocation IDs '{0}' do not exist"),
    };

    /// <summary>A NAT gateway.</summary>
    public static readonly ResourceKind NatGateway = new("nat", "natgateway")
    {
        MalformedCode = "NatGatewayMalformed",
        MalformedText = NetworkForm,
        NotFoundCode = "NatGatewayNotFound",
        NotFound = new("NAT gateway {0} was not found", "NAT gateways {0} were not found"),
    };

    /// <summary>A managed prefix list.</summary>
    public static readonly ResourceKind PrefixList = new("pl", "prefix-list")
    {
        MalformedCode = "InvalidPrefixListId.Malformed",
        NotFoundCode = "InvalidPrefixListID.NotFound",
        NotFound = new("The prefix list ID '{0}' does not exist", "The prefix list IDs '{0}' do not exist"),
    };

    /// <summary>A launch template.</summary>
    public static readonly ResourceKind LaunchTemplate = new("lt", "launch-template")
    {
        MalformedCode = "InvalidLaunchTemplateId.Malformed",
        NotFoundCode = "InvalidLaunchTemplateId.NotFound",
        NotFound = new(
            "The specified launch template, with template ID {0}, does not exist.", "The specified launch templates, with template IDs {0}, do not exist."),
    };

    /// <summary>A placement group.</summary>
    public static readonly ResourceKind PlacementGroup = new("pg", "placement-group")
    {
        MalformedCode = "InvalidPlacementGroupId.Malformed",
        NotFoundCode = "InvalidPlacementGroup.Unknown",
        NotFound = new("The Placement Group '{0}' is unknown.", "The Placement Groups '{0}' are unknown."),
    };

    /// <summary>A peering of VPCs.</summary>
    public static readonly ResourceKind VpcPeering = new("pcx", "vpc-peering-connection")
    {
        MalformedCode = "InvalidVpcPeeringConnectionId.Malformed",
        MalformedText = NetworkForm,
        NotFoundCode = "InvalidVpcPeeringConnectionID.NotFound",
        NotFound = new("The vpcPeeringConnection ID '{0}' does not exist", "The vpcPeeringConnection IDs '{0}' do not exist"),
    };

    /// <summary>A path to analyse.</summary>
    public static readonly ResourceKind NetworkInsightsPath = new("nip", "network-insights-path")
    {
        MalformedCode = "InvalidNetworkInsightsPathId.Malformed",
        NotFoundCode = "InvalidNetworkInsightsPathId.NotFound",
        NotFound = new("The path ID '{0}' does not exist", "The path IDs '{0}' do not exist"),
    };

    /// <summary>The analysis of a path.</summary>
    public static readonly ResourceKind NetworkInsightsAnalysis = new("nia", "network-insights-analysis")
    {
        MalformedCode = "InvalidNetworkInsightsAnalysisId.Malformed",
        NotFoundCode = "InvalidNetworkInsightsAnalysisId.NotFound",
        NotFound = new("The analysis ID '{0}' does not exist", "The analysis IDs '{0}' do not exist"),
    };

    /// <summary>A flow log.</summary>
    public static readonly ResourceKind FlowLog = new("fl", "vpc-flow-log")
    {
        MalformedCode = "InvalidFlowLogId.Malformed",
        NotFoundCode = "InvalidFlowLogId.NotFound",
        NotFound = new("The flow log ID '{0}' does not exist", "The flow log IDs '{0}' do not exist"),
    };

    /// <summary>A reservation of a subnet's addresses.</summary>
    public static readonly ResourceKind SubnetCidrReservation = new("scr", "subnet-cidr-reservation")
    {
        MalformedCode = "InvalidSubnetCidrReservationID.Malformed",
        NotFoundCode = "InvalidSubnetCidrReservationID.NotFound",
        NotFound = new("The subnet CIDR reservation ID '{0}' does not exist", "The subnet CIDR reservation IDs '{0}' do not exist"),
    };

    /// <summary>The replacement of a root volume.</summary>
    public static readonly ResourceKind RootReplacement = new("replacevol", "replace-root-volume-task")
    {
        MalformedCode = "InvalidReplaceRootVolumeTaskId.Malformed",
        NotFoundCode = "InvalidReplaceRootVolumeTaskId.NotFound",
        NotFound = new("The replace root volume task ID '{0}' does not exist", "The replace root volume task IDs '{0}' do not exist"),
    };

    /// <summary>Room for instances that an account has whether it uses it or not.</summary>
    public static readonly ResourceKind CapacityReservation = new("cr", "capacity-reservation")
    {
        MalformedCode = "InvalidCapacityReservationId.Malformed",
        NotFoundCode = "InvalidCapacityReservationId.NotFound",
        NotFound = new("The capacity reservation ID '{0}' does not exist", "The capacity reservation IDs '{0}' do not exist"),
    };

    /// <summary>A machine that is one account's alone.</summary>
    public static readonly ResourceKind DedicatedHost = new("h", "dedicated-host")
    {
        MalformedCode = "InvalidHostID.Malformed",
        NotFoundCode = "InvalidHostID.NotFound",
        NotFound = new("The host ID '{0}' does not exist", "The host IDs '{0}' do not exist"),
    };

    /// <summary>The hours in which scheduled events may happen.</summary>
    public static readonly ResourceKind EventWindow = new("iew", "instance-event-window")
    {
        MalformedCode = "InvalidInstanceEventWindowId.Malformed",
        NotFoundCode = "InvalidInstanceEventWindowId.NotFound",
        NotFound = new("The instance event window ID '{0}' does not exist", "The instance event window IDs '{0}' do not exist"),
    };

    /// <summary>The import of an image. What AWS answers for ids that no task has is this too: tools take it for "not found".</summary>
    public static readonly ResourceKind ImportImageTask = ImportTask("import-ami", "import-image-task");

    /// <summary>The import of a snapshot.</summary>
    public static readonly ResourceKind ImportSnapshotTask = ImportTask("import-snap", "import-snapshot-task");

    /// <summary>The export of an image.</summary>
    public static readonly ResourceKind ExportImageTask = new("export-ami", "export-image-task")
    {
        MalformedCode = "InvalidExportTaskID.Malformed",
        NotFoundCode = "InvalidExportTaskID.NotFound",
        NotFound = new("The export task ID '{0}' does not exist", "The export task IDs '{0}' do not exist"),
    };

    /// <summary>Every kind, by the prefix of its ids.</summary>
    public static readonly FrozenDictionary<string, ResourceKind> ByPrefix = new[]
    {
        Instance, Volume, Snapshot, Image, KeyPair, Vpc, Subnet, SecurityGroup, SecurityGroupRule, NetworkInterface, InternetGateway, RouteTable, NetworkAcl, DhcpOptions,
            ElasticAddress, NatGateway, PrefixList, LaunchTemplate, PlacementGroup, VpcPeering, NetworkInsightsPath, NetworkInsightsAnalysis, FlowLog, SubnetCidrReservation,
            RootReplacement, CapacityReservation, DedicatedHost, EventWindow, ImportImageTask, ImportSnapshotTask, ExportImageTask,
    }.ToFrozenDictionary(kind => kind.Prefix);

    /// <summary>The code for an id that is not one.</summary>
    public required string MalformedCode { get; init; }

    /// <summary>The text for an id that is not one: {0} the value, {1} the prefix, {2} the parameter.</summary>
    public string MalformedText { get; init; } = QuotedForm;

    /// <summary>What a text calls the parameter.</summary>
    public string Parameter { get; init; } = "";

    /// <summary>The code for an id that nothing has.</summary>
    public required string NotFoundCode { get; init; }

    /// <summary>The texts for ids that nothing has: {0} is the id, or the ids with a comma and a blank between.</summary>
    public required NotFoundText NotFound { get; init; }

    /// <summary>The kind whose prefix <paramref name="id"/> has, or <see langword="null"/>. The prefixes of tasks have dashes themselves.</summary>
    public static ResourceKind? Of(string id)
    {
        var (first, last) = (id.IndexOf('-', StringComparison.Ordinal), id.LastIndexOf('-'));
        return first < 1 ? null : ByPrefix.GetValueOrDefault(id[..last]) ?? ByPrefix.GetValueOrDefault(id[..first]);
    }

    private static ResourceKind ImportTask(string prefix, string resourceType) => new(prefix, resourceType)
    {
        MalformedCode = "InvalidConversionTaskId.Malformed",
        NotFoundCode = "InvalidConversionTaskId.Malformed",
        NotFound = new("The import task ID '{0}' does not exist", "The import task IDs '{0}' do not exist"),
    };
}
