using System.Text.Json.Nodes;
using Codegen.Emit;
using Codegen.Models;

namespace Codegen;

/// <summary>The C# that a target's models ask for, beside what lies in its folder.</summary>
/// <param name="Root">The repository's root.</param>
/// <param name="Target">Which models, and where their C# goes.</param>
internal sealed record GeneratedFiles(string Root, Target Target)
{
    /// <summary>Every file that is asked for: path and text.</summary>
    public SortedDictionary<string, string> Wanted()
    {
        var files = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var models = Path.Combine(Root, Target.Models);
        var services = ImplementedList.Read(Path.Combine(models, "implemented.txt")).Keys
            .Select(service => ServiceModel.Load(service, Path.Combine(models, service + ".json"), Path.Combine(models, "patches", service + ".json"))).ToList();
        files[Path.Combine(Root, Target.Output, "AwsServices.g.cs")] = ServiceListEmitter.Emit(Target.Namespace, services);
        if (Target.Catalogue)
        {
            var catalogue = JsonNode.Parse(File.ReadAllBytes(Path.Combine(models, "services.json")))!;
            files[Path.Combine(Root, "docs", "coverage.md")] = CoverageEmitter.Emit(services, catalogue, new CoveringTests(Path.Combine(Root, "test", "Nines.EndToEnd")));
        }

        foreach (var model in services)
        {
            foreach (var (name, text) in new ServiceEmitter(model, Target.Namespace).Emit())
            {
                files[Path.Combine(Root, Target.Output, model.Name, name)] = text;
            }
        }

        return files;
    }

    /// <summary>Every generated file that is there.</summary>
    public string[] Existing()
    {
        var folder = Path.Combine(Root, Target.Output);
        return Directory.Exists(folder) ? Directory.GetFiles(folder, "*.g.cs", SearchOption.AllDirectories) : [];
    }

    /// <summary>What generating would change; empty when nothing.</summary>
    public IReadOnlyList<string> Differences()
    {
        var wanted = Wanted();
        return
        [
            .. Existing().Where(path => !wanted.ContainsKey(path)).Select(path => "not generated: " + path),
            .. wanted.Where(file => !File.Exists(file.Key)).Select(file => "missing: " + file.Key),
            .. wanted.Where(file => File.Exists(file.Key) && File.ReadAllText(file.Key) != file.Value).Select(file => "differs: " + file.Key),
        ];
    }

    /// <summary>Writes what is asked for, removes what is not, and gives the number of files.</summary>
    public int Write()
    {
        var wanted = Wanted();
        foreach (var stale in Existing().Where(path => !wanted.ContainsKey(path)))
        {
            File.Delete(stale);
        }

        foreach (var (path, text) in wanted)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, text);
        }

        return wanted.Count;
    }
}
