using Nines.Api.Ec2;
using Nines.Control.Gateway;
using Nines.Control.Services.Ec2.Query;
using Nines.Control.Services.Ec2.Zones;
using Nines.Wire;

namespace Nines.Control.Services.Ec2.InstanceTypes;

/// <summary>What a client may ask about instance types.</summary>
internal sealed class InstanceTypeOperations(ZoneCatalog zones) : IOperations
{
    private static readonly PageLimits TypePages = new(5, 100) { Default = 100 };
    private static readonly PageLimits OfferingPages = new(5, 1000) { Default = 1000 };

    /// <summary>The filters of DescribeInstanceTypeOfferings.</summary>
    internal static readonly FilterSet<InstanceTypeOffering> OfferingFilters = new FilterSet<InstanceTypeOffering>()
        .Add("instance-type", offering => offering.InstanceType)
        .Add("location", offering => offering.Location);

    /// <inheritdoc/>
    public void Map(OperationTable table)
    {
        table.On(Ec2Api.DescribeInstanceTypes, DescribeInstanceTypesAsync);
        table.On(Ec2Api.DescribeInstanceTypeOfferings, DescribeInstanceTypeOfferingsAsync);
        table.On(Ec2Api.GetInstanceTypesFromInstanceRequirements, GetFromRequirementsAsync);
    }

    private ValueTask<DescribeInstanceTypesResult> DescribeInstanceTypesAsync(DescribeInstanceTypesRequest input, Call call, CancellationToken cancellationToken)
    {
        var matches = InstanceTypeFilters.All.Compile(input.Filters);
        var page = PageRequest.Parse(TypePages, input.MaxResults, input.NextToken, new PageScope("DescribeInstanceTypes", call.AccountId, input.Filters));
        var (items, next) = page.Take(Named(input.InstanceTypes).Select(type => type.Description).Where(matches), type => type.InstanceType!);
        return new(new DescribeInstanceTypesResult { InstanceTypes = items, NextToken = next });
    }

    private ValueTask<DescribeInstanceTypeOfferingsResult> DescribeInstanceTypeOfferingsAsync(
        DescribeInstanceTypeOfferingsRequest input, Call call, CancellationToken cancellationToken)
    {
        var locationType = input.LocationType ?? LocationType.Region;
        var matches = OfferingFilters.Compile(input.Filters);
        var page = PageRequest.Parse(
            OfferingPages, input.MaxResults, input.NextToken, new PageScope("DescribeInstanceTypeOfferings", call.AccountId, input.Filters, locationType));
        var offerings = InstanceTypeCatalog.All
            .SelectMany(type => Locations(locationType).Select(location =>
                new InstanceTypeOffering { InstanceType = type.Name, LocationType = locationType, Location = location }))
            .OrderBy(Key, StringComparer.Ordinal)
            .Where(matches);
        var (items, next) = page.Take(offerings, Key);
        return new(new DescribeInstanceTypeOfferingsResult { InstanceTypeOfferings = items, NextToken = next });

        static string Key(InstanceTypeOffering offering) => $"{offering.InstanceType}/{offering.Location}";
    }

    private ValueTask<GetInstanceTypesFromInstanceRequirementsResult> GetFromRequirementsAsync(
        GetInstanceTypesFromInstanceRequirementsRequest input, Call call, CancellationToken cancellationToken)
    {
        if (input is not { ArchitectureTypes: { Count: > 0 } architectures, VirtualizationTypes: { Count: > 0 } virtualizations, InstanceRequirements: { } asked })
        {
            throw Ec2Errors.MissingParameter("ArchitectureType, VirtualizationType and InstanceRequirements");
        }

        var matches = InstanceRequirementsRules.Compile(asked);
        var page = PageRequest.Parse(
            OfferingPages, input.MaxResults, input.NextToken, new PageScope("GetInstanceTypesFromInstanceRequirements", call.AccountId, null, [.. architectures, .. virtualizations, asked.ToString()]));
        var types = InstanceTypeCatalog.All.Where(type => type.Architectures.Intersect(architectures).Any()
            && type.Description.SupportedVirtualizationTypes!.Intersect(virtualizations).Any() && matches(type));
        var (items, next) = page.Take(types, type => type.Name);
        return new(new GetInstanceTypesFromInstanceRequirementsResult
        {
            InstanceTypes = [.. items.Select(type => new InstanceTypeInfoFromInstanceRequirements { InstanceType = type.Name })],
            NextToken = next,
        });
    }

    private static IEnumerable<InstanceType> Named(IReadOnlyList<string>? names)
    {
        if (names is null or [])
        {
            return InstanceTypeCatalog.All;
        }

        string[] unknown = [.. names.Where(name => InstanceTypeCatalog.Find(name) is null)];
        return unknown.Length == 0
            ? names.Distinct().Order(StringComparer.Ordinal).Select(InstanceTypeCatalog.Require)
            : throw new AwsException("InvalidInstanceType", $"The following supplied instance types do not exist: [{string.Join(", ", unknown)}]");
    }

    private IEnumerable<string> Locations(string type) => type switch
    {
        LocationType.Region => [zones.Region],
        LocationType.AvailabilityZone => zones.Zones.Select(zone => zone.Name),
        LocationType.AvailabilityZoneId => zones.Zones.Select(zone => zone.Id),
        LocationType.Outpost => [],
        _ => throw Ec2Errors.InvalidValue("locationType", type),
    };
}
