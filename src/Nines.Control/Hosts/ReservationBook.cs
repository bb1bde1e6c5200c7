using Nines.Control.Services.Ec2.CapacityReservations;
using Nines.Control.Store;

namespace Nines.Control.Hosts;

/// <summary>
/// The places of capacity reservations on each host, and which of them machines are at. A place that nobody is at is held: it takes as much of its host as a machine.
/// Not thread-safe: the ledger guards it.
/// </summary>
internal sealed class ReservationBook
{
    private readonly Dictionary<string, (Demand Demand, Dictionary<string, int> Places)> _reservations = new(StringComparer.Ordinal);
    private readonly Dictionary<(string ReservationId, string HostId), int> _taken = [];

    /// <summary>Begins anew.</summary>
    public void Clear()
    {
        _reservations.Clear();
        _taken.Clear();
    }

    /// <summary>What a reservation is now; one that is over has no places.</summary>
    public void Set(string id, CapacityReservation? reservation)
    {
        if (reservation is { State: ReservationState.Active })
        {
            _reservations[id] = (reservation.Demand, reservation.Places.CountBy(host => host).ToDictionary(StringComparer.Ordinal));
        }
        else
        {
            _reservations.Remove(id);
        }
    }

    /// <summary>A machine comes to a place, or leaves it.</summary>
    public void Count(string? reservationId, string? hostId, int difference)
    {
        if (reservationId is null || hostId is null)
        {
            return;
        }

        var key = (reservationId, hostId);
        if ((_taken[key] = _taken.GetValueOrDefault(key) + difference) == 0)
        {
            _taken.Remove(key);
        }
    }

    /// <summary>What the places on a host take that no machine is at.</summary>
    public Demand HeldOn(string hostId)
    {
        var held = default(Demand);
        foreach (var (id, (demand, _)) in _reservations)
        {
            for (var free = FreeOn(id, hostId); free > 0; free--)
            {
                held += demand;
            }
        }

        return held;
    }

    /// <summary>Free places of some reservations, in their order, at most so many.</summary>
    /// <param name="hosts">The hosts that will do, in the order in which they are filled.</param>
    public IEnumerable<(string HostId, string ReservationId)> Free(ReservedPlaces reserved, IReadOnlyCollection<HostRecord> hosts, int count) =>
        reserved.Ids.SelectMany(id => hosts.SelectMany(host => Enumerable.Repeat((host.Id, id), Math.Max(0, FreeOn(id, host.Id))))).Take(count);

    private int FreeOn(string reservationId, string hostId) => _reservations.TryGetValue(reservationId, out var reservation)
        ? reservation.Places.GetValueOrDefault(hostId) - _taken.GetValueOrDefault((reservationId, hostId))
        : 0;
}
