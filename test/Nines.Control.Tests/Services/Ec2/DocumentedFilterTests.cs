using Nines.Api.Ec2;
using Nines.Control.Gateway;
using Nines.Control.Services.Ec2;
using Nines.Control.Services.Ec2.Addresses;
using Nines.Control.Services.Ec2.CapacityReservations;
using Nines.Control.Services.Ec2.DedicatedHosts;
using Nines.Control.Services.Ec2.ExportTasks;
using Nines.Control.Services.Ec2.ImportTasks;
using Nines.Control.Services.Ec2.Instances;
using Nines.Control.Services.Ec2.NetworkInterfaces;
using Nines.Control.Services.Ec2.RootVolumes;
using Nines.Control.Services.Ec2.ScheduledEvents;
using Nines.Control.Services.Ec2.Snapshots;
using Nines.Control.Services.Ec2.Volumes;
using Nines.Wire;
using Nines.Wire.Schemas;

namespace Nines.Control.Tests.Services.Ec2;

/// <summary>Every filter that AWS documents is known, whether or not a resource here can match it.</summary>
public sealed class DocumentedFilterTests : IAsyncLifetime
{
    private Ec2World _world = null!;
    private OperationTable _table = null!;

    public async ValueTask InitializeAsync()
    {
        _world = await Ec2World.OpenAsync();
        _table = new OperationTable();
        IOperations[] slices = [.. Ec2Slices.Network(_world.Cloud, _world.Ids, _world.Zones), new VolumeOperations(_world.Cloud), new SnapshotOperations(new SnapshotCatalog(_world.Cloud)), new SnapshotLocks(_world.Cloud, new SnapshotCatalog(_world.Cloud)), new NetworkInterfaceOperations(_world.Cloud, _world.Zones), new AddressOperations(_world.Cloud, "us-east-1"), new CapacityReservationOperations(_world.Cloud, _world.Zones), new RootReplacementOperations(_world.Cloud, _world.Ids, new SnapshotCatalog(_world.Cloud), null!)];
        foreach (var slice in slices)
        {
            slice.Map(_table);
        }
    }

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task Every_documented_filter_is_known()
    {
        var unknown = new List<string>();
        foreach (var (operation, name) in Documented())
        {
            try
            {
                await AskAsync(operation, new Filter { Name = name.Replace("<key>", "Name", StringComparison.Ordinal), Values = ["x"] });
            }
            catch (AwsException error) when (error.Message.StartsWith("The filter '", StringComparison.Ordinal))
            {
                unknown.Add($"{operation} {name}");
            }
        }

        unknown.ShouldBeEmpty();
    }

    [Fact]
    public void Every_implemented_operation_with_filters_is_looked_at()
    {
        var filtered = Ec2Api.Service.Operations.Where(operation => operation.Input.Members.ToArray().Any(member => member.Name is "Filters" or "Filter")).Select(operation => operation.Name);
        Documented().Select(pair => pair.Operation).Distinct().ShouldBe(filtered, ignoreOrder: true);
    }

    private async Task AskAsync(string name, Filter filter)
    {
        switch (name)
        {
            case "DescribeInstances":
                InstanceFilters.Instances.Compile([filter]);
                break;
            case "DescribeImportImageTasks" or "DescribeImportSnapshotTasks":
                ImportTaskOperations.Filters.Compile([filter]);
                break;
            case "DescribeExportImageTasks":
                ExportTaskOperations.Filters.Compile([filter]);
                break;
            case "DescribeInstanceCreditSpecifications":
                InstanceFilters.Credits.Compile([filter]);
                break;
            case "DescribeInstanceTopology":
                InstanceTopologies.Filters.Compile([filter]);
                break;
            case "DescribeHosts":
                DedicatedHostOperations.Filters.Compile([filter]);
                break;
            case "DescribeIamInstanceProfileAssociations":
                InstanceProfiles.Filters.Compile([filter]);
                break;
            case "DescribeInstanceEventWindows":
                ScheduledEventOperations.Filters.Compile([filter]);
                break;
            case "DescribeInstanceStatus":
                InstanceFilters.Statuses.Compile([filter]);
                break;
            default:
                var mapped = _table.Find(Ec2Api.Service.Operations.Single(operation => operation.Name == name))!;
                await mapped.InvokeAsync(Request(name, [filter]), Ec2World.CallOf(), Ec2World.Cancel);
                break;
        }
    }

