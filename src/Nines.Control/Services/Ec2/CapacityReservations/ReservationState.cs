namespace Nines.Control.Services.Ec2.CapacityReservations;

/// <summary>The life of a capacity reservation, as far as this cloud has it: capacity is there at once or not at all.</summary>
internal enum ReservationState
{
    /// <summary>The capacity is held.</summary>
    Active,

    /// <summary>Its end date came.</summary>
    Expired,

    /// <summary>Its owner gave it up.</summary>
    Cancelled,
}
