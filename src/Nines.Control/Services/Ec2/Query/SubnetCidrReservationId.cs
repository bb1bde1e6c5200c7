namespace Nines.Control.Services.Ec2.Query;

/// <summary>The id of a reservation of a subnet's addresses, <c>scr-…</c>.</summary>
internal readonly record struct SubnetCidrReservationId(string Value) : IResourceId<SubnetCidrReservationId>
{
    /// <inheritdoc/>
    public static ResourceKind Kind => ResourceKind.SubnetCidrReservation;

    /// <inheritdoc/>
    public static SubnetCidrReservationId Wrap(string value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => Value;
}
