using System.Text.Encodings.Web;
using System.Text.Json;
using Nines.Wire.Json;
using Nines.Wire.Rest;
using Nines.Wire.Schemas;

namespace Nines.Wire.Protocols;

/// <summary>Resources in paths, JSON bodies. Source: Smithy's <c>aws.protocols#restJson1</c>.</summary>
internal sealed class RestJsonProtocol : WireProtocol
{
    private const string ContentType = "application/json";

    private readonly RestProtocol _rest = new(JsonShapeReader.Malformed);

    public override ProtocolKind Kind => ProtocolKind.RestJson;

    public override WireResponse WriteOutput(Operation operation, IShape output, string requestId)
    {
        var (writer, body) = Write(operation.Output, output);
        return RestProtocol.Response(operation, writer, body, ContentType, requestId);
    }

    public override WireResponse WriteError(AwsException fault, ServiceDescriptor? service, string requestId)
    {
        var response = new WireResponse(fault.Status, JsonProtocol.ErrorBody(fault));
        response.Headers.Add("Content-Type", ContentType);
        response.Headers.Add("x-amzn-errortype", fault.Code);
        response.Headers.Add("x-amzn-RequestId", requestId);
        return response;
    }

    public override WireRequest WriteInput(Operation operation, IShape input)
    {
        var (writer, body) = Write(operation.Input, input);
        using (body)
        {
            return _rest.Request(operation, writer, body, ContentType);
        }
    }

    private protected override IShape ParseInput(Operation operation, WireRequest request) => operation.ReadInput(_rest.Input(operation, request, Reader));

    private protected override IShape ParseOutput(Operation operation, WireResponse response) => operation.ReadOutput(_rest.Output(operation, response, Reader));

    private protected override AwsException ParseError(WireResponse response) => JsonProtocol.ReadError(response);

    private static JsonShapeReader Reader(ReadOnlyMemory<byte> body) => new(JsonShapeReader.Parse(body), wireNames: true);

    private static (RestShapeWriter Writer, PooledBuffer Body) Write(Schema schema, IShape value)
    {
        var buffer = new PooledBuffer();
        using var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true });
        var payload = schema.PayloadMember is not null;
        var writer = new RestShapeWriter(schema, new JsonShapeWriter(json, wireNames: true, bare: payload), buffer);
        var document = !payload && RestProtocol.HasDocument(schema);
        if (document)
        {
            json.WriteStartObject();
        }

        value.WriteMembers(writer);
        if (document)
        {
            json.WriteEndObject();
        }

        json.Flush();
        return (writer, buffer);
    }
}
