using System.Collections.Concurrent;
using Nines.Wire.Rest;
using Nines.Wire.Schemas;

namespace Nines.Wire.Resolve;

/// <summary>
/// Finds REST operations by method, path and query. Looks among all operations of AWS, implemented or not: of
/// <c>GET /{Bucket}</c> and <c>GET /{Bucket}?acl</c> the second must not be taken for the first because it is missing here.
/// </summary>
internal sealed class RestRouter
{
    private readonly ConcurrentDictionary<CatalogueService, (string Name, UriPattern Pattern)[]> _routes = new();

    /// <summary>Whether the service's operations are told apart by method and path.</summary>
    public static bool IsRest(ServiceDescriptor service) => service.Protocol is ProtocolKind.RestXml or ProtocolKind.RestJson;

    /// <summary>The operation that fits best, or null.</summary>
    public (CatalogueService Service, string Operation)? Find(WireRequest request, IEnumerable<CatalogueService> services)
    {
        (CatalogueService Service, string Operation)? best = null;
        var specificity = -1;
        foreach (var service in services)
        {
            foreach (var (name, pattern) in _routes.GetOrAdd(service, Routes))
            {
                if (pattern.Specificity > specificity && pattern.Match(request.Method, request.Path, request.Parameters) is not null)
                {
                    best = (service, name);
                    specificity = pattern.Specificity;
                    break;
                }
            }
        }

        return best;
    }

    private static (string Name, UriPattern Pattern)[] Routes(CatalogueService service) =>
    [
        .. service.Operations
            .Select(pair => (pair.Key, new UriPattern(pair.Value[..pair.Value.IndexOf(' ', StringComparison.Ordinal)], pair.Value[(pair.Value.IndexOf(' ', StringComparison.Ordinal) + 1)..])))
            .OrderByDescending(route => route.Item2.Specificity)
            .ThenBy(route => service.Descriptor.Find(route.Key) is null ? 1 : 0),
    ];
}
