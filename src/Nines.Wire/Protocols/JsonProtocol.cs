using System.Text.Encodings.Web;
using System.Text.Json;
using Nines.Wire.Json;
using Nines.Wire.Schemas;

namespace Nines.Wire.Protocols;

/// <summary>AWS JSON 1.0 and 1.1: the operation in <c>X-Amz-Target</c>, everything else in the body. Source: Smithy's <c>aws.protocols#awsJson1_0</c>.</summary>
internal sealed class JsonProtocol(string version) : WireProtocol
{
    private readonly string _contentType = "application/x-amz-json-" + version;

    public override ProtocolKind Kind => version == "1.0" ? ProtocolKind.Json10 : ProtocolKind.Json11;

    public override WireResponse WriteOutput(Operation operation, IShape output, string requestId) => Response(200, Body(output), requestId);

    public override WireResponse WriteError(AwsException fault, ServiceDescriptor? service, string requestId)
    {
        var response = Response(fault.Status, ErrorBody(fault), requestId);
        QueryErrorHeader.Add(response, fault, service);
        return response;
    }

    public override WireRequest WriteInput(Operation operation, IShape input)
    {
        using var body = Body(input);
        return new WireRequest
        {
            Headers = [new("Content-Type", _contentType), new("X-Amz-Target", operation.Service.TargetPrefix + "." + operation.Name)],
            Body = body.Written.ToArray(),
        };
    }

    /// <summary>Makes a JSON document that <paramref name="write"/> fills.</summary>
    internal static PooledBuffer Document(Action<Utf8JsonWriter> write)
    {
        var buffer = new PooledBuffer();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true }))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        return buffer;
    }

    internal static PooledBuffer ErrorBody(AwsException fault) => Document(json =>
    {
        json.WriteString("__type", fault.Code);
        json.WriteString("message", fault.Message);
    });

    internal static AwsException ReadError(WireResponse response)
    {
        var body = JsonShapeReader.Parse(response.Body);
        var code = response.Headers.Find("x-amzn-errortype") ?? Text(body, "__type") ?? Text(body, "code") ?? "Unknown";
        // A namespace before and a URL behind the code are allowed and mean nothing.
        code = code.Split(':')[0];
        return new AwsException(code[(code.IndexOf('#', StringComparison.Ordinal) + 1)..], Text(body, "message") ?? Text(body, "Message") ?? "", response.Status);
    }

    private protected override IShape ParseInput(Operation operation, WireRequest request) =>
        operation.ReadInput(new JsonShapeReader(JsonShapeReader.Parse(request.Body), wireNames: false));

    private protected override IShape ParseOutput(Operation operation, WireResponse response) =>
        operation.ReadOutput(new JsonShapeReader(JsonShapeReader.Parse(response.Body), wireNames: false));

    private protected override AwsException ParseError(WireResponse response) => ReadError(response);

    private static PooledBuffer Body(IShape value) => Document(json => value.WriteMembers(new JsonShapeWriter(json, wireNames: false)));

    private static string? Text(JsonElement body, string name) =>
        body.ValueKind == JsonValueKind.Object && body.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private WireResponse Response(int status, PooledBuffer body, string requestId)
    {
        var response = new WireResponse(status, body);
        response.Headers.Add("Content-Type", _contentType);
        response.Headers.Add("x-amzn-RequestId", requestId);
        return response;
    }
}
