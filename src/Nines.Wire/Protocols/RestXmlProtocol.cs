using Nines.Wire.Rest;
using Nines.Wire.Schemas;
using Nines.Wire.Xml;

namespace Nines.Wire.Protocols;

/// <summary>Resources in paths, XML bodies. Source: Smithy's <c>aws.protocols#restXml</c>.</summary>
internal sealed class RestXmlProtocol : XmlBodyProtocol
{
    private const string ContentType = "application/xml";

    private readonly RestProtocol _rest = new(XmlShapeReader.Malformed);

    public override ProtocolKind Kind => ProtocolKind.RestXml;

    public override AwsException UnknownOperation(string operation) => new("MethodNotAllowed", "The specified method is not allowed against this resource.", 405);

    public override AwsException MissingOperation() => UnknownOperation("");

    public override AwsException NotImplemented(string service, string operation) => new("NotImplemented", $"Nines does not implement the operation {operation} of {service}.");

    public override WireResponse WriteOutput(Operation operation, IShape output, string requestId)
    {
        var (writer, body) = Write(operation, operation.Output, output, operation.OutputElement ?? operation.Output.Name, NamespaceOf(operation.Service));
        return RestProtocol.Response(operation, writer, body, ContentType, requestId);
    }

    public override WireResponse WriteError(AwsException fault, ServiceDescriptor? service, string requestId)
    {
        if (service is { BareXmlErrors: false })
        {
            return QueryProtocol.ErrorResponse(Writer, fault, service, requestId);
        }

        var buffer = new PooledBuffer();
        var writer = Writer(buffer);
        writer.BeginDocument("Error", null);
        writer.Element("Code", fault.Code);
        writer.Element("Message", fault.Message);
        writer.Element("RequestId", requestId);
        writer.EndElement("Error");
        return Response(fault.Status, buffer, requestId);
    }

    public override WireRequest WriteInput(Operation operation, IShape input)
    {
        var (writer, body) = Write(operation, operation.Input, input, operation.InputElement ?? operation.Input.Name, operation.InputNamespace);
        using (body)
        {
            return _rest.Request(operation, writer, body, ContentType);
        }
    }

    private protected override IShape ParseInput(Operation operation, WireRequest request) =>
        operation.ReadInput(_rest.Input(operation, request, static bytes => new XmlShapeReader(Parse(bytes))));

    private protected override IShape ParseOutput(Operation operation, WireResponse response) =>
        operation.ReadOutput(_rest.Output(operation, response, static bytes => new XmlShapeReader(ParseAnswer(bytes))));

    private protected override AwsException Missing(string path) => new("InvalidRequest", $"Missing required parameter {path}");

    private (RestShapeWriter Writer, PooledBuffer Body) Write(Operation operation, Schema schema, IShape value, string root, XmlNamespace? ns)
    {
        var buffer = new PooledBuffer();
        var xml = Writer(buffer);
        var writer = new RestShapeWriter(schema, xml, buffer);
        var document = schema.PayloadMember is null && RestProtocol.HasDocument(schema);
        if (document)
        {
            xml.BeginDocument(root, ns);
        }

        value.WriteMembers(writer);
        if (document)
        {
            xml.EndElement(root);
        }

        return (writer, buffer);
    }

    private static XmlNamespace? NamespaceOf(ServiceDescriptor service) => service.XmlNamespace is { } uri ? new(uri) : null;
}
