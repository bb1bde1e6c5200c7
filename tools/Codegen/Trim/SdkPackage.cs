using System.Text.Json.Nodes;

namespace Codegen.Trim;

/// <summary>The unpacked npm package <c>aws-sdk</c>: where it keeps its models and declarations.</summary>
internal sealed class SdkPackage
{
    private readonly string _folder;

    public SdkPackage(string folder)
    {
        _folder = folder;
        Version = (string)ReadObject("package.json")["version"]!;
    }

    /// <summary>The package's version, recorded in what is made from it.</summary>
    public string Version { get; }

    /// <summary>Every service's id with its newest model.</summary>
    public IEnumerable<(string Id, JsonObject Model)> Services()
    {
        foreach (var (id, entry) in ReadObject("apis/metadata.json").OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            if (Model(id, (string?)entry!["prefix"] ?? id) is { } model)
            {
                yield return (id, model);
            }
        }
    }

    /// <summary>One service's newest model.</summary>
    public JsonObject Service(string id) =>
        ReadObject("apis/metadata.json")[id] is { } entry && Model(id, (string?)entry["prefix"] ?? id) is { } model
            ? model
            : throw new InvalidOperationException($"The package has no service '{id}'.");

    /// <summary>One service's type declarations.</summary>
    public TypeScriptTypes Types(string id) => TypeScriptTypes.Load(Path.Combine(_folder, "clients", id + ".d.ts"));

    private JsonObject? Model(string id, string prefix)
    {
        // A model's name is '<prefix>-<yyyy-mm-dd>.min.json'; the newest date is the one that today's clients speak.
        var newest = Directory.GetFiles(Path.Combine(_folder, "apis"), prefix + "-????-??-??.min.json")
            .Select(Path.GetFileName).Order(StringComparer.Ordinal).LastOrDefault();
        return newest is null ? null : ReadObject("apis/" + newest);
    }

    private JsonObject ReadObject(string path) => JsonNode.Parse(File.ReadAllBytes(Path.Combine(_folder, path)))!.AsObject();
}
