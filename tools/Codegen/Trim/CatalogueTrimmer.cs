using System.Text.Json.Nodes;

namespace Codegen.Trim;

/// <summary>
/// Makes <c>services.json</c>: of every AWS service how it is addressed and which operations it has, so that an
/// operation that exists at AWS but not here can be told from one that exists nowhere.
/// </summary>
internal static class CatalogueTrimmer
{
    private static readonly string[] Metadata = ["apiVersion", "awsQueryCompatible", "endpointPrefix", "jsonVersion", "protocol", "serviceFullName", "signingName", "targetPrefix", "xmlNamespace"];

    /// <summary>The catalogue of the whole package.</summary>
    public static JsonObject Trim(SdkPackage package)
    {
        var services = new JsonObject();
        foreach (var (id, model) in package.Services())
        {
            var metadata = model["metadata"]!.AsObject();
            var service = new JsonObject();
            foreach (var name in Metadata)
            {
                if (metadata[name] is { } value)
                {
                    service[name] = value.DeepClone();
                }
            }

            var rest = ((string)metadata["protocol"]!).StartsWith("rest-", StringComparison.Ordinal);
            var operations = new JsonObject();
            foreach (var (name, operation) in model["operations"]!.AsObject())
            {
                // Only REST services tell operations apart by method and path; everywhere else the name does it.
                operations[name] = rest ? Route(model, operation!.AsObject()) : "";
            }

            service["operations"] = operations;
            services[id] = service;
        }

        return new JsonObject { ["source"] = "aws-sdk@" + package.Version, ["services"] = services };
    }

    // "PUT /{Bucket}/{Key+} x-amz-copy-source": two operations can share method and path, and differ in the headers they require.
    private static string Route(JsonObject model, JsonObject operation)
    {
        var input = operation["input"] is { } node && node["shape"] is { } shape ? model["shapes"]![(string)shape!] : operation["input"];
        var headers = (input?["required"]?.AsArray() ?? [])
            .Select(name => (Name: (string)name!, Member: input!["members"]![(string)name!]))
            .Where(member => (string?)member.Member?["location"] == "header")
            .Select(member => (string?)member.Member!["locationName"] ?? member.Name);
        return string.Join(' ', [(string?)operation["http"]?["method"] ?? "POST", (string?)operation["http"]?["requestUri"] ?? "/", .. headers]);
    }
}
