using Nines.Api.Ec2;
using Nines.Control.Audit;
using Nines.Control.Gateway;
using Nines.Control.Hosts;
using Nines.Control.Ids;
using Nines.Control.Services.Ec2.ClientTokens;
using Nines.Control.Services.Ec2.Instances;
using Nines.Control.Services.Ec2.InstanceTypes;
using Nines.Control.Services.Ec2.Query;
using Nines.Control.Services.Ec2.Tags;
using Nines.Control.Services.Ec2.Zones;
using Nines.Control.Store;
using Nines.Host.Api;
using Instance = Nines.Control.Services.Ec2.Instances.Instance;
using InstanceState = Nines.Control.Services.Ec2.Instances.InstanceState;

namespace Nines.Control.Services.Ec2.CapacityReservations;

/// <summary>Making, changing and giving up capacity reservations. Room is taken in the ledger first and then recorded, as for launches.</summary>
internal sealed class CapacityReservationChanges(Cloud cloud, IIdSource ids, HostLedger ledger, ZoneCatalog zones) : IOperations
{
    /// <summary>Its type in tag specifications.</summary>
    public const string ResourceType = "capacity-reservation";

    /// <summary>What the instances of this cloud run.</summary>
    public const string Platform = CapacityReservationInstancePlatform.LinuxUNIX;

    private const int MaximumCount = 1000;

    public void Map(OperationTable table)
    {
        table.On(Ec2Api.CreateCapacityReservation, CreateAsync, answersDryRun: true);
        table.On(Ec2Api.ModifyCapacityReservation, ModifyAsync, answersDryRun: true);
        table.On(Ec2Api.CancelCapacityReservation, CancelAsync, answersDryRun: true);
        table.On(Ec2Api.ModifyInstanceCapacityReservationAttributes, ModifyInstanceAsync, answersDryRun: true);
    }

    private async ValueTask<CreateCapacityReservationResult> CreateAsync(CreateCapacityReservationRequest input, Call call, CancellationToken cancellationToken)
    {
        var asked = Parse(input, call);
        var count = ParseCount(input.InstanceCount ?? throw Ec2Errors.MissingParameter("InstanceCount"));
        var fingerprint = ClientToken.FingerprintOf(input with { ClientToken = null, DryRun = null });
        HostReservation? room = null;
        try
        {
            var (made, used) = await cloud.WriteAsync(
                call,
                transaction =>
                {
                    // The body runs again when it lost a race: what it reserved then is not what it needs now.
                    room?.Dispose();
                    room = null;
                    if (ClientToken.MadeBefore(transaction, call.AccountId, ResourceType, asked.ClientToken, fingerprint) is { } earlier)
                    {
                        return (transaction.Find(CapacityReservation.Table, call.AccountId, earlier)!, CapacityReservationRules.Users(transaction.By(Instance.ByCapacityReservation, earlier)).Count());
                    }

                    var fitting = asked.IsTargeted ? [] : Fitting(transaction, asked, count);
                    room = Reserve(asked, count - fitting.Count);
                    call.AnswerDryRun();
                    var reservation = asked with { Id = ids.Next(ResourceKind.CapacityReservation.Prefix), Places = [.. fitting.Select(instance => instance.HostId!), .. room.HostIds] };
                    transaction.Insert(CapacityReservation.Table, reservation);
                    fitting.ForEach(instance => transaction.Put(Instance.Table, instance with { CapacityReservationId = reservation.Id }));
                    ClientToken.Remember(transaction, call.AccountId, ResourceType, asked.ClientToken, fingerprint, reservation.Id);
                    room.AssignTo(reservation);
                    return (reservation, fitting.Count);
                },
                cancellationToken);
            return new CreateCapacityReservationResult { CapacityReservation = CapacityReservationOperations.Describe(made, used, zones, call.Now) };
        }
        finally
        {
            room?.Dispose();
        }
    }

    private async ValueTask<ModifyCapacityReservationResult> ModifyAsync(ModifyCapacityReservationRequest input, Call call, CancellationToken cancellationToken)
    {
        var id = ResourceId.Parse<CapacityReservationId>(input.CapacityReservationId ?? throw Ec2Errors.MissingParameter("CapacityReservationId")).Value;
        if (input is { InstanceCount: null, EndDate: null, EndDateType: null, InstanceMatchCriteria: null, Accept: null, AdditionalInfo: null })
        {
            throw Ec2Errors.MissingParameter("InstanceCount, EndDate, EndDateType or InstanceMatchCriteria");
        }

        HostReservation? room = null;
        try
        {
            await cloud.WriteAsync(
                call,
                transaction =>
                {
                    room?.Dispose();
                    room = null;
                    var known = Demand(transaction, call, id);
                    var (isLimited, endDate) = input.EndDate is null && input.EndDateType is null ? (known.IsLimited, known.EndDate) : ParseEnd(input.EndDateType, input.EndDate, call.Now);
                    var next = known with
                    {
                        IsLimited = isLimited,
                        EndDate = endDate,
                        IsTargeted = input.InstanceMatchCriteria is { } criteria ? ParseTargeted(criteria) : known.IsTargeted,
                    };
                    next = input.InstanceCount is { } count ? Resize(transaction, next, ParseCount(count), out room) : next;
                    call.AnswerDryRun();
                    transaction.Put(CapacityReservation.Table, next);
                    room?.AssignTo(next);
                },
                cancellationToken);
            return new ModifyCapacityReservationResult { Return = true };
        }
        finally
        {
            room?.Dispose();
        }
    }

