using System.Text.Json.Nodes;

namespace Codegen.Models;

/// <summary>JSON merge patch (RFC 7396): corrections to a model are data.</summary>
internal static class MergePatch
{
    /// <summary>The target with the patch applied.</summary>
    public static JsonNode Apply(JsonNode? target, JsonNode? patch)
    {
        if (patch is not JsonObject changes)
        {
            return patch!.DeepClone();
        }

        var result = target is JsonObject known ? known.DeepClone().AsObject() : [];
        foreach (var (name, value) in changes)
        {
            if (value is null)
            {
                result.Remove(name);
            }
            else
            {
                result[name] = Apply(result[name], value);
            }
        }

        return result;
    }
}
