using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Codegen.Models;
using Codegen.Trim;

namespace Codegen;

/// <summary>The verbs of the tool.</summary>
/// <param name="root">The repository's root.</param>
internal sealed class Commands(string root)
{
    private static readonly JsonSerializerOptions s_indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Says how the tool is used.</summary>
    public static int Usage()
    {
        Console.Error.WriteLine("""
            usage: dotnet run --project tools/Codegen -- VERB
              trim FOLDER   make the models from the unpacked npm package aws-sdk in FOLDER, then generate
              generate      make the C# from the models
              check         fail when generating would change a file
            """);
        return 2;
    }

    /// <summary>Makes the trimmed models from the package, then the C#.</summary>
    public int Trim(string folder)
    {
        var package = new SdkPackage(folder);
        foreach (var target in Target.All)
        {
            var models = Path.Combine(root, target.Models);
            foreach (var (service, operations) in ImplementedList.Read(Path.Combine(models, "implemented.txt")))
            {
                var model = package.Service(service);
                var newer = Patched(Path.Combine(models, "patches", service + ".json")).Where(name => model["operations"]![name] is null);
                Write(Path.Combine(models, service + ".json"), new ModelTrimmer(model, package.Types(service)).Trim(operations.Except(newer)));
            }

            if (target.Catalogue)
            {
                var patch = JsonNode.Parse(File.ReadAllBytes(Path.Combine(models, "patches", "services.json")));
                Write(Path.Combine(models, "services.json"), MergePatch.Apply(CatalogueTrimmer.Trim(package), patch));
            }
        }

        return Generate();
    }

    /// <summary>Makes the C# and removes generated files that nothing asks for any more.</summary>
    public int Generate()
    {
        foreach (var target in Target.All)
        {
            Console.WriteLine($"{target.Output}: {new GeneratedFiles(root, target).Write()} files");
        }

        return 0;
    }

    /// <summary>Compares what would be generated with what is committed.</summary>
    public int Check()
    {
        var differences = Target.All.SelectMany(target => new GeneratedFiles(root, target).Differences()).ToList();
        differences.ForEach(Console.Error.WriteLine);
        Console.WriteLine(differences.Count == 0
            ? "generated code is up to date"
            : $"{differences.Count} files differ: run `dotnet run --project tools/Codegen -- generate`");
        return differences.Count == 0 ? 0 : 1;
    }

    /// <summary>The operations that a patch names. One that the package does not have is in the patch as a whole: AWS made it after the package.</summary>
    private static IEnumerable<string> Patched(string path) =>
        (File.Exists(path) ? JsonNode.Parse(File.ReadAllBytes(path))!["operations"]?.AsObject() : null)?.Select(operation => operation.Key) ?? [];

    private static void Write(string path, JsonNode model) => File.WriteAllText(path, model.ToJsonString(s_indented) + "\n");
}
