using System.Collections.Concurrent;
using Nines.Wire.Schemas;

namespace Nines.Wire.Resolve;

/// <summary>
/// Finds REST operations by method, path and query. Looks among all operations of AWS, implemented or not: of
/// <c>GET /{Bucket}</c> and <c>GET /{Bucket}?acl</c> the second must not be taken for the first because it is missing here.
/// </summary>
internal sealed class RestRouter
{
    private readonly ConcurrentDictionary<CatalogueService, RestRoute[]> _routes = new();

    /// <summary>Whether the service's operations are told apart by method and path.</summary>
    public static bool IsRest(ServiceDescriptor service) => service.Protocol is ProtocolKind.RestXml or ProtocolKind.RestJson;

    /// <summary>The operation that fits best, or null.</summary>
    public (CatalogueService Service, string Operation)? Find(WireRequest request, IEnumerable<CatalogueService> services)
    {
        (CatalogueService Service, string Operation)? best = null;
        var score = (Specificity: -1, Headers: -1);
        foreach (var service in services)
        {
            foreach (var route in _routes.GetOrAdd(service, Routes))
            {
                if (route.Pattern.Specificity < score.Specificity)
                {
                    break;
                }

                var candidate = (route.Pattern.Specificity, route.Headers(request));
                if ((best is null || candidate.CompareTo(score) > 0) && route.Pattern.Match(request.Method, request.Path, request.Query) is not null)
                {
                    best = (service, route.Operation);
                    score = candidate;
                }
            }
        }

        return best;
    }

    private static RestRoute[] Routes(CatalogueService service) =>
    [
        .. service.Operations.Select(pair => new RestRoute(pair.Key, pair.Value))
            .OrderByDescending(route => route.Pattern.Specificity)
            .ThenBy(route => service.Descriptor.Find(route.Operation) is null ? 1 : 0),
    ];
}
