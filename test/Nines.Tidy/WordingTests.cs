using System.Text.RegularExpressions;

namespace Nines.Tidy;

/// <summary>What must not be in the text of the project.</summary>
public sealed class WordingTests
{
    [Fact]
    public void Nothing_is_left_to_do_without_a_place_to_find_it() =>
        Offenders(@"\b(TODO|FIXME|XXX)\b", path => path.EndsWith(".cs", StringComparison.Ordinal)).ShouldBeEmpty();

    [Fact]
    public void No_test_is_switched_off() =>
        Offenders(@"\[(Fact|Theory)\([^)]*Skip\s*=", path => path.StartsWith("test/", StringComparison.Ordinal)).ShouldBeEmpty();

    [Fact]
    public void No_test_waits_by_sleeping() =>
        Offenders(@"Thread\.Sleep\(", path => path.StartsWith("test/", StringComparison.Ordinal)).ShouldBeEmpty();

    [Fact]
    public void Every_link_between_documents_leads_somewhere()
    {
        var broken =
            from path in SourceFiles.All
            where path.EndsWith(".md", StringComparison.Ordinal)
            from Match link in Regex.Matches(SourceFiles.Read(path), @"\]\((?<target>[^)#:]+)(#[^)]*)?\)")
            let target = Path.GetFullPath(Path.Combine(SourceFiles.Root, Path.GetDirectoryName(path)!, link.Groups["target"].Value))
            where !Path.Exists(target)
            select $"{path} -> {link.Groups["target"].Value}";
        broken.ShouldBeEmpty();
    }

    [Fact]
    public void Every_path_that_a_document_names_exists()
    {
        var gone =
            from path in SourceFiles.All
            where path.EndsWith(".md", StringComparison.Ordinal)
            from Match name in Regex.Matches(SourceFiles.Read(path), @"`(?<path>(src|test|tools|images|models|docs|bench)/[\w./-]+)`")
            where !Path.Exists(Path.Combine(SourceFiles.Root, name.Groups["path"].Value))
            select $"{path} names {name.Groups["path"].Value}";
        gone.ShouldBeEmpty();
    }

    private static IEnumerable<string> Offenders(string pattern, Func<string, bool> applies) =>
        from path in SourceFiles.CSharp
        where applies(path) && !path.EndsWith("Tidy/WordingTests.cs", StringComparison.Ordinal)
        from line in SourceFiles.Read(path).Split('\n').Index()
        where Regex.IsMatch(line.Item, pattern)
        select $"{path}:{line.Index + 1} {line.Item.Trim()}";
}
