using System.Text.RegularExpressions;

namespace Codegen.Emit;

/// <summary>Which tests with real clients show which operation, read from the attribute <c>[Covers("ec2", "RunInstances")]</c> before them.</summary>
internal sealed partial class CoveringTests
{
    private readonly Dictionary<(string Service, string Operation), SortedSet<string>> _tests = [];

    /// <summary>Reads the tests' sources.</summary>
    /// <param name="folder">Where they lie.</param>
    public CoveringTests(string folder)
    {
        foreach (var file in Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories))
        {
            Read(Path.GetFileNameWithoutExtension(file), File.ReadAllText(file));
        }
    }

    /// <summary>The tests of an operation, as <c>Class.Method</c>; empty when there is none.</summary>
    public IReadOnlyCollection<string> Of(string service, string operation) => _tests.TryGetValue((service, operation), out var tests) ? tests : [];

    private void Read(string type, string source)
    {
        foreach (Match covers in Covers().Matches(source))
        {
            var method = Method().Match(source, covers.Index + covers.Length).Groups[1].Value;
            string[] names = [.. Literal().Matches(covers.Value).Select(literal => literal.Groups[1].Value)];
            foreach (var operation in names.Skip(1))
            {
                if (!_tests.TryGetValue((names[0], operation), out var tests))
                {
                    _tests[(names[0], operation)] = tests = new SortedSet<string>(StringComparer.Ordinal);
                }

                tests.Add($"{type}.{method}");
            }
        }
    }

    [GeneratedRegex(@"\bCovers\(\s*""[^)]*\)")]
    private static partial Regex Covers();

    [GeneratedRegex(@"public (?:async )?[\w<>]+ (\w+)\(")]
    private static partial Regex Method();

    [GeneratedRegex(@"""([^""]*)""")]
    private static partial Regex Literal();
}
