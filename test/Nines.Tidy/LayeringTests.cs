using System.Xml.Linq;

namespace Nines.Tidy;

/// <summary>Who may know whom: the arrows of ARCHITECTURE.md.</summary>
public sealed class LayeringTests
{
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Nines.Wire"] = [],
        ["Nines.Api"] = ["Nines.Wire"],
        ["Nines.Host.Api"] = [],
        ["Nines.Host"] = ["Nines.Host.Api"],
        ["Nines.Control"] = ["Nines.Api", "Nines.Wire", "Nines.Host.Api"],
        ["Nines"] = ["Nines.Control", "Nines.Host"],
    };

    [Fact]
    public void A_project_refers_only_to_those_below_it()
    {
        var projects = SourceFiles.All.Where(path => path.StartsWith("src/", StringComparison.Ordinal) && path.EndsWith(".csproj", StringComparison.Ordinal)).ToList();
        projects.Select(path => Path.GetFileNameWithoutExtension(path)).ShouldBe(Allowed.Keys, ignoreOrder: true);
        foreach (var project in projects)
        {
            var references = XDocument.Parse(SourceFiles.Read(project)).Descendants("ProjectReference")
                .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value.Replace('\\', '/')));
            references.Except(Allowed[Path.GetFileNameWithoutExtension(project)]).ShouldBeEmpty(project);
        }
    }

    [Fact]
    public void A_slice_calls_no_other_slices_operations_or_reconciler()
    {
        const string Services = "src/Nines.Control/Services/";
        var wrong =
            from path in SourceFiles.CSharp
            where path.StartsWith(Services, StringComparison.Ordinal)
            let folder = Path.GetDirectoryName(path)!
            let text = SourceFiles.Read(path)
            from other in SourceFiles.CSharp
            where other.StartsWith(Services, StringComparison.Ordinal) && Path.GetDirectoryName(other) != folder
            let name = Path.GetFileNameWithoutExtension(other)
            where name.EndsWith("Operations", StringComparison.Ordinal) || name.EndsWith("Reconciler", StringComparison.Ordinal)
            where !name.StartsWith('I')
            where System.Text.RegularExpressions.Regex.IsMatch(text, $@"\b{name}\b")
            // What puts a service together lies over its slices and names them all; nothing else may.
            where folder[Services.Length..].Contains('/', StringComparison.Ordinal)
            select $"{path} names {name}";
        wrong.ShouldBeEmpty();
    }
}
