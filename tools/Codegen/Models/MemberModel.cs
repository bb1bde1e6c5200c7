using System.Text.Json.Nodes;

namespace Codegen.Models;

/// <summary>The use of a shape: a structure's member, a list's item, a map's key or value.</summary>
internal sealed record MemberModel(
    string Name,
    string Shape,
    string? LocationName,
    string? QueryName,
    string? Location,
    string? TimestampFormat,
    (string Uri, string? Prefix)? XmlNamespace,
    bool Required,
    IReadOnlySet<string> Flags)
{
    private static readonly string[] FlagNames = ["flattened", "xmlAttribute", "idempotencyToken", "sensitive", "jsonvalue", "streaming"];

    public static MemberModel? ReadOptional(string name, JsonNode? json) => json is null ? null : Read(name, json.AsObject(), required: false);

    public static MemberModel Read(string name, JsonObject json, bool required) => new(
        name,
        (string)json["shape"]!,
        (string?)json["locationName"],
        (string?)json["queryName"],
        (string?)json["location"],
        (string?)json["timestampFormat"],
        Namespace(json["xmlNamespace"]),
        required,
        FlagNames.Where(flag => (bool?)json[flag] ?? false).ToHashSet());

    public static (string Uri, string? Prefix)? Namespace(JsonNode? json) => json switch
    {
        null => null,
        JsonObject parts => ((string)parts["uri"]!, (string?)parts["prefix"]),
        _ => ((string)json!, null),
    };
}
