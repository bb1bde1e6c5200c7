using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Nines.Tidy;

/// <summary>Files and methods that a reader can hold in mind.</summary>
public sealed class LengthTests
{
    private const int MaxFileLines = 600;
    private const int MaxMethodLines = 70;
    private const int NinetyPercentFileLines = 350;
    private const int MedianFileLines = 120;

    [Fact]
    public void No_file_is_over_600_lines() =>
        Lengths().Where(file => file.Lines > MaxFileLines).ShouldBeEmpty();

    [Fact]
    public void Nine_files_in_ten_are_under_350_lines_and_half_under_120()
    {
        var lines = Lengths().Select(file => file.Lines).Order().ToList();
        lines[lines.Count / 2].ShouldBeLessThanOrEqualTo(MedianFileLines);
        lines[lines.Count * 9 / 10].ShouldBeLessThanOrEqualTo(NinetyPercentFileLines);
    }

    [Fact]
    public void No_method_is_over_70_lines()
    {
        var tooLong =
            from path in SourceFiles.CSharp.AsParallel()
            let tree = CSharpSyntaxTree.ParseText(SourceFiles.Read(path))
            from method in tree.GetRoot().DescendantNodes().OfType<BaseMethodDeclarationSyntax>()
            let span = tree.GetLineSpan(method.Span)
            let lines = span.EndLinePosition.Line - span.StartLinePosition.Line + 1
            where lines > MaxMethodLines
            select $"{path}:{span.StartLinePosition.Line + 1} {lines} lines";
        tooLong.ShouldBeEmpty();
    }

    private static IEnumerable<(string Path, int Lines)> Lengths() =>
        SourceFiles.CSharp.Select(path => (path, SourceFiles.Read(path).AsSpan().Count('\n')));
}
