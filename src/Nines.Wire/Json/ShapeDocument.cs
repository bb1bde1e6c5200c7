using System.Text.Json;
using System.Text.Json.Nodes;
using Nines.Wire.Schemas;

namespace Nines.Wire.Json;

/// <summary>
/// Values as JSON documents with the names of AWS's model, whatever a protocol calls them: to keep a value, to lay one over another, or to read it as another
/// structure that has members of the same names. AWS's models have many such families, as one for requests and one for answers.
/// </summary>
public static class ShapeDocument
{
    /// <summary>The document of a value; what is absent there is absent here.</summary>
    public static JsonObject Write(IShape value)
    {
        using var buffer = new PooledBuffer();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            value.WriteMembers(new JsonShapeWriter(json, wireNames: false));
            json.WriteEndObject();
        }

        return JsonNode.Parse(buffer.Written.Span)!.AsObject();
    }

    /// <summary>The value of a document; names that the structure does not have are passed over.</summary>
    /// <exception cref="AwsException">A member does not have the type of the structure's.</exception>
    public static T Read<T>(JsonObject document) where T : IShape<T> =>
        T.Read(new JsonShapeReader(JsonElement.Parse(document.ToJsonString()), wireNames: false));
}
