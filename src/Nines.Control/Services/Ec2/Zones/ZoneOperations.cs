using Nines.Api.Ec2;
using Nines.Control.Gateway;
using Nines.Control.Services.Ec2.Query;

namespace Nines.Control.Services.Ec2.Zones;

/// <summary>What a client may ask about the region and its zones.</summary>
internal sealed class ZoneOperations(ZoneCatalog catalog) : IOperations
{
    private const string OptedIn = "opt-in-not-required";

    /// <summary>The filters of DescribeAvailabilityZones.</summary>
    internal static readonly FilterSet<AvailabilityZone> ZoneFilters = new FilterSet<AvailabilityZone>()
        .Add("group-name", zone => zone.GroupName)
        .AddNeverMatching("message", "parent-zone-id", "parent-zone-name")
        .Add("opt-in-status", zone => zone.OptInStatus)
        .Add("region-name", zone => zone.RegionName)
        .Add("state", zone => zone.State)
        .Add("zone-id", zone => zone.ZoneId)
        .Add("zone-name", zone => zone.ZoneName)
        .Add("zone-type", zone => zone.ZoneType);

    /// <summary>The filters of DescribeRegions.</summary>
    internal static readonly FilterSet<Region> RegionFilters = new FilterSet<Region>()
        .Add("endpoint", region => region.Endpoint)
        .Add("opt-in-status", region => region.OptInStatus)
        .Add("region-name", region => region.RegionName);

    /// <inheritdoc/>
    public void Map(OperationTable table)
    {
        table.On(Ec2Api.DescribeAvailabilityZones, DescribeAvailabilityZonesAsync);
        table.On(Ec2Api.DescribeRegions, DescribeRegionsAsync);
    }

    private ValueTask<DescribeAvailabilityZonesResult> DescribeAvailabilityZonesAsync(DescribeAvailabilityZonesRequest input, Call call, CancellationToken cancellationToken)
    {
        var matches = ZoneFilters.Compile(input.Filters);
        Require(input.ZoneNames, name => catalog.Find(name) is not null, "Invalid availability zone");
        Require(input.ZoneIds, id => catalog.FindById(id) is not null, "Invalid availability zone-id");
        var zones = catalog.Zones
            .Where(zone => input.ZoneNames is null or [] || input.ZoneNames.Contains(zone.Name))
            .Where(zone => input.ZoneIds is null or [] || input.ZoneIds.Contains(zone.Id))
            .Select(Describe);
        return new(new DescribeAvailabilityZonesResult { AvailabilityZones = [.. zones.Where(matches)] });
    }

    private ValueTask<DescribeRegionsResult> DescribeRegionsAsync(DescribeRegionsRequest input, Call call, CancellationToken cancellationToken)
    {
        var matches = RegionFilters.Compile(input.Filters);
        Require(input.RegionNames, name => name == catalog.Region, "Invalid region name");
        Region[] regions = [new Region { RegionName = catalog.Region, Endpoint = catalog.Endpoint, OptInStatus = OptedIn }];
        return new(new DescribeRegionsResult { Regions = [.. regions.Where(matches)] });
    }

    private AvailabilityZone Describe(Zone zone) => new()
    {
        ZoneName = zone.Name,
        ZoneId = zone.Id,
        GroupName = zone.GroupName,
        RegionName = catalog.Region,
        NetworkBorderGroup = catalog.Region,
        State = AvailabilityZoneState.Available,
        OptInStatus = OptedIn,
        ZoneType = "availability-zone",
        Messages = [],
    };

    private static void Require(IReadOnlyList<string>? names, Predicate<string> isKnown, string complaint)
    {
        string[] unknown = [.. (names ?? []).Where(name => !isKnown(name))];
        if (unknown.Length > 0)
        {
            throw Ec2Errors.InvalidParameterValue($"{complaint}: [{string.Join(", ", unknown)}]");
        }
    }
}
