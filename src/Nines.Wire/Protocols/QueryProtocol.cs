using Nines.Wire.Query;
using Nines.Wire.Schemas;
using Nines.Wire.Xml;

namespace Nines.Wire.Protocols;

/// <summary>The query protocol of STS, IAM, Auto Scaling and others. Source: Smithy's <c>aws.protocols#awsQuery</c>.</summary>
internal sealed class QueryProtocol : XmlBodyProtocol
{
    public override ProtocolKind Kind => ProtocolKind.Query;

    public override AwsException UnknownOperation(string operation) => new("InvalidAction", $"Could not find operation {operation}");

    public override AwsException MissingOperation() => new("MissingAction", "The request must contain the parameter Action.");

    public override AwsException NotImplemented(string service, string operation) => new("UnsupportedOperation", $"Nines does not implement the operation {operation} of {service}.");

    public override WireResponse WriteOutput(Operation operation, IShape output, string requestId)
    {
        var buffer = new PooledBuffer();
        var writer = Writer(buffer);
        var root = operation.Name + "Response";
        writer.BeginDocument(root, Namespace(operation.Service));
        if (operation.HasOutput)
        {
            var wrapper = operation.ResultWrapper ?? operation.Name + "Result";
            writer.BeginElement(wrapper);
            output.WriteMembers(writer);
            writer.EndElement(wrapper);
        }

        writer.BeginElement("ResponseMetadata");
        writer.Element("RequestId", requestId);
        writer.EndElement("ResponseMetadata");
        writer.EndElement(root);
        return Response(200, buffer, requestId);
    }

    public override WireResponse WriteError(AwsException fault, ServiceDescriptor? service, string requestId) =>
        ErrorResponse(Writer, fault, service, requestId);

    public override WireRequest WriteInput(Operation operation, IShape input) => Ec2Protocol.Form(operation, input, AwsQueryDialect.Instance);

    internal static WireResponse ErrorResponse(Func<PooledBuffer, XmlShapeWriter> open, AwsException fault, ServiceDescriptor? service, string requestId)
    {
        var buffer = new PooledBuffer();
        var writer = open(buffer);
        writer.BeginDocument("ErrorResponse", service is null ? null : Namespace(service));
        writer.BeginElement("Error");
        writer.Element("Type", fault.SenderFault ? "Sender" : "Receiver");
        writer.Element("Code", fault.Code);
        writer.Element("Message", fault.Message);
        writer.EndElement("Error");
        writer.Element("RequestId", requestId);
        writer.EndElement("ErrorResponse");
        return Response(fault.Status, buffer, requestId);
    }

    private protected override IShape ParseInput(Operation operation, WireRequest request) =>
        operation.ReadInput(new QueryShapeReader(AwsQueryDialect.Instance, request.Parameters.Tree));

    private protected override IShape ParseOutput(Operation operation, WireResponse response)
    {
        var root = ParseAnswer(response.Body);
        var result = root.Find(operation.ResultWrapper ?? operation.Name + "Result") ?? new XmlElement("");
        return operation.ReadOutput(new XmlShapeReader(result));
    }

    private protected override AwsException Missing(string path) =>
        new("ValidationError", $"1 validation error detected: Value null at '{path}' failed to satisfy constraint: Member must not be null");

    private static XmlNamespace? Namespace(ServiceDescriptor service) => service.XmlNamespace is { } uri ? new(uri) : null;
}
