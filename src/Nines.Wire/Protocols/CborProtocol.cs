using Nines.Wire.Cbor;
using Nines.Wire.Schemas;

namespace Nines.Wire.Protocols;

/// <summary>Smithy RPC v2 with CBOR bodies. Source: Smithy's <c>smithy.protocols#rpcv2Cbor</c>.</summary>
internal sealed class CborProtocol : WireProtocol
{
    private const string ContentType = "application/cbor";

    private static readonly Schema s_error = new("Error", [new("__type", ShapeType.String), new("message", ShapeType.String)]);

    public override ProtocolKind Kind => ProtocolKind.RpcV2Cbor;

    public override WireResponse WriteOutput(Operation operation, IShape output, string requestId) => Response(200, Body(output), requestId);

    public override WireResponse WriteError(AwsException fault, ServiceDescriptor? service, string requestId)
    {
        var body = new PooledBuffer();
        var cbor = new CborWriter(body);
        cbor.Map(2);
        cbor.Text("__type");
        cbor.Text(fault.Code);
        cbor.Text("message");
        cbor.Text(fault.Message);
        var response = Response(fault.Status, body, requestId);
        QueryErrorHeader.Add(response, fault, service);
        return response;
    }

    public override WireRequest WriteInput(Operation operation, IShape input)
    {
        using var body = Body(input);
        return new WireRequest
        {
            Path = $"/service/{operation.Service.TargetPrefix}/operation/{operation.Name}",
            Headers = [new("Content-Type", ContentType), new("Accept", ContentType), new("smithy-protocol", "rpc-v2-cbor")],
            Body = body.Written.ToArray(),
        };
    }

    private protected override IShape ParseInput(Operation operation, WireRequest request) => operation.ReadInput(Reader(request.Body));

    private protected override IShape ParseOutput(Operation operation, WireResponse response) => operation.ReadOutput(Reader(response.Body));

    private protected override AwsException ParseError(WireResponse response)
    {
        var reader = Reader(response.Body);
        var (code, message) = ("Unknown", "");
        reader.BeginStructure(s_error);
        while (reader.NextMember() is { } member)
        {
            var text = reader.ReadString(member);
            (code, message) = member.Index == 0 ? (text, message) : (code, text);
        }

        return new AwsException(code[(code.IndexOf('#', StringComparison.Ordinal) + 1)..], message, response.Status);
    }

    // An operation without input may be called without a body.
    private static CborShapeReader Reader(ReadOnlyMemory<byte> body) => new(new CborReader(body.IsEmpty ? new byte[] { 0xA0 } : body));

    private static PooledBuffer Body(IShape value)
    {
        var buffer = new PooledBuffer();
        var writer = new CborShapeWriter(new CborWriter(buffer));
        writer.BeginBody();
        value.WriteMembers(writer);
        writer.EndBody();
        return buffer;
    }

    private static WireResponse Response(int status, PooledBuffer body, string requestId)
    {
        var response = new WireResponse(status, body);
        response.Headers.Add("Content-Type", ContentType);
        response.Headers.Add("smithy-protocol", "rpc-v2-cbor");
        response.Headers.Add("x-amzn-RequestId", requestId);
        return response;
    }
}
