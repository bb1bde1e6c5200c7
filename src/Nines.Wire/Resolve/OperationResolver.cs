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
                return new Resolution(protocol) { Service = service, Operation = operation, OperationName = call.Operation };
            }
        }

        var known = _catalogue.Value.Services.Where(service => service.Descriptor.TargetPrefix == call.Service).ToList();
        return Lacking(protocol, known, call.Operation);
    }

    private Resolution? Query(WireRequest request, string? name)
    {
        // A signature for a service that does not speak query decides; S3 objects may well be called Action.
        var services = implemented.Where(service => Fits(service, name)).ToList();
        var others = services.Count > 0 ? [] : _catalogue.Value.Services.Where(service => Fits(service.Descriptor, name)).Select(service => service.Descriptor).ToList();
        var isQuery = services.Concat(others).Any(IsQuery);
        if (!isQuery || (name is null && request.Parameters.Find("Action") is null))
        {
            return null;
        }

        var (action, version) = (request.Parameters.Find("Action"), request.Parameters.Find("Version"));
        var candidates = services.Where(IsQuery).OrderBy(service => service.ApiVersion == version ? 0 : 1).ToList();
        foreach (var service in candidates.Where(service => service.ApiVersion == version || name is not null))
        {
            if (action is not null && service.Find(action) is { } operation)
            {
                return new Resolution(QueryOf(service)) { Service = service, Operation = operation, OperationName = action };
            }
        }

        var known = _catalogue.Value.Services.Where(service => IsQuery(service.Descriptor) && Fits(service.Descriptor, name))
            .OrderBy(service => service.Descriptor.ApiVersion == version ? 0 : 1)
            .ThenBy(service => action is not null && service.Operations.ContainsKey(action) ? 0 : 1)
            .ThenBy(service => service.Descriptor.Id == name ? 0 : 1)
            .ToList();
        var protocol = QueryOf(known[0].Descriptor);
        return string.IsNullOrEmpty(action)
            ? new Resolution(protocol) { Service = known[0].Descriptor, Error = protocol.MissingOperation() }
            : Lacking(protocol, known, action);
    }

    private Resolution? Rest(WireRequest request, string? name)
    {
        if (name is null && !implemented.Any(RestRouter.IsRest))
        {
            return null;
        }

        // An unsigned request may be a public object's: then only what is here counts.
        var services = _catalogue.Value.Services
            .Where(service => RestRouter.IsRest(service.Descriptor) && (name is null ? implemented.Contains(service.Descriptor) : Fits(service.Descriptor, name))).ToList();
        if (services.Count == 0)
        {
            return null;
        }

        if (_router.Find(request, services) is not var (found, operationName))
        {
            var protocol = WireProtocol.For(services[0].Descriptor.Protocol);
            return Lacking(protocol, services, $"{request.Method} {request.Path}");
        }

        return found.Descriptor.Find(operationName) is { } operation
            ? new Resolution(WireProtocol.For(operation.Service.Protocol)) { Service = operation.Service, Operation = operation, OperationName = operationName }
            : Lacking(WireProtocol.For(found.Descriptor.Protocol), [found], operationName);
    }

    private Resolution Nothing(string? name)
    {
        var service = name is null ? null : _catalogue.Value.Services.FirstOrDefault(service => Fits(service.Descriptor, name))?.Descriptor;
        var protocol = WireProtocol.For(service?.Protocol ?? ProtocolKind.Query);
        return new Resolution(protocol) { Service = service, Error = protocol.MissingOperation() };
    }

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
