using System.Globalization;

namespace Nines.Bench;

/// <summary>How large the bench <c>instant</c> is.</summary>
/// <param name="Launches">Launches from kept memory, one after the other.</param>
/// <param name="ColdLaunches">Launches that boot, one after the other.</param>
/// <param name="Fleet">Servers of one RunInstances.</param>
/// <param name="Idle">Servers that idle, at least the fleet.</param>
/// <param name="IdleSeconds">How long idle servers are watched.</param>
/// <param name="Hibernations">How often a server is hibernated and resumed.</param>
internal sealed record InstantOptions(int Launches = 20, int ColdLaunches = 5, int Fleet = 100, int Idle = 100, int IdleSeconds = 30, int Hibernations = 3)
{
    private const int Most = 1000;

    /// <summary>Reads pairs such as <c>--idle 300</c>; <see langword="null"/> and a message when they are wrong.</summary>
    public static (InstantOptions? Options, string? Wrong) Parse(IReadOnlyList<string> arguments)
    {
        var options = new InstantOptions();
        for (var index = 0; index < arguments.Count; index += 2)
        {
            if (index + 1 == arguments.Count || !int.TryParse(arguments[index + 1], NumberStyles.None, CultureInfo.InvariantCulture, out var value) || value > Most)
            {
                return (null, $"{arguments[index]} takes a number up to {Most}.");
            }

            InstantOptions? next = arguments[index] switch
            {
                "--launches" => options with { Launches = value },
                "--cold" => options with { ColdLaunches = value },
                "--fleet" => options with { Fleet = value },
                "--idle" => options with { Idle = value },
                "--idle-seconds" => options with { IdleSeconds = Math.Max(1, value) },
                "--hibernations" => options with { Hibernations = value },
                _ => null,
            };
            if (next is null)
            {
                return (null, $"There is no option '{arguments[index]}'. There are: --launches, --cold, --fleet, --idle, --idle-seconds, --hibernations.");
            }

            options = next;
        }

        return (options, null);
    }
}
