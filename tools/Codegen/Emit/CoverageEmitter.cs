using System.Text;
using System.Text.Json.Nodes;
using Codegen.Models;

namespace Codegen.Emit;

/// <summary>Makes the page that says which of AWS's operations are answered.</summary>
internal static class CoverageEmitter
{
    public static string Emit(IReadOnlyList<ServiceModel> services, JsonNode catalogue)
    {
        var page = new StringBuilder("# What of AWS's API is answered\n\nMade by `tools/Codegen` from `models/`. An operation that is not listed answers a modelled error that says so.\n\n");
        page.Append("| service | answered | of |\n| --- | ---: | ---: |\n");
        foreach (var service in services)
        {
            page.Append($"| {service.Metadata["serviceFullName"]} | {service.Operations.Count} | {catalogue["services"]![service.Id]!["operations"]!.AsObject().Count} |\n");
        }

        var all = catalogue["services"]!.AsObject();
        page.Append($"\nAWS has {all.Count} services with {all.Sum(service => service.Value!["operations"]!.AsObject().Count)} operations.\n");
        foreach (var service in services)
        {
            page.Append($"\n## {service.Metadata["serviceFullName"]}\n\n");
            foreach (var operation in service.Operations)
            {
                page.Append($"- {operation.Name}\n");
            }
        }

        return page.ToString();
    }
}
