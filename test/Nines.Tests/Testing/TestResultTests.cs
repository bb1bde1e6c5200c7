using Nines.Testing;
using TestResult = Nines.Testing.TestResult;

namespace Nines.Tests.Testing;

public sealed class TestResultTests
{
    [Fact]
    public void The_summary_line_is_counted() =>
        TestResult.Parse("   Nines.Tidy  Total: 10, Errors: 0, Failed: 2, Skipped: 1, Not Run: 1, Time: 0.242s\n", 1).ShouldBe(new TestResult(6, 2, 2));

    [Theory]
    [InlineData("", 0)]
    [InlineData("   Nines.Tidy  Total: 0\n", 0)]
    [InlineData("Unhandled exception.", 134)]
    public void A_suite_that_counted_nothing_has_failed(string output, int exitCode) =>
        TestResult.Parse(output, exitCode).ShouldBe(new TestResult(0, 1, 0));

    [Fact]
    public void A_bad_end_without_a_failure_is_a_failure() =>
        TestResult.Parse("Total: 3, Errors: 0, Failed: 0, Skipped: 0, Not Run: 0, Time: 1s", 134).Failed.ShouldBe(1);
}