    private async ValueTask<CancelCapacityReservationResult> CancelAsync(CancelCapacityReservationRequest input, Call call, CancellationToken cancellationToken)
    {
        var id = ResourceId.Parse<CapacityReservationId>(input.CapacityReservationId ?? throw Ec2Errors.MissingParameter("CapacityReservationId")).Value;
        await cloud.WriteAsync(
            call,
            transaction =>
            {
                var reservation = Demand(transaction, call, id);
                call.AnswerDryRun();
                CapacityReservationRules.End(transaction, reservation, ReservationState.Cancelled, call.Now);
            },
            cancellationToken);
        return new CancelCapacityReservationResult { Return = true };
    }

    /// <summary>Says which reservations a stopped instance may run in from its next start on.</summary>
    private async ValueTask<ModifyInstanceCapacityReservationAttributesResult> ModifyInstanceAsync(
        ModifyInstanceCapacityReservationAttributesRequest input, Call call, CancellationToken cancellationToken)
    {
        var instanceId = ResourceId.Parse<InstanceId>(input.InstanceId ?? throw Ec2Errors.MissingParameter("InstanceId"));
        var choice = CapacityChoice.Parse(input.CapacityReservationSpecification ?? throw Ec2Errors.MissingParameter("CapacityReservationSpecification"));
        await cloud.WriteAsync(
            call,
            transaction =>
            {
                var instance = InstanceLookup.FindAll(transaction, call.AccountId, [instanceId])[0];
                if (instance.State != InstanceState.Stopped)
                {
                    throw InstanceErrors.NotStopped(instance.Id);
                }

                var named = CapacityReservationRules.For(transaction, call.AccountId, instance.InstanceType, instance.Platform, choice, instance.PlacementGroupId is not null, call.Now);
                if (choice.ReservationId is { } id && named[0].Zone != instance.Zone)
                {
                    throw CapacityReservationErrors.DoesNotFit(id, "Availability Zone");
                }

                call.AnswerDryRun();
                transaction.Put(Instance.Table, instance with { CapacityChoice = choice == CapacityChoice.Open ? null : choice });
            },
            cancellationToken);
        return new ModifyInstanceCapacityReservationAttributesResult { Return = true };
    }

    /// <summary>Instances that run outside of any reservation and would have been launched into this one (EC2 User Guide: On-Demand Capacity Reservations).</summary>
    private static List<Instance> Fitting(CloudTransaction transaction, CapacityReservation asked, int count) =>
    [
        .. transaction.List(Instance.Table, asked.AccountId)
            .Where(instance => instance is { State: InstanceState.Pending or InstanceState.Running, HostId: not null, CapacityReservationId: null, CapacityChoice: null, PlacementGroupId: null }
                && instance.InstanceType == asked.InstanceType && instance.Platform is GuestPlatform.Linux && instance.Zone == asked.Zone)
            .OrderBy(instance => instance.Id, StringComparer.Ordinal)
            .Take(count).ToList()
            .Select(instance => transaction.Find(Instance.Table, instance.AccountId, instance.Id)).OfType<Instance>(),
    ];

    private HostReservation Reserve(CapacityReservation reservation, int count)
    {
        var room = ledger.Reserve(reservation.Zone, reservation.Demand, count);
        if (room.HostIds.Count == count)
        {
            return room;
        }

        room.Dispose();
        var others = count > 1 ? [] : ledger.ZonesFor(reservation.Demand).Where(zone => zone != reservation.Zone);
        throw InstanceErrors.InsufficientCapacity(reservation.InstanceType, reservation.Zone, [.. others]);
    }

    /// <summary>More places, or fewer: those that no instance is at.</summary>
    private CapacityReservation Resize(CloudTransaction transaction, CapacityReservation reservation, int count, out HostReservation? room)
    {
        room = null;
        if (count >= reservation.Places.Length)
        {
            room = Reserve(reservation, count - reservation.Places.Length);
            return reservation with { Places = reservation.Places.AddRange(room.HostIds) };
        }

        var users = CapacityReservationRules.Users(transaction.By(Instance.ByCapacityReservation, reservation.Id)).Select(instance => instance.HostId!).ToList();
        if (count < users.Count)
        {
            throw CapacityReservationErrors.InUse(reservation.Id, users.Count);
        }

        var free = reservation.Places.ToList();
        users.ForEach(host => free.Remove(host));
        return reservation with { Places = [.. users, .. free.Take(count - users.Count)] };
    }

