using Nines.Api.Ec2;
using Nines.Control.Gateway;
using Nines.Control.Services.Ec2.Instances;
using Nines.Control.Services.Ec2.Query;
using Nines.Control.Services.Ec2.Tags;
using Nines.Control.Services.Ec2.Zones;
using Nines.Control.Store;
using Instance = Nines.Control.Services.Ec2.Instances.Instance;

namespace Nines.Control.Services.Ec2.CapacityReservations;

/// <summary>What a client may ask of capacity reservations.</summary>
internal sealed class CapacityReservationOperations(Cloud cloud, ZoneCatalog zones) : IOperations
{
    private static readonly PageLimits s_pages = new(1, 1000);

    /// <summary>The filters of DescribeCapacityReservations.</summary>
    internal static readonly FilterSet<Api.Ec2.CapacityReservation> Filters = new FilterSet<Api.Ec2.CapacityReservation>()
        .Add("availability-zone", reservation => reservation.AvailabilityZone)
        .Add("end-date", reservation => InstanceFilters.Time(reservation.EndDate))
        .Add("end-date-type", reservation => reservation.EndDateType)
        .Add("instance-match-criteria", reservation => reservation.InstanceMatchCriteria)
        .Add("instance-platform", reservation => reservation.InstancePlatform)
        .Add("instance-type", reservation => reservation.InstanceType)
        .Add("owner-id", reservation => reservation.OwnerId)
        .Add("start-date", reservation => InstanceFilters.Time(reservation.StartDate))
        .Add("state", reservation => reservation.State)
        .Add("tenancy", reservation => reservation.Tenancy)
        .AddNeverMatching("outpost-arn", "placement-group-arn")
        .AddTags(reservation => (reservation.Tags ?? []).ToDictionary(tag => tag.Key!, tag => tag.Value!));

    public void Map(OperationTable table)
    {
        table.On(Ec2Api.DescribeCapacityReservations, DescribeAsync);
        table.On(Ec2Api.GetCapacityReservationUsage, GetUsageAsync);
    }

    /// <summary>A reservation as answers show it.</summary>
    public static Api.Ec2.CapacityReservation Describe(CapacityReservation reservation, int used, ZoneCatalog zones, DateTimeOffset now) => new()
    {
        CapacityReservationId = reservation.Id,
        OwnerId = reservation.AccountId,
        CapacityReservationArn = $"arn:aws:ec2:{zones.Region}:{reservation.AccountId}:capacity-reservation/{reservation.Id}",
        AvailabilityZoneId = zones.Find(reservation.Zone)?.Id,
        InstanceType = reservation.InstanceType,
        InstancePlatform = CapacityReservationChanges.Platform,
        AvailabilityZone = reservation.Zone,
        Tenancy = CapacityReservationTenancy.Default,
        TotalInstanceCount = reservation.Places.Length,
        AvailableInstanceCount = AvailableIn(reservation, used, now),
        EbsOptimized = reservation.EbsOptimized,
        EphemeralStorage = reservation.EphemeralStorage,
        State = StateAt(reservation, now),
        StartDate = reservation.CreateDate,
        EndDate = reservation.EndDate,
        EndDateType = reservation.IsLimited ? EndDateType.Limited : EndDateType.Unlimited,
        InstanceMatchCriteria = reservation.IsTargeted ? InstanceMatchCriteria.Targeted : InstanceMatchCriteria.Open,
        CreateDate = reservation.CreateDate,
        Tags = reservation.Tags.ToApiOrNull(),
        CapacityAllocations = used == 0 ? [] : [new CapacityAllocation { AllocationType = AllocationType.Used, Count = used }],
        ReservationType = CapacityReservationType.Default,
    };

    private ValueTask<DescribeCapacityReservationsResult> DescribeAsync(DescribeCapacityReservationsRequest input, Call call, CancellationToken cancellationToken)
    {
        PageRequest.RefuseWithIds(input.MaxResults, input.CapacityReservationIds, "capacityReservationIds");
        var matches = Filters.Compile(input.Filters);
        var page = PageRequest.Parse(s_pages, input.MaxResults, input.NextToken, new PageScope("DescribeCapacityReservations", call.AccountId, input.Filters));
        var reservations = Lookup.Select<CapacityReservation, CapacityReservationId>(cloud, CapacityReservation.Table, call.AccountId, input.CapacityReservationIds, page.AfterKey)
            .Select(reservation => Describe(reservation, UsedOf(reservation), zones, call.Now));
        var (items, next) = page.Take(reservations.Where(matches), reservation => reservation.CapacityReservationId!);
        return new(new DescribeCapacityReservationsResult { CapacityReservations = items, NextToken = next });
    }

    private ValueTask<GetCapacityReservationUsageResult> GetUsageAsync(GetCapacityReservationUsageRequest input, Call call, CancellationToken cancellationToken)
    {
        _ = PageRequest.Parse(s_pages, input.MaxResults, input.NextToken, new PageScope("GetCapacityReservationUsage", call.AccountId, null, input.CapacityReservationId));
        var id = ResourceId.Parse<CapacityReservationId>(input.CapacityReservationId ?? throw Ec2Errors.MissingParameter("CapacityReservationId")).Value;
        var reservation = cloud.Find(CapacityReservation.Table, call.AccountId, id) ?? throw Ec2Errors.NotFound(ResourceKind.CapacityReservation, id);
        var used = UsedOf(reservation);
        return new(new GetCapacityReservationUsageResult
        {
            CapacityReservationId = id,
            InstanceType = reservation.InstanceType,
            TotalInstanceCount = reservation.Places.Length,
            AvailableInstanceCount = AvailableIn(reservation, used, call.Now),
            State = StateAt(reservation, call.Now),

            // Reservations are not shared between accounts: their owner's use is all.
            InstanceUsages = used == 0 ? [] : [new InstanceUsage { AccountId = reservation.AccountId, UsedInstanceCount = used }],
        });
    }

    private int UsedOf(CapacityReservation reservation) => CapacityReservationRules.Users(cloud.By(Instance.ByCapacityReservation, reservation.Id)).Count();

    private static int AvailableIn(CapacityReservation reservation, int used, DateTimeOffset now) => reservation.IsActiveAt(now) ? reservation.Places.Length - used : 0;

    private static string StateAt(CapacityReservation reservation, DateTimeOffset now) => reservation.State switch
    {
        ReservationState.Cancelled => CapacityReservationState.Cancelled,
        _ => reservation.IsActiveAt(now) ? CapacityReservationState.Active : CapacityReservationState.Expired,
    };
}
