using System.Text.Json.Nodes;

namespace Codegen.Models;

/// <summary>A trimmed service model, with the service's patch merged in.</summary>
internal sealed record ServiceModel(
    string Id,
    IReadOnlyDictionary<string, string> Metadata,
    IReadOnlyList<OperationModel> Operations,
    IReadOnlyDictionary<string, ShapeModel> Shapes)
{
    /// <summary>The service as AWS's clients write it. The package's ids are the same but for the dashes, which they leave out.</summary>
    public string ClientName => Metadata["endpointPrefix"] is var prefix && prefix.Replace("-", "") == Id ? prefix : Id;

    /// <summary>The name in C#.</summary>
    public string Name => CSharp.Pascal(ClientName);

    /// <summary>The service in a SigV4 credential scope.</summary>
    public string SigningName => Metadata.GetValueOrDefault("signingName") ?? Metadata["endpointPrefix"];

    /// <summary>Reads a model and merges the patch over it (RFC 7396) when there is one.</summary>
    public static ServiceModel Load(string id, string path, string patchPath)
    {
        JsonNode model = JsonNode.Parse(File.ReadAllBytes(path))!;
        if (File.Exists(patchPath))
        {
            model = MergePatch.Apply(model, JsonNode.Parse(File.ReadAllBytes(patchPath)));
        }

        return new ServiceModel(
            id,
            model["metadata"]!.AsObject().ToDictionary(pair => pair.Key, pair => pair.Value!.ToString()),
            [.. model["operations"]!.AsObject().OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => OperationModel.Read(pair.Key, pair.Value!.AsObject()))],
            model["shapes"]!.AsObject().ToDictionary(pair => pair.Key, pair => ShapeModel.Read(pair.Key, pair.Value!.AsObject())));
    }
}
