using Nines.Control.Services.Ec2.CapacityReservations;

namespace Nines.Control.Hosts;

/// <summary>Room that is kept for a launch until its records are committed, or the launch has failed. Its ledger guards it.</summary>
internal sealed class HostReservation(HostLedger ledger, IReadOnlyList<string> hostIds, Demand demand) : IDisposable
{
    /// <summary>A host for each machine, in order; a host may occur several times.</summary>
    public IReadOnlyList<string> HostIds => hostIds;

    /// <summary>What each machine takes.</summary>
    public Demand Demand => demand;

    /// <summary>The partition of each machine's placement group, in their order; <see langword="null"/> where there are none.</summary>
    public IReadOnlyList<int?>? Partitions { get; init; }

    /// <summary>The partition of one machine.</summary>
    public int? PartitionOf(int index) => Partitions?[index];

    /// <summary>The capacity reservation whose place each machine takes, in their order; <see langword="null"/> where none takes one.</summary>
    public IReadOnlyList<string?>? Reservations { get; init; }

    /// <summary>The capacity reservation whose place one machine takes, or <see langword="null"/>.</summary>
    public string? ReservationOf(int index) => Reservations?[index];

    /// <summary>The capacity reservation that the room becomes places of, or <see langword="null"/>.</summary>
    internal string? CapacityReservationId { get; set; }

    /// <summary>The machines that the room is for, in the order of their hosts; empty until they have ids.</summary>
    internal IReadOnlyList<string> InstanceIds { get; set; } = [];

    /// <summary>Which machines' room is not this reservation's any more.</summary>
    internal bool[] Returned { get; } = new bool[hostIds.Count];

    /// <summary>Says which machines the room is for: as soon as the record of one is seen, it counts in place of its room here.</summary>
    public void AssignTo(IReadOnlyList<string> instanceIds) => ledger.Assign(this, instanceIds);

    /// <summary>Says which capacity reservation the room becomes places of: as soon as its record is seen, it counts in place of the room.</summary>
    public void AssignTo(CapacityReservation reservation) => ledger.Assign(this, reservation);

    /// <summary>Returns the room that no record has taken over.</summary>
    public void Dispose() => ledger.Return(this);
}
