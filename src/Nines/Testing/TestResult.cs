using System.Globalization;
using System.Text.RegularExpressions;

namespace Nines.Testing;

/// <summary>What one suite counted.</summary>
internal sealed partial record TestResult(int Passed, int Failed, int Skipped)
{
    /// <summary>Reads the summary line of xUnit's own runner; a suite that printed none, or ended badly without a failure, counts as one failure.</summary>
    public static TestResult Parse(string output, int exitCode)
    {
        var match = Summary().Match(output);
        if (!match.Success)
        {
            return new TestResult(0, 1, 0);
        }

        var skipped = Number("skipped") + Number("notrun");
        var failed = Number("failed") + Number("errors");
        var passed = Number("total") - Number("failed") - skipped;
        return new TestResult(passed, failed == 0 && exitCode != 0 ? 1 : failed, skipped);

        int Number(string group) => int.Parse(match.Groups[group].ValueSpan, CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(@"Total: (?<total>\d+), Errors: (?<errors>\d+), Failed: (?<failed>\d+), Skipped: (?<skipped>\d+), Not Run: (?<notrun>\d+)")]
    private static partial Regex Summary();
}