    /// <summary>A reservation of the caller's that holds.</summary>
    /// <exception cref="Nines.Wire.AwsException"><c>InvalidCapacityReservationId.NotFound</c>, <c>InvalidCapacityReservationState</c>.</exception>
    public static CapacityReservation Demand(CloudTransaction transaction, Call call, string id)
    {
        var reservation = transaction.Find(CapacityReservation.Table, call.AccountId, id) ?? throw Ec2Errors.NotFound(ResourceKind.CapacityReservation, id);
        return reservation.IsActiveAt(call.Now) ? reservation : throw CapacityReservationErrors.NotActive(id);
    }

    private CapacityReservation Parse(CreateCapacityReservationRequest input, Call call)
    {
        if (input.Tenancy is not (null or CapacityReservationTenancy.Default))
        {
            throw input.Tenancy == CapacityReservationTenancy.Dedicated
                ? Ec2Errors.Unsupported("Capacity reservations of this cloud have the tenancy 'default'.")
                : Ec2Errors.InvalidValue("tenancy", input.Tenancy, "Valid values are default and dedicated.");
        }

        if (input.OutpostArn is not null)
        {
            throw Ec2Errors.NoOutposts();
        }

        if (input.PlacementGroupArn is not null)
        {
            throw Ec2Errors.Unsupported("Capacity reservations of this cloud are not in placement groups.");
        }

        var type = InstanceTypeCatalog.Require(input.InstanceType ?? throw Ec2Errors.MissingParameter("InstanceType"));
        CheckPlatform(input.InstancePlatform ?? throw Ec2Errors.MissingParameter("InstancePlatform"));
        var (isLimited, endDate) = ParseEnd(input.EndDateType, input.EndDate, call.Now);
        return new CapacityReservation
        {
            AccountId = call.AccountId,
            Id = "",
            InstanceType = type.Name,
            VCpus = type.VCpus,
            MemoryMiB = type.MemoryMiB,
            Zone = ParseZone(input.AvailabilityZone, input.AvailabilityZoneId),
            Places = [],
            IsTargeted = input.InstanceMatchCriteria is { } criteria && ParseTargeted(criteria),
            EbsOptimized = input.EbsOptimized ?? false,
            EphemeralStorage = input.EphemeralStorage ?? false,
            CreateDate = InstancePlan.WholeSecond(call.Now),
            EndDate = endDate,
            IsLimited = isLimited,
            ClientToken = ClientToken.Parse(input.ClientToken),
            Tags = TagRules.Parse(input.TagSpecifications, ResourceType).For(ResourceType),
        };
    }

    private string ParseZone(string? name, string? id) => (name, id) switch
    {
        (null, null) => throw Ec2Errors.MissingParameter("AvailabilityZone"),
        (not null, not null) => throw Ec2Errors.InvalidParameterCombination("The parameter AvailabilityZone cannot be used with the parameter AvailabilityZoneId"),
        _ => zones.Zones.FirstOrDefault(zone => zone.Name == name || zone.Id == id)?.Name ?? throw Ec2Errors.InvalidParameterValue($"Invalid availability zone: [{name ?? id}]"),
    };

    private static void CheckPlatform(string platform)
    {
        if (platform != Platform)
        {
            throw CapacityReservationInstancePlatform.All.Contains(platform)
                ? Ec2Errors.Unsupported($"The instances of this cloud have the platform '{Platform}'.")
                : Ec2Errors.InvalidValue("instancePlatform", platform, $"Valid values are {string.Join(", ", CapacityReservationInstancePlatform.All)}.");
        }
    }

    /// <summary>A number of instances.</summary>
    /// <exception cref="Nines.Wire.AwsException"><c>InvalidParameterValue</c>.</exception>
    public static int ParseCount(int count) => count is >= 1 and <= MaximumCount
        ? count
        : throw Ec2Errors.InvalidValue("instanceCount", $"{count}", $"Expecting a number between 1 and {MaximumCount}.");

    private static bool ParseTargeted(string criteria) => criteria switch
    {
        InstanceMatchCriteria.Open => false,
        InstanceMatchCriteria.Targeted => true,
        _ => throw Ec2Errors.InvalidValue("instanceMatchCriteria", criteria, "Valid values are open and targeted."),
    };

    private static (bool IsLimited, DateTimeOffset? EndDate) ParseEnd(string? type, DateTimeOffset? date, DateTimeOffset now) => (type, date) switch
    {
        (null or EndDateType.Unlimited, null) => (false, null),
        (EndDateType.Unlimited, _) => throw Ec2Errors.InvalidParameterCombination("The parameter EndDate cannot be used with the EndDateType 'unlimited'"),
        (EndDateType.Limited, null) => throw Ec2Errors.MissingParameter("EndDate"),
        (null or EndDateType.Limited, { } end) => end > now ? (true, end) : throw Ec2Errors.InvalidValue("endDate", InstanceFilters.Time(end), "The date must be in the future."),
        _ => throw Ec2Errors.InvalidValue("endDateType", type, "Valid values are unlimited and limited."),
    };
}
