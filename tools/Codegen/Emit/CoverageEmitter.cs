using System.Text;
using System.Text.Json.Nodes;
using Codegen.Models;

namespace Codegen.Emit;

/// <summary>Makes the page that says which of AWS's operations are answered, and which tests show it. Made from the models and the tests, it cannot claim more.</summary>
internal static class CoverageEmitter
{
    public static string Emit(IReadOnlyList<ServiceModel> services, JsonNode catalogue, CoveringTests tests)
    {
        var page = new StringBuilder("""
            # What of AWS's API is answered

            Made by `tools/Codegen` from `models/` and from the tests with real clients in `test/Nines.EndToEnd`. An operation that is
            not answered, and one of a service that is not listed, gets a modelled error that says so.

            | service | name | answered | of |
            | --- | --- | ---: | ---: |

            """);
        foreach (var service in services)
        {
            page.Append($"| {service.ClientName} | {service.Metadata["serviceFullName"]} | {service.Operations.Count} | {Operations(catalogue, service).Count} |\n");
        }

        var all = catalogue["services"]!.AsObject();
        page.Append($"\nAWS has {all.Count} services with {all.Sum(service => service.Value!["operations"]!.AsObject().Count)} operations.\n");
        foreach (var service in services)
        {
            var answered = service.Operations.Select(operation => operation.Name).ToHashSet();
            page.Append($"\n## {service.ClientName}\n\n{service.Metadata["serviceFullName"]}\n\n| operation | answered | tests |\n| --- | --- | --- |\n");
            foreach (var operation in Operations(catalogue, service))
            {
                page.Append($"| {operation} | {(answered.Contains(operation) ? "yes" : "no")} | {string.Join(", ", tests.Of(service.Id, operation))} |\n");
            }
        }

        return page.ToString();
    }

    private static SortedSet<string> Operations(JsonNode catalogue, ServiceModel service) =>
        new(catalogue["services"]![service.Id]!["operations"]!.AsObject().Select(operation => operation.Key), StringComparer.Ordinal);
}
