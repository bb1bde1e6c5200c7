using Nines.Control.Reconcile;
using Nines.Control.Services.Ec2.ClientTokens;
using Nines.Control.Store;

namespace Nines.Control.Services.Ec2.CapacityReservations;

/// <summary>Ends reservations at their date, and forgets those that are over.</summary>
internal sealed class CapacityReservationReconciler(Cloud cloud, TimeProvider time) : IReconciler
{
    public string Name => "capacity-reservation";

    public async ValueTask<Outcome> ReconcileAsync(ResourceKey key, CancellationToken cancellationToken)
    {
        if (cloud.Find(CapacityReservation.Table, key.AccountId, key.Id) is not { } known || DueAt(known) is not { } due)
        {
            return Outcome.Settled;
        }

        var now = time.GetUtcNow();
        if (now < due)
        {
            return Outcome.After(due - now);
        }

        await cloud.WriteAsync(
            transaction =>
            {
                if (transaction.Find(CapacityReservation.Table, key.AccountId, key.Id) is not { } reservation || !(now >= DueAt(reservation)))
                {
                    return;
                }

                if (reservation.State == ReservationState.Active)
                {
                    CapacityReservationRules.End(transaction, reservation, ReservationState.Expired, reservation.EndDate!.Value);
                    return;
                }

                ClientToken.Forget(transaction, reservation.AccountId, CapacityReservationChanges.ResourceType, reservation.ClientToken);
                transaction.Delete(CapacityReservation.Table, reservation);
            },
            cancellationToken);
        return Outcome.Settled;
    }

    private static DateTimeOffset? DueAt(CapacityReservation reservation) => reservation.State != ReservationState.Active
        ? reservation.EndDate + CapacityReservation.Visible
        : reservation.IsLimited ? reservation.EndDate : null;
}
