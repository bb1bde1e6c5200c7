using System.Text;
using Nines.Wire.Query;
using Nines.Wire.Schemas;
using Nines.Wire.Xml;

namespace Nines.Wire.Protocols;

/// <summary>EC2's query protocol: parameters in, XML out. Source: Amazon EC2 API Reference, "Query requests"; Smithy's <c>aws.protocols#ec2Query</c>.</summary>
internal sealed class Ec2Protocol : XmlBodyProtocol
{
    public override ProtocolKind Kind => ProtocolKind.Ec2;

    private protected override bool Milliseconds => true;

    public override AwsException UnknownOperation(string operation) => new("InvalidAction", $"The action {operation} is not valid for this web service.");

    public override AwsException MissingOperation() => new("MissingAction", "The request must contain the parameter Action.");

    public override AwsException NotImplemented(string service, string operation) => new("UnsupportedOperation", $"Nines does not implement the operation {operation} of {service}.");

    public override WireResponse WriteOutput(Operation operation, IShape output, string requestId)
    {
        var buffer = new PooledBuffer();
        var writer = Writer(buffer);
        var root = operation.Name + "Response";
        writer.BeginDocument(root, Namespace(operation.Service));
        writer.Element("requestId", requestId);
        if (operation.HasOutput)
        {
            output.WriteMembers(writer);
        }
        else
        {
            writer.Element("return", "true");
        }

        writer.EndElement(root);
        return Response(200, buffer, requestId);
    }

    public override WireResponse WriteError(AwsException fault, ServiceDescriptor? service, string requestId)
    {
        var buffer = new PooledBuffer();
        var writer = Writer(buffer);
        writer.BeginDocument("Response", null);
        writer.BeginElement("Errors");
        writer.BeginElement("Error");
        writer.Element("Code", fault.Code);
        writer.Element("Message", fault.Message);
        writer.EndElement("Error");
        writer.EndElement("Errors");
        writer.Element("RequestID", requestId);
        writer.EndElement("Response");
        return Response(fault.Status, buffer, requestId);
    }

    public override WireRequest WriteInput(Operation operation, IShape input) => Form(operation, input, Ec2Dialect.Instance);

    internal static WireRequest Form(Operation operation, IShape input, QueryDialect dialect)
    {
        var writer = new QueryShapeWriter(dialect);
        writer.Add("Action", operation.Name);
        writer.Add("Version", operation.Service.ApiVersion);
        input.WriteMembers(writer);
        return new WireRequest
        {
            Headers = [new("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")],
            Body = Encoding.UTF8.GetBytes(writer.ToString()),
        };
    }

    private protected override IShape ParseInput(Operation operation, WireRequest request) =>
        operation.ReadInput(new QueryShapeReader(Ec2Dialect.Instance, request.Parameters.Tree));

    private protected override IShape ParseOutput(Operation operation, WireResponse response) => operation.ReadOutput(new XmlShapeReader(ParseAnswer(response.Body)));

    private protected override string NameForErrors(Member member) => member.Ec2Name;

    private protected override AwsException Missing(string path) => new("MissingParameter", $"The request must contain the parameter {path}");

    // The model's namespace lacks the slash that EC2's answers have.
    private static XmlNamespace? Namespace(ServiceDescriptor service) =>
        service.XmlNamespace is { } uri ? new(uri.EndsWith('/') ? uri : uri + "/") : null;
}
