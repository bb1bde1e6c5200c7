using System.Globalization;

namespace Nines.Simulation.Scheduling;

/// <summary>The seeds of a run: those of every day, or the one that <c>NINES_SEED</c> names to see a failure again.</summary>
internal static class Seeds
{
    private const string Variable = "NINES_SEED";

    public static IEnumerable<TheoryDataRow<int>> Of(int count) =>
        int.TryParse(Environment.GetEnvironmentVariable(Variable), CultureInfo.InvariantCulture, out var seed)
            ? [new TheoryDataRow<int>(seed)]
            : Enumerable.Range(1, count).Select(number => new TheoryDataRow<int>(number));

    /// <summary>Says how to see a failure again.</summary>
    public static void Tell(int seed, Exception failure) => throw new SimulationFailedException(
        $"Seed {seed} fails; {Variable}={seed} shows it again. {failure.Message}", failure);
}
