using System.Text.Json;
using System.Text.Json.Nodes;
using Codegen.Emit;
using Codegen.Models;
using Codegen.Trim;

namespace Codegen;

/// <summary>The verbs of the tool. All paths are relative to the repository's root, which is found from the current folder.</summary>
internal static class Commands
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

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
    public static int Trim(string folder)
    {
        var package = new SdkPackage(folder);
        foreach (var target in Target.All)
        {
            var models = Path.Combine(Root(), target.Models);
            var list = Path.Combine(models, "implemented.txt");
            if (!File.Exists(list))
            {
                continue;
            }

            foreach (var (service, operations) in ImplementedList.Read(list))
            {
                var trimmed = new ModelTrimmer(package.Service(service), package.Types(service)).Trim(operations);
                Write(Path.Combine(models, service + ".json"), trimmed);
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
    public static int Generate()
    {
        foreach (var target in Target.All)
        {
            var files = Files(target);
            foreach (var stale in Existing(target).Where(path => !files.ContainsKey(path)))
            {
                File.Delete(stale);
            }

            foreach (var (path, text) in files)
            {
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                File.WriteAllText(path, text);
            }

            Console.WriteLine($"{target.Output}: {files.Count} files");
        }

        return 0;
    }

    /// <summary>Compares what would be generated with what is committed.</summary>
    public static int Check()
    {
        var wrong = new List<string>();
        foreach (var target in Target.All)
        {
            var files = Files(target);
            wrong.AddRange(Existing(target).Where(path => !files.ContainsKey(path)).Select(path => "not generated: " + path));
            wrong.AddRange(files.Where(file => !File.Exists(file.Key)).Select(file => "missing: " + file.Key));
            wrong.AddRange(files.Where(file => File.Exists(file.Key) && File.ReadAllText(file.Key) != file.Value).Select(file => "differs: " + file.Key));
        }

        wrong.ForEach(Console.Error.WriteLine);
        Console.WriteLine(wrong.Count == 0 ? "generated code is up to date" : $"{wrong.Count} files differ: run `dotnet run --project tools/Codegen -- generate`");
        return wrong.Count == 0 ? 0 : 1;
    }

    private static SortedDictionary<string, string> Files(Target target)
    {
        var files = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var models = Path.Combine(Root(), target.Models);
        var list = Path.Combine(models, "implemented.txt");
        if (!File.Exists(list))
        {
            return files;
        }

        var services = ImplementedList.Read(list).Keys
            .Select(service => ServiceModel.Load(service, Path.Combine(models, service + ".json"), Path.Combine(models, "patches", service + ".json"))).ToList();
        files[Path.Combine(Root(), target.Output, "AwsServices.g.cs")] = ServiceListEmitter.Emit(target.Namespace, services);
        foreach (var model in services)
        {
            foreach (var (name, text) in new ServiceEmitter(model, target.Namespace).Emit())
            {
                files[Path.Combine(Root(), target.Output, model.Name, name)] = text;
            }
        }

        return files;
    }

    private static string[] Existing(Target target)
    {
        var folder = Path.Combine(Root(), target.Output);
        return Directory.Exists(folder) ? Directory.GetFiles(folder, "*.g.cs", SearchOption.AllDirectories) : [];
    }

    private static void Write(string path, JsonNode model) => File.WriteAllText(path, model.ToJsonString(Indented) + "\n");

    private static string Root()
    {
        var folder = new DirectoryInfo(Environment.CurrentDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Nines.slnx")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("Run this inside the repository: no folder above holds Nines.slnx.");
    }
}
