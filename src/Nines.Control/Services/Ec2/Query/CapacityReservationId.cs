namespace Nines.Control.Services.Ec2.Query;

/// <summary>The id of a capacity reservation, <c>cr-…</c>.</summary>
internal readonly record struct CapacityReservationId(string Value) : IResourceId<CapacityReservationId>
{
    /// <inheritdoc/>
    public static ResourceKind Kind => ResourceKind.CapacityReservation;

    /// <inheritdoc/>
    public static CapacityReservationId Wrap(string value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => Value;
}
