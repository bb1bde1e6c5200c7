namespace Nines.Testing;

/// <summary>A test project and what it needs.</summary>
/// <param name="Project">Name of the project under <c>test/</c>.</param>
/// <param name="NeedsRoot">Whether it makes namespaces and boots real servers.</param>
internal sealed record TestSuite(string Project, bool NeedsRoot)
{
    /// <summary>All suites, cheap ones first, so that a simple mistake shows early.</summary>
    public static IReadOnlyList<TestSuite> All { get; } =
    [
        new("Nines.Tidy", NeedsRoot: false),
        new("Nines.Wire.Tests", NeedsRoot: false),
        new("Nines.Control.Tests", NeedsRoot: false),
        new("Nines.Host.Tests", NeedsRoot: false),
        new("Nines.Tests", NeedsRoot: false),
        new("Nines.Simulation", NeedsRoot: false),
        new("Nines.EndToEnd", NeedsRoot: true),
    ];
}
