using System.Diagnostics.Metrics;

namespace Nines.Control;

/// <summary>The meter of everything that Nines measures about itself.</summary>
internal static class Meters
{
    public const string Name = "Nines";

    public static readonly Meter Nines = new(Name);
}
