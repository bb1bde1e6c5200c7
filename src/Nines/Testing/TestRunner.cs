using System.Diagnostics;
using System.Text;
using Nines.Terminal;

namespace Nines.Testing;

/// <summary>Builds the tests and runs them suite by suite, each in its own process.</summary>
internal sealed class TestRunner(string root)
{
    /// <summary>Names this program to the tests that start clouds: what users have is tested, and, compiled ahead, it takes a third less of the processor than the tests' own copy.</summary>
    public const string ProgramVariable = "NINES_PROGRAM";

    private static readonly TimeSpan SuiteTimeout = TimeSpan.FromMinutes(80);

    public async Task<TestResult> RunAsync(IReadOnlyList<string> names, CancellationToken cancellationToken)
    {
        var suites = Choose(names, out var filters);
        await BuildAsync(suites, cancellationToken);
        if (suites.Any(suite => suite.NeedsRoot))
        {
            await InstallJavaScriptSdkAsync(cancellationToken);
        }

        var total = new TestResult(0, 0, 0);
        foreach (var suite in suites)
        {
            var result = await RunSuiteAsync(suite, filters, cancellationToken);
            total = new TestResult(total.Passed + result.Passed, total.Failed + result.Failed, total.Skipped + result.Skipped);
        }

        return total;
    }

    /// <summary>A name that is a suite's chooses it; any other name chooses tests in all suites by part of their name.</summary>
    private static List<TestSuite> Choose(IReadOnlyList<string> names, out List<string> filters)
    {
        var chosen = TestSuite.All.Where(suite => names.Any(name => IsSuite(suite, name))).ToList();
        filters = names.Where(name => !TestSuite.All.Any(suite => IsSuite(suite, name))).ToList();
        return chosen.Count > 0 ? chosen : [.. TestSuite.All];

        static bool IsSuite(TestSuite suite, string name) =>
            string.Equals(suite.Project, name, StringComparison.OrdinalIgnoreCase)
            || string.Equals(suite.Project, $"Nines.{name}", StringComparison.OrdinalIgnoreCase);
    }

    private async Task BuildAsync(IReadOnlyList<TestSuite> suites, CancellationToken cancellationToken)
    {
        var all = suites.Count == TestSuite.All.Count;
        IEnumerable<string> targets = all ? [Path.Combine(root, "Nines.slnx")] : suites.Select(suite => Path.Combine(root, "test", suite.Project));
        foreach (var target in targets)
        {
            await Step.RunAsync($"build {Path.GetFileName(target)}", progress =>
                RunQuietlyAsync(Tool.Dotnet, ["build", target, "-c", "Release", "-nologo", "-v:q"], root, cancellationToken));
        }
    }

    private Task InstallJavaScriptSdkAsync(CancellationToken cancellationToken)
    {
        var folder = Path.Combine(root, "test", "Nines.EndToEnd", "js");
        var stamp = Path.Combine(folder, "node_modules", ".package-lock.json");
        return !Directory.Exists(folder) || (File.Exists(stamp) && File.GetLastWriteTimeUtc(stamp) >= File.GetLastWriteTimeUtc(Path.Combine(folder, "package.json")))
            ? Task.CompletedTask
            : Step.RunAsync("install the AWS SDK for JavaScript", progress =>
                RunQuietlyAsync("npm", ["install", "--no-audit", "--no-fund", "--loglevel=error"], folder, cancellationToken));
    }

    private async Task<TestResult> RunSuiteAsync(TestSuite suite, List<string> filters, CancellationToken cancellationToken)
    {
        var program = Path.Combine(root, "artifacts", "bin", suite.Project, "release", suite.Project);
        var report = Path.Combine(root, "artifacts", $"{suite.Project}.xml");
        List<string> arguments = ["-noLogo", "-noColor", "-xml", report];
        arguments.AddRange(filters.SelectMany(filter => new[] { "-displayName", $"*{filter}*" }));
        var clock = Stopwatch.StartNew();
        Console.WriteLine($"== {suite.Project}");
        var output = new StringBuilder();
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(SuiteTimeout);
        var exitCode = await Tool.RunAsync(program, arguments, root, line =>
        {
            output.AppendLine(line);
            Console.WriteLine(line);
        }, timeout.Token, new Dictionary<string, string?> { [ProgramVariable] = Environment.ProcessPath });
        var result = TestResult.Parse(output.ToString(), exitCode);
        Console.WriteLine($"   {suite.Project}: {result.Passed} passed, {result.Failed} failed, {result.Skipped} skipped in {clock.Elapsed.TotalSeconds:0} s");
        foreach (var test in SlowTests.Read(report))
        {
            Console.WriteLine($"   {test.Time.TotalSeconds,5:0} s  {test.Name}");
        }

        return result;
    }

    private static async Task RunQuietlyAsync(string program, IReadOnlyList<string> arguments, string folder, CancellationToken cancellationToken)
    {
        var output = new StringBuilder();
        var exitCode = await Tool.RunAsync(program, arguments, folder, line => output.AppendLine(line), cancellationToken);
        if (exitCode != 0)
        {
            Console.WriteLine(output.ToString());
            throw new UserException($"{Path.GetFileName(program)} {string.Join(' ', arguments)} failed with exit code {exitCode}");
        }
    }
}
