namespace Nines.Control.Hosts;

/// <summary>Capacity reservations whose places a machine may take.</summary>
/// <param name="Ids">The reservations, in the order in which they are filled.</param>
/// <param name="Only">Whether the machine goes nowhere else.</param>
internal sealed record ReservedPlaces(IReadOnlyList<string> Ids, bool Only)
{
    /// <summary>No reservation's.</summary>
    public static readonly ReservedPlaces None = new([], Only: false);
}
