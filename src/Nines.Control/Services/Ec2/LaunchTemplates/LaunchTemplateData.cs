using System.Text.Json.Nodes;
using Nines.Api.Ec2;
using Nines.Wire.Json;

namespace Nines.Control.Services.Ec2.LaunchTemplates;

/// <summary>
/// What a launch takes from a template, as a document: AWS has one family of structures for what a template is given, one for what it is told to have and one
/// for launches, with the same names in all three. Pure.
/// </summary>
internal static class LaunchTemplateData
{
    // Each of these says one thing by the one member that it has.
    private static readonly HashSet<string> s_choices = new(StringComparer.Ordinal) { "IamInstanceProfile", "InstanceMarketOptions", "CapacityReservationSpecification" };

    /// <summary>The document of a request.</summary>
    /// <exception cref="Nines.Wire.AwsException"><c>MissingParameter</c>: there is nothing in it.</exception>
    public static string Parse(RequestLaunchTemplateData? data)
    {
        var document = data is null ? [] : ShapeDocument.Write(data);
        return document.Count > 0 ? document.ToJsonString() : throw Ec2Errors.MissingParameter("LaunchTemplateData");
    }

    /// <summary>A version made from another: what the request says holds, each parameter as a whole (EC2 API Reference: CreateLaunchTemplateVersion).</summary>
    public static string Over(string source, string data)
    {
        var document = Read(source);
        foreach (var (name, value) in Read(data))
        {
            document[name] = value?.DeepClone();
        }

        return document.ToJsonString();
    }

    /// <summary>The template's content as it is told.</summary>
    public static ResponseLaunchTemplateData Describe(string data) => ShapeDocument.Read<ResponseLaunchTemplateData>(Read(data));

    /// <summary>
    /// A launch from a template: what the request says holds, and the template says the rest. Disks are laid over the template's by the name of their device, and
    /// tags by their key (EC2 User Guide: Launch instances using a launch template).
    /// </summary>
    /// <exception cref="Nines.Wire.AwsException"><c>InvalidParameterCombination</c>: the template names no type, but what one must have.</exception>
    public static RunInstancesRequest Apply(RunInstancesRequest request, string data)
    {
        var launch = ShapeDocument.Write(request);
        var template = Read(data);
        Rename(template, "RamDiskId", nameof(request.RamdiskId));
        Rename(template, "ElasticGpuSpecifications", nameof(request.ElasticGpuSpecification));
        if (template.ContainsKey("InstanceRequirements") && request.InstanceType is null)
        {
            throw Ec2Errors.InvalidParameterCombination("A launch template with InstanceRequirements launches with RunInstances only when the request has an InstanceType.");
        }

        // Groups are named by id or by name; a request that does the one replaces what the template does as the other.
        if (request.SecurityGroupIds is { Count: > 0 } || request.SecurityGroups is { Count: > 0 })
        {
            template.Remove(nameof(request.SecurityGroupIds));
            template.Remove(nameof(request.SecurityGroups));
        }

        foreach (var (name, value) in template)
        {
            launch[name] = launch[name] is { } asked ? Merge(name, asked, value!) : value?.DeepClone();
        }

        return ShapeDocument.Read<RunInstancesRequest>(launch);
    }

    private static JsonObject Read(string data) => JsonNode.Parse(data)!.AsObject();

    private static void Rename(JsonObject document, string name, string other)
    {
        if (document.Remove(name, out var value))
        {
            document[other] = value;
        }
    }

    private static JsonNode Merge(string name, JsonNode asked, JsonNode given) => (name, asked, given) switch
    {
        (nameof(RunInstancesRequest.BlockDeviceMappings), JsonArray above, JsonArray below) => Merge(above, below, "DeviceName", (disk, _) => disk),
        (nameof(RunInstancesRequest.TagSpecifications), JsonArray above, JsonArray below) => Merge(above, below, "ResourceType", MergeTags),
        (_, JsonObject above, JsonObject below) when !s_choices.Contains(name) => Merge(above, below),
        _ => asked.DeepClone(),
    };

    private static JsonObject Merge(JsonObject above, JsonObject below)
    {
        var merged = below.DeepClone().AsObject();
        foreach (var (name, value) in above)
        {
            merged[name] = value?.DeepClone();
        }

        return merged;
    }

    private static JsonObject MergeTags(JsonObject above, JsonObject below)
    {
        var merged = above.DeepClone().AsObject();
        if (above["Tags"] is JsonArray tags && below["Tags"] is JsonArray others)
        {
            merged["Tags"] = Merge(tags, others, "Key", (tag, _) => tag);
        }

        return merged;
    }

    /// <summary>Lists whose items have a key: those of the upper one hold, and of the lower one those whose key it has not.</summary>
    private static JsonArray Merge(JsonArray above, JsonArray below, string key, Func<JsonObject, JsonObject, JsonObject> merge)
    {
        var others = below.OfType<JsonObject>().ToList();
        var merged = new JsonArray();
        foreach (var item in above.OfType<JsonObject>())
        {
            var same = others.Find(other => KeyOf(other) == KeyOf(item));
            merged.Add(same is null ? item.DeepClone() : merge(item, same).DeepClone());
            others.RemoveAll(other => ReferenceEquals(other, same));
        }

        others.ForEach(other => merged.Add(other.DeepClone()));
        return merged;

        string? KeyOf(JsonObject item) => (string?)item[key];
    }
}
