using Nines.Control.Services.Ec2.CapacityReservations;
using Nines.Control.Services.Ec2.DedicatedHosts;
using Nines.Control.Services.Ec2.Instances;
using Nines.Control.Store;

namespace Nines.Control.Hosts;

/// <summary>
/// How full every host is: what the records say, kept as they change, and what launches on their way have reserved. A
/// launch reserves first and then commits; each record that is seen takes the place of its reservation in one step. Two
/// launches at the same time never get the same room, neither waits for the other, and no room counts twice.
/// </summary>
internal sealed class HostLedger : IDisposable
{
    private readonly Cloud _cloud;
    private readonly PlacementOptions _options;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Demand> _used = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (HostReservation Reservation, int Index)> _assigned = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (HostReservation Room, int Places)> _promised = new(StringComparer.Ordinal);
    private readonly ReservationBook _book = new();
    private readonly HashSet<string> _claimed = new(StringComparer.Ordinal);
    private readonly IDisposable _subscription;
    private readonly IDisposable _reservations;
    private readonly long _loaded;

    /// <summary>Counts what the records say, and goes on counting.</summary>
    public HostLedger(Cloud cloud, PlacementOptions options)
    {
        _cloud = cloud;
        _options = options;
        lock (_lock)
        {
            _subscription = cloud.Subscribe(Instance.Table, OnChange);
            _reservations = cloud.Subscribe(CapacityReservation.Table, OnReservation);

            // A list is of one revision, but does not say of which: it is known when none passed meanwhile.
            do
            {
                _loaded = cloud.Revision;
                _used.Clear();
                _book.Clear();
                foreach (var reservation in cloud.ListAll(CapacityReservation.Table))
                {
                    _book.Set(reservation.Id, reservation);
                }

                foreach (var instance in cloud.ListAll(Instance.Table))
                {
                    Add(instance, 1);
                }
            }
            while (cloud.Revision != _loaded);
        }
    }

    /// <summary>Reserves room in a zone for up to <paramref name="count"/> alike machines; dispose of it after the commit.</summary>
    /// <param name="zone">The zone.</param>
    /// <param name="demand">What each machine takes.</param>
    /// <param name="count">The most machines.</param>
    /// <param name="onlyHostId">The one host that has what their disks start as; <see langword="null"/>: any of the zone.</param>
    /// <param name="group">The rule of the placement group that they come into, or <see langword="null"/>.</param>
    /// <param name="reserved">Places of capacity reservations that they take first.</param>
    /// <param name="machines">The machines of dedicated hosts that they are on; <see langword="null"/>: they are on those that are nobody's.</param>
    public HostReservation Reserve(string zone, Demand demand, int count, string? onlyHostId = null, GroupPlacement? group = null, ReservedPlaces? reserved = null, IReadOnlySet<string>? machines = null)
    {
        lock (_lock)
        {
            bool Serves(HostRecord host) => host.Zones.Contains(zone) && (onlyHostId is null || host.Id == onlyHostId) && (machines?.Contains(host.Id) ?? !IsDedicated(host.Id));
            if (group is null)
            {
                return Take(demand, count, Serves, reserved ?? ReservedPlaces.None);
            }

            var rooms = Rooms(Serves);

            var places = group.Choose(rooms, demand, count);
            return Take([.. places.Select(place => place.HostId)], demand, [.. places.Select(place => place.Partition)]);
        }
    }

    /// <summary>Reserves room on the one host that a stopped machine's disks lie on; empty when there is none.</summary>
    /// <param name="hostId">The host.</param>
    /// <param name="demand">What the machine takes.</param>
    /// <param name="reserved">Places of capacity reservations, one of which it takes where there is one.</param>
    /// <param name="isDedicated">Whether the machine is on a dedicated host of its account.</param>
    public HostReservation ReserveOn(string hostId, Demand demand, ReservedPlaces? reserved = null, bool isDedicated = false)
    {
        lock (_lock)
        {
            return Take(demand, 1, host => host.Id == hostId && IsDedicated(hostId) == isDedicated, reserved ?? ReservedPlaces.None);
        }
    }

    /// <summary>Holds places that are held already, while they go from one record to another; dispose of it after the commit.</summary>
    public HostReservation Hold(IReadOnlyList<string> hostIds, Demand demand)
    {
        lock (_lock)
        {
            return Take(hostIds, demand);
        }
    }

    /// <summary>Zones in which at least one such machine would fit, in their order.</summary>
    public IReadOnlyList<string> ZonesFor(Demand demand)
    {
        lock (_lock)
        {
            return [.. _cloud.ListAll(HostRecord.Table)
                .Where(host => !IsDedicated(host.Id) && demand.TimesIn(FreeOf(host), 1) > 0)
                .SelectMany(host => host.Zones).Distinct().Order(StringComparer.Ordinal)];
        }
    }

    /// <summary>Claims machines of a zone on which nothing is promised, for who makes them dedicated hosts; dispose of it after the commit.</summary>
    /// <param name="zone">The zone.</param>
    /// <param name="count">The most machines.</param>
    /// <param name="isEmpty">Whether nothing lies on a machine that its next owner must not meet.</param>
    public MachineClaim ClaimMachines(string zone, int count, Func<HostRecord, bool> isEmpty)
    {
        lock (_lock)
        {
            string[] claimed =
            [
                .. _cloud.ListAll(HostRecord.Table)
                    .Where(host => host.Zones.Contains(zone) && !IsDedicated(host.Id) && _used.GetValueOrDefault(host.Id) == default && _book.HeldOn(host.Id) == default && isEmpty(host))
                    .Select(host => host.Id).Order(StringComparer.Ordinal).Take(count),
            ];
            _claimed.UnionWith(claimed);
            return new MachineClaim(this, claimed);
        }
    }

