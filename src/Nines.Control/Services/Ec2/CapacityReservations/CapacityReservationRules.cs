using Nines.Control.Hosts;
using Nines.Control.Services.Ec2.Instances;
using Nines.Control.Services.Ec2.Query;
using Nines.Control.Store;
using Nines.Host.Api;

namespace Nines.Control.Services.Ec2.CapacityReservations;

/// <summary>Which reservations are for which instances.</summary>
internal static class CapacityReservationRules
{
    /// <summary>
    /// The reservations that instances of a type may run in, the oldest first. What is returned is found and not only listed: a reservation that ends at the same
    /// time makes the launch look again.
    /// </summary>
    /// <param name="platform">What is on the instances: capacity is reserved for Linux.</param>
    /// <param name="isInGroup">Whether the instances are in a placement group: no open reservation here is in one.</param>
    /// <exception cref="Nines.Wire.AwsException">The one that is named is not there, not active, or for something else.</exception>
    public static IReadOnlyList<CapacityReservation> For(CloudTransaction transaction, string accountId, string instanceType, GuestPlatform platform, CapacityChoice choice, bool isInGroup, DateTimeOffset now)
    {
        if (choice.ReservationId is { } id)
        {
            var named = transaction.Find(CapacityReservation.Table, accountId, id) ?? throw Ec2Errors.NotFound(ResourceKind.CapacityReservation, id);
            return !named.IsActiveAt(now) ? throw CapacityReservationErrors.NotActive(id)
                : named.InstanceType != instanceType ? throw CapacityReservationErrors.DoesNotFit(id, "instance type")
                : platform is not GuestPlatform.Linux ? throw CapacityReservationErrors.DoesNotFit(id, "platform")
                : isInGroup ? throw Ec2Errors.InvalidParameterCombination($"The capacity reservation '{id}' was not created in a placement group.")
                : [named];
        }

        return choice.Preference == Api.Ec2.CapacityReservationPreference.None || isInGroup || platform is not GuestPlatform.Linux ? [] :
        [
            .. transaction.List(CapacityReservation.Table, accountId)
                .Where(reservation => reservation.InstanceType == instanceType && !reservation.IsTargeted && reservation.IsActiveAt(now))
                .OrderBy(reservation => reservation.CreateDate).ThenBy(reservation => reservation.Id, StringComparer.Ordinal).ToList()
                .Select(reservation => transaction.Find(CapacityReservation.Table, accountId, reservation.Id)).OfType<CapacityReservation>(),
        ];
    }

    /// <summary>The places of those that lie in a zone.</summary>
    public static ReservedPlaces In(this IReadOnlyList<CapacityReservation> reservations, string zone, CapacityChoice choice) =>
        new([.. reservations.Where(reservation => reservation.Zone == zone).Select(reservation => reservation.Id)], choice.Preference is null);

    /// <summary>The instances that run in a reservation now.</summary>
    public static IEnumerable<Instance> Users(IReadOnlyCollection<Instance> named) => named.Where(instance => Demand.Of(instance) != default);

    /// <summary>Ends a reservation; its instances run on outside of it.</summary>
    public static void End(CloudTransaction transaction, CapacityReservation reservation, ReservationState state, DateTimeOffset now)
    {
        transaction.Put(CapacityReservation.Table, reservation with { State = state, EndDate = now });
        foreach (var instance in transaction.By(Instance.ByCapacityReservation, reservation.Id).ToList())
        {
            if (transaction.Find(Instance.Table, instance.AccountId, instance.Id) is { } found)
            {
                transaction.Put(Instance.Table, found with { CapacityReservationId = null });
            }
        }
    }
}