    private IShape Request(string operation, Filter[] filters) => operation switch
    {
        "DescribeAddresses" => new DescribeAddressesRequest { Filters = filters },
        "DescribeAvailabilityZones" => new DescribeAvailabilityZonesRequest { Filters = filters },
        "DescribeCapacityReservations" => new DescribeCapacityReservationsRequest { Filters = filters },
        "DescribeDhcpOptions" => new DescribeDhcpOptionsRequest { Filters = filters },
        "DescribeFastLaunchImages" => new DescribeFastLaunchImagesRequest { Filters = filters },
        "DescribeFlowLogs" => new DescribeFlowLogsRequest { Filter = filters },
        "DescribeImages" => new DescribeImagesRequest { Filters = filters },
        "DescribeInstanceTypeOfferings" => new DescribeInstanceTypeOfferingsRequest { Filters = filters },
        "DescribeInstanceTypes" => new DescribeInstanceTypesRequest { Filters = filters },
        "DescribeInternetGateways" => new DescribeInternetGatewaysRequest { Filters = filters },
        "DescribeKeyPairs" => new DescribeKeyPairsRequest { Filters = filters },
        "DescribeLaunchTemplateVersions" => new DescribeLaunchTemplateVersionsRequest { Filters = filters, Versions = ["$Latest"] },
        "DescribeLaunchTemplates" => new DescribeLaunchTemplatesRequest { Filters = filters },
        "DescribeManagedPrefixLists" => new DescribeManagedPrefixListsRequest { Filters = filters },
        "DescribeNatGateways" => new DescribeNatGatewaysRequest { Filter = filters },
        "DescribeNetworkAcls" => new DescribeNetworkAclsRequest { Filters = filters },
        "DescribeNetworkInsightsAnalyses" => new DescribeNetworkInsightsAnalysesRequest { Filters = filters },
        "DescribeNetworkInsightsPaths" => new DescribeNetworkInsightsPathsRequest { Filters = filters },
        "DescribeNetworkInterfaces" => new DescribeNetworkInterfacesRequest { Filters = filters },
        "DescribePlacementGroups" => new DescribePlacementGroupsRequest { Filters = filters },
        "DescribePrefixLists" => new DescribePrefixListsRequest { Filters = filters },
        "DescribeRegions" => new DescribeRegionsRequest { Filters = filters },
        "DescribeReplaceRootVolumeTasks" => new DescribeReplaceRootVolumeTasksRequest { Filters = filters },
        "DescribeRouteTables" => new DescribeRouteTablesRequest { Filters = filters },
        "DescribeSecurityGroupRules" => new DescribeSecurityGroupRulesRequest { Filters = filters },
        "DescribeSecurityGroupVpcAssociations" => new DescribeSecurityGroupVpcAssociationsRequest { Filters = filters },
        "DescribeSecurityGroups" => new DescribeSecurityGroupsRequest { Filters = filters },
        "DescribeSnapshots" => new DescribeSnapshotsRequest { Filters = filters },
        "DescribeSubnets" => new DescribeSubnetsRequest { Filters = filters },
        "DescribeTags" => new DescribeTagsRequest { Filters = filters },
        "DescribeVolumeStatus" => new DescribeVolumeStatusRequest { Filters = filters },
        "DescribeVolumesModifications" => new DescribeVolumesModificationsRequest { Filters = filters },
        "DescribeVolumes" => new DescribeVolumesRequest { Filters = filters },
        "DescribeVpcPeeringConnections" => new DescribeVpcPeeringConnectionsRequest { Filters = filters },
        "DescribeLockedSnapshots" => new DescribeLockedSnapshotsRequest { Filters = filters },
        "DescribeVpcClassicLink" => new DescribeVpcClassicLinkRequest { Filters = filters },
        "DescribeVpcs" => new DescribeVpcsRequest { Filters = filters },
        "GetSecurityGroupsForVpc" => new GetSecurityGroupsForVpcRequest { VpcId = _world.DefaultVpc.Id, Filters = filters },
        "GetSubnetCidrReservations" => new GetSubnetCidrReservationsRequest { SubnetId = _world.FirstSubnet.Id, Filters = filters },
        _ => throw new ArgumentOutOfRangeException(nameof(operation), operation, "The operation's filters are documented but not asked for here."),
    };

    private static IEnumerable<(string Operation, string Filter)> Documented()
    {
        using var stream = typeof(DocumentedFilterTests).Assembly.GetManifestResourceStream("documented-filters.txt")!;
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line)
        {
            if (!line.StartsWith('#'))
            {
                yield return (line.Split(' ')[0], line.Split(' ')[1]);
            }
        }
    }
}
