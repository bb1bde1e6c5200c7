using System.Text.RegularExpressions;

namespace Nines.Tidy;

public sealed partial class AuditTests
{
    /// <summary>What writes for the cloud itself and not for a caller.</summary>
    private static readonly string[] s_ownWriters = ["Reconciler.cs", "Resetter.cs", "Bootstrap.cs", "ImageCatalog.cs"];

    [Fact]
    public void What_answers_clients_writes_in_the_name_of_its_call()
    {
        var writers = SourceFiles.CSharp
            .Where(path => path.StartsWith("src/Nines.Control/Services/", StringComparison.Ordinal) && !s_ownWriters.Any(own => path.EndsWith(own, StringComparison.Ordinal)))
            .Select(path => (Path: path, Writes: Writes().Matches(SourceFiles.Read(path))))
            .Where(file => file.Writes.Count > 0)
            .ToList();

        writers.Count.ShouldBeGreaterThan(3);
        writers.SelectMany(file => file.Writes.Where(write => write.Groups["first"].Value != "call").Select(_ => file.Path)).ShouldBeEmpty();
    }

    [GeneratedRegex(@"\bcloud\.WriteAsync\(\s*(?<first>\w+)")]
    private static partial Regex Writes();
}