    /// <summary>What a host offers, and what of it is not promised.</summary>
    public (Demand Capacity, Demand Free) RoomOn(string hostId)
    {
        lock (_lock)
        {
            return _cloud.Find(HostRecord.Table, HostRecord.Owner, hostId) is { } host ? (_options.CapacityOf(host), FreeOf(host)) : default;
        }
    }

    /// <summary>What is promised on a host.</summary>
    public Demand UsedOn(string hostId)
    {
        lock (_lock)
        {
            return _used.GetValueOrDefault(hostId);
        }
    }

    public void Dispose()
    {
        _subscription.Dispose();
        _reservations.Dispose();
    }

    internal void Assign(HostReservation reservation, IReadOnlyList<string> instanceIds)
    {
        lock (_lock)
        {
            reservation.InstanceIds = instanceIds;
            for (var index = 0; index < instanceIds.Count; index++)
            {
                _assigned[instanceIds[index]] = (reservation, index);
            }
        }
    }

    internal void Assign(HostReservation room, CapacityReservation reservation)
    {
        lock (_lock)
        {
            room.CapacityReservationId = reservation.Id;
            _promised[reservation.Id] = (room, reservation.Places.Length);
        }
    }

    internal void Return(MachineClaim claim)
    {
        lock (_lock)
        {
            _claimed.ExceptWith(claim.MachineIds);
        }
    }

    internal void Return(HostReservation reservation)
    {
        lock (_lock)
        {
            if (reservation.CapacityReservationId is { } promised && _promised.TryGetValue(promised, out var known) && known.Room == reservation)
            {
                _promised.Remove(promised);
            }

            for (var index = 0; index < reservation.HostIds.Count; index++)
            {
                Return(reservation, index);
            }

            foreach (var id in reservation.InstanceIds)
            {
                _assigned.Remove(id);
            }
        }
    }

    private void Return(HostReservation reservation, int index)
    {
        if (!reservation.Returned[index])
        {
            reservation.Returned[index] = true;
            Add(reservation.HostIds[index], default(Demand) - reservation.Demand);
            _book.Count(reservation.ReservationOf(index), reservation.HostIds[index], -1);
        }
    }

    /// <summary>Takes reserved places first, and then what room there is.</summary>
    private HostReservation Take(Demand demand, int count, Func<HostRecord, bool> serves, ReservedPlaces reserved)
    {
        HostRecord[] hosts = reserved.Ids.Count == 0 ? [] : [.. _cloud.ListAll(HostRecord.Table).Where(serves)];
        var places = _book.Free(reserved, hosts, count).ToList();
        var others = reserved.Only ? [] : Placement.Choose(Rooms(serves), demand, count - places.Count);
        if (places.Count == 0)
        {
            return Take(others, demand);
        }

        foreach (var (hostId, reservationId) in places)
        {
            Add(hostId, demand);
            _book.Count(reservationId, hostId, 1);
        }

        foreach (var hostId in others)
        {
            Add(hostId, demand);
        }

        return new HostReservation(this, [.. places.Select(place => place.HostId), .. others], demand)
        {
            Reservations = [.. places.Select(place => place.ReservationId), .. others.Select(_ => (string?)null)],
        };
    }

    private HostReservation Take(IReadOnlyList<string> hostIds, Demand demand, IReadOnlyList<int?>? partitions = null)
    {
        foreach (var hostId in hostIds)
        {
            Add(hostId, demand);
        }

        return new HostReservation(this, hostIds, demand) { Partitions = partitions };
    }

    private IEnumerable<HostRoom> Rooms(Func<HostRecord, bool> wanted) =>
        _cloud.ListAll(HostRecord.Table).Where(wanted).Select(host => new HostRoom(host.Id, FreeOf(host)));

    private bool IsDedicated(string hostId) => _claimed.Contains(hostId) || _cloud.CountBy(DedicatedHost.ByMachine, hostId) > 0;

    private Demand FreeOf(HostRecord host) => _options.CapacityOf(host) - _used.GetValueOrDefault(host.Id) - _book.HeldOn(host.Id);

    private void OnChange(Change<Instance> change)
    {
        lock (_lock)
        {
            if (change.Revision > _loaded)
            {
                Add(change.Before, -1);
                Add(change.After, 1);
                if (Demand.Of(change.After) != default && _assigned.Remove(change.Key.Id, out var room))
                {
                    Return(room.Reservation, room.Index);
                }
            }
        }
    }

    private void OnReservation(Change<CapacityReservation> change)
    {
        lock (_lock)
        {
            if (change.Revision > _loaded)
            {
                _book.Set(change.Key.Id, change.After);
                if (_promised.TryGetValue(change.Key.Id, out var promised) && change.After?.Places.Length == promised.Places)
                {
                    _promised.Remove(change.Key.Id);
                    for (var index = 0; index < promised.Room.HostIds.Count; index++)
                    {
                        Return(promised.Room, index);
                    }
                }
            }
        }
    }

    private void Add(Instance? instance, int times)
    {
        if (Demand.Of(instance) is var demand && demand != default)
        {
            Add(instance!.HostId, times > 0 ? demand : default(Demand) - demand);
            _book.Count(instance.CapacityReservationId, instance.HostId, times);
        }
    }

    private void Add(string? hostId, Demand demand)
    {
        if (hostId is not null)
        {
            _used[hostId] = _used.GetValueOrDefault(hostId) + demand;
        }
    }
}
