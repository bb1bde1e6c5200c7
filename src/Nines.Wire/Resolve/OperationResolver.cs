using Nines.Wire.Protocols;
using Nines.Wire.Schemas;

namespace Nines.Wire.Resolve;

/// <summary>
/// Finds what a request asks for. In the order of their certainty: the path of Smithy RPC v2, the target header of the
/// JSON protocols, the <c>Action</c> parameter of the query protocols, and the method and path of the REST protocols. The
/// service that the signature names, or else the host, decides where several fit.
/// </summary>
/// <param name="implemented">The services that have implemented operations.</param>
/// <param name="loadCatalogue">Loads all of AWS's services: needed, and then kept, once a request asks for what is not implemented.</param>
public sealed class OperationResolver(IReadOnlyList<ServiceDescriptor> implemented, Func<ServiceCatalogue> loadCatalogue)
{
    private readonly Lazy<ServiceCatalogue> _catalogue = new(loadCatalogue);
    private readonly RestRouter _router = new();

    /// <summary>Finds what the request asks for. Never throws for what a client sends: see <see cref="Resolution.Error"/>.</summary>
    public Resolution Resolve(WireRequest request)
    {
        var call = RpcCall.Find(request);
        try
        {
            if (call is not null)
            {
                return Rpc(call);
            }

            var service = Requested(request);
            return Query(request, service) ?? Rest(request, service) ?? Nothing(service);
        }
        catch (AwsException malformed)
        {
            return new Resolution(WireProtocol.For(Guess(request))) { Error = malformed };
        }
    }

    private Resolution Rpc(RpcCall call)
    {
        var protocol = WireProtocol.For(call.Protocol);
        foreach (var service in implemented)
        {
            if (service.TargetPrefix == call.Service && service.Find(call.Operation) is { } operation)
            {
                return Found(protocol, operation);
            }
        }

        var known = _catalogue.Value.Services.Where(service => service.Descriptor.TargetPrefix == call.Service).ToList();
        return Lacking(protocol, known, call.Operation);
    }

    private Resolution? Query(WireRequest request, string? name)
    {
        // A signature for a service that speaks no query decides, and its body is not looked at: an object of S3 may be a form.
        if (name is not null && !implemented.Any(service => IsQuery(service) && Fits(service, name)) && !Known(name, IsQuery).Any())
        {
            return null;
        }

        var (action, version) = (request.Parameters.Find("Action"), request.Parameters.Find("Version"));
        if (string.IsNullOrEmpty(action))
        {
            return MissingAction(name);
        }

        foreach (var service in implemented)
        {
            if (IsQuery(service) && Fits(service, name) && service.ApiVersion == version && service.Find(action) is { } operation)
            {
                return Found(QueryOf(service), operation);
            }
        }

        // Two services may share a signing name and even an operation's name: then the version tells them apart.
        var known = Known(name, IsQuery)
            .OrderBy(service => service.Descriptor.ApiVersion == version ? 0 : 1)
            .ThenBy(service => service.Operations.ContainsKey(action) ? 0 : 1)
            .ThenBy(service => service.Descriptor.Id == name ? 0 : 1)
            .ToList();
        var best = known[0].Descriptor;
        return name is not null && best.Find(action) is { } older ? Found(QueryOf(best), older) : Lacking(QueryOf(best), known, action);
    }

    private Resolution? MissingAction(string? name)
    {
        // SES is query under the same signing name as its REST successor.
        if (name is null || Known(name, RestRouter.IsRest).Any())
        {
            return null;
        }

        var service = Known(name, IsQuery).First().Descriptor;
        return new Resolution(QueryOf(service)) { Service = service, Error = QueryOf(service).MissingOperation() };
    }

    private Resolution? Rest(WireRequest request, string? name)
    {
        // An unsigned request may be for a public object: then only what is implemented counts.
        var services = name is not null ? Known(name, RestRouter.IsRest).ToList()
            : implemented.Any(RestRouter.IsRest) ? Known(null, RestRouter.IsRest).Where(service => implemented.Contains(service.Descriptor)).ToList()
            : [];
        if (services.Count == 0)
        {
            return null;
        }

        if (_router.Find(request, services) is not var (service, operationName))
        {
            return Lacking(WireProtocol.For(services[0].Descriptor.Protocol), services, $"{request.Method} {request.Path}");
        }

        var protocol = WireProtocol.For(service.Descriptor.Protocol);
        return service.Descriptor.Find(operationName) is { } operation ? Found(protocol, operation) : Lacking(protocol, [service], operationName);
    }

    private Resolution Nothing(string? name)
    {
        var service = name is null ? null : Known(name, _ => true).FirstOrDefault()?.Descriptor;
        var protocol = WireProtocol.For(service?.Protocol ?? ProtocolKind.Query);
        return new Resolution(protocol) { Service = service, Error = protocol.MissingOperation() };
    }

    private IEnumerable<CatalogueService> Known(string? name, Func<ServiceDescriptor, bool> speaks) =>
        _catalogue.Value.Services.Where(service => Fits(service.Descriptor, name) && speaks(service.Descriptor));

    private static Resolution Found(WireProtocol protocol, Operation operation) =>
        new(protocol) { Service = operation.Service, Operation = operation, OperationName = operation.Name };

    private static Resolution Lacking(WireProtocol protocol, List<CatalogueService> services, string operation)
    {
        var owner = services.Find(service => service.Operations.ContainsKey(operation));
        return new Resolution(protocol)
        {
            Service = (owner ?? services.FirstOrDefault())?.Descriptor,
            OperationName = operation,
            Error = owner is null ? protocol.UnknownOperation(operation) : protocol.NotImplemented(owner.Descriptor.FullName, operation),
        };
    }

    // Services that moved from query to JSON are still called in query by older clients: Debian's botocore does so with SQS.
    private static bool IsQuery(ServiceDescriptor service) => service.Protocol is ProtocolKind.Query or ProtocolKind.Ec2 || service.QueryCompatible;

    private static WireProtocol QueryOf(ServiceDescriptor service) => WireProtocol.For(service.Protocol == ProtocolKind.Ec2 ? ProtocolKind.Ec2 : ProtocolKind.Query);

    private static bool Fits(ServiceDescriptor service, string? name) => name is null || service.SigningName == name || service.EndpointPrefix == name;

    // A host name of the user's own choice says nothing about the service.
    private string? Requested(WireRequest request) =>
        RequestedService.FromScope(request) ?? (RequestedService.FromHost(request.Host) is { } label && implemented.Any(service => Fits(service, label)) ? label : null);

    private ProtocolKind Guess(WireRequest request) => Requested(request) == "ec2" ? ProtocolKind.Ec2 : ProtocolKind.Query;
}
