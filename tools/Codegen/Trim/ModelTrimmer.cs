using System.Text.Json.Nodes;

namespace Codegen.Trim;

/// <summary>
/// Makes the trimmed model of one service: the wanted operations and the shapes that they reach, each under AWS's own
/// name, with what the wire needs and no prose. Walks the package's nameless model and its type declarations side by side.
/// </summary>
internal sealed class ModelTrimmer(JsonObject source, TypeScriptTypes types)
{
    private static readonly string[] Metadata = ["apiVersion", "awsQueryCompatible", "endpointPrefix", "jsonVersion", "protocol", "serviceFullName", "serviceId", "signingName", "targetPrefix", "xmlNamespace"];
    private static readonly string[] OperationTraits = ["http", "idempotent"];

    // What belongs to the use of a shape. Everything else in a node describes the shape itself.
    private static readonly string[] MemberTraits =
    [
        "location", "locationName", "queryName", "idempotencyToken", "xmlAttribute", "xmlNamespace", "streaming", "jsonvalue",
        "timestampFormat", "sensitive", "flattened", "eventpayload",
    ];

    private static readonly string[] StructureTraits = ["required", "payload", "union", "exception", "error", "fault", "eventstream", "document"];

    private readonly SortedDictionary<string, JsonObject> _shapes = new(StringComparer.Ordinal);

    /// <summary>The trimmed model holding <paramref name="operations"/>.</summary>
    /// <exception cref="InvalidOperationException">An operation or a type is not in the package.</exception>
    public JsonObject Trim(IEnumerable<string> operations)
    {
        var trimmed = new JsonObject();
        foreach (var name in operations.Order(StringComparer.Ordinal))
        {
            trimmed[name] = Operation(name);
        }

        var shapes = new JsonObject();
        foreach (var (name, shape) in _shapes)
        {
            shapes[name] = shape;
        }

        return new JsonObject
        {
            ["metadata"] = Copy(source["metadata"]!.AsObject(), Metadata),
            ["operations"] = trimmed,
            ["shapes"] = shapes,
        };
    }

    private JsonObject Operation(string name)
    {
        var operation = source["operations"]![name]?.AsObject() ?? throw new InvalidOperationException($"The package's model has no operation '{name}'.");
        var (input, output) = types.Operation(name);
        var trimmed = Copy(operation, OperationTraits);
        Root(trimmed, "input", operation["input"], input ?? name + "Request");
        Root(trimmed, "output", operation["output"], output ?? name + "Result");
        return trimmed;
    }

    private void Root(JsonObject operation, string role, JsonNode? node, string type)
    {
        if (node is null)
        {
            return;
        }

        operation[role] = Shape(node.AsObject(), type);
        foreach (var trait in (string[])["resultWrapper", "locationName", "xmlNamespace"])
        {
            // The element that wraps the whole body in XML: a trait of this use of the structure.
            if (node[trait] is { } value)
            {
                operation[role + char.ToUpperInvariant(trait[0]) + trait[1..]] = value.DeepClone();
            }
        }
    }

    private string Shape(JsonObject node, string type)
    {
        var name = type.TrimStart('_');
        var shape = node["shape"] is { } reference ? source["shapes"]![(string)reference!]!.AsObject() : node;
        if (_shapes.ContainsKey(name))
        {
            return name;
        }

        var kind = (string?)shape["type"] ?? (shape.ContainsKey("members") ? "structure" : "string");
        var trimmed = _shapes[name] = new JsonObject { ["type"] = kind };
        switch (kind)
        {
            case "structure":
                Structure(shape, type, trimmed);
                break;
            case "list":
                trimmed["member"] = Member(shape["member"]!.AsObject(), types.ListItem(type) ?? throw Unknown(type, "list item"));
                break;
            case "map":
                trimmed["key"] = Member(shape["key"]!.AsObject(), "String");
                trimmed["value"] = Member(shape["value"]!.AsObject(), types.MapValue(type) ?? throw Unknown(type, "map value"));
                break;
            case "string" when types.EnumValues(type) is { } values:
                trimmed["enum"] = new JsonArray([.. values.Select(value => JsonValue.Create(value))]);
                break;
        }

        return name;
    }

    private void Structure(JsonObject shape, string type, JsonObject trimmed)
    {
        foreach (var (trait, value) in Copy(shape, StructureTraits))
        {
            trimmed[trait] = value!.DeepClone();
        }

        var members = new JsonObject();
        trimmed["members"] = members;
        foreach (var (name, member) in shape["members"]?.AsObject() ?? [])
        {
            members[name] = Member(member!.AsObject(), types.Member(type, name) ?? throw Unknown(type, name));
        }
    }

    private JsonObject Member(JsonObject node, string type)
    {
        var member = new JsonObject { ["shape"] = Shape(node, type) };
        var shape = node["shape"] is { } reference ? source["shapes"]![(string)reference!]!.AsObject() : node;
        foreach (var trait in MemberTraits)
        {
            if ((node[trait] ?? (trait is "locationName" or "location" ? null : shape[trait])) is { } value)
            {
                member[trait] = value.DeepClone();
            }
        }

        return member;
    }

    private static JsonObject Copy(JsonObject from, string[] names)
    {
        var copy = new JsonObject();
        foreach (var name in names)
        {
            if (from[name] is { } value)
            {
                copy[name] = value.DeepClone();
            }
        }

        return copy;
    }

    private static InvalidOperationException Unknown(string type, string part) => new($"The declarations do not say the type of {part} of {type}.");
}
