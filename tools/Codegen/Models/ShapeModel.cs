using System.Text.Json.Nodes;

namespace Codegen.Models;

/// <summary>One shape of a model.</summary>
internal sealed record ShapeModel(
    string Name,
    string Type,
    IReadOnlyList<MemberModel> Members,
    IReadOnlyList<string> Enum,
    MemberModel? Item,
    MemberModel? Key,
    MemberModel? Value,
    string? Payload,
    bool Union)
{
    /// <summary>Reads a shape.</summary>
    /// <exception cref="InvalidOperationException">It is of a kind that cannot be generated.</exception>
    public static ShapeModel Read(string name, JsonObject json)
    {
        if ((bool?)json["document"] == true || (bool?)json["eventstream"] == true)
        {
            throw new InvalidOperationException($"{name} is a document or an event stream; neither can be generated yet.");
        }

        var required = json["required"]?.AsArray().Select(node => (string)node!).ToHashSet() ?? [];
        return new ShapeModel(
            name,
            (string)json["type"]!,
            [.. json["members"]?.AsObject().Select(pair => MemberModel.Read(pair.Key, pair.Value!.AsObject(), required.Contains(pair.Key))) ?? []],
            [.. json["enum"]?.AsArray().Select(node => (string)node!) ?? []],
            MemberModel.ReadOptional("member", json["member"]),
            MemberModel.ReadOptional("key", json["key"]),
            MemberModel.ReadOptional("value", json["value"]),
            (string?)json["payload"],
            (bool?)json["union"] ?? false);
    }
}
