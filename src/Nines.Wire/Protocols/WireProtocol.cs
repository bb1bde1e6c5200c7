using Nines.Wire.Schemas;

namespace Nines.Wire.Protocols;

/// <summary>
/// One of AWS's protocols, both sides of it: a server reads inputs and writes outputs and errors, a client the reverse.
/// Knows no service: everything it needs is in the schemas. Stateless, so one instance serves all requests.
/// </summary>
public abstract class WireProtocol
{
    private static readonly Dictionary<ProtocolKind, WireProtocol> s_protocols = new()
    {
        [ProtocolKind.Ec2] = new Ec2Protocol(),
        [ProtocolKind.Query] = new QueryProtocol(),
        [ProtocolKind.RestXml] = new RestXmlProtocol(),
        [ProtocolKind.RestJson] = new RestJsonProtocol(),
        [ProtocolKind.Json10] = new JsonProtocol("1.0"),
        [ProtocolKind.Json11] = new JsonProtocol("1.1"),
        [ProtocolKind.RpcV2Cbor] = new CborProtocol(),
    };

    private protected WireProtocol()
    {
    }

    /// <summary>Which protocol this is.</summary>
    public abstract ProtocolKind Kind { get; }

    /// <summary>What fragments this protocol can copy into its answers: the name to pass to <see cref="IFragmentList.GetFragment"/>; empty when none.</summary>
    public virtual string FragmentFormat => "";

    /// <summary>The protocol of that kind.</summary>
    public static WireProtocol For(ProtocolKind kind) => s_protocols[kind];

    /// <summary>Reads a request.</summary>
    /// <exception cref="AwsException">The request is malformed, or a required member is missing.</exception>
    public IShape ReadInput(Operation operation, WireRequest request)
    {
        var input = ParseInput(operation, request);
        if (RequiredMembers.FirstMissing(operation.Input, input, NameForErrors) is { } missing)
        {
            throw Missing(missing);
        }

        return input;
    }

    /// <summary>Writes a result. The caller disposes the response.</summary>
    public abstract WireResponse WriteOutput(Operation operation, IShape output, string requestId);

    /// <summary>Writes an error; <paramref name="service"/> is null when the request did not say which it meant. The caller disposes the response.</summary>
    public abstract WireResponse WriteError(AwsException fault, ServiceDescriptor? service, string requestId);

    /// <summary>Writes a request: a client's side. The caller signs it.</summary>
    public abstract WireRequest WriteInput(Operation operation, IShape input);

    /// <summary>Reads a result: a client's side.</summary>
    /// <exception cref="AwsException">The response is an error, or malformed.</exception>
    public IShape ReadOutput(Operation operation, WireResponse response) =>
        response.Status < 300 ? ParseOutput(operation, response) : throw ParseError(response);

    /// <summary>The bytes of one item of a list, to be kept by an <see cref="IFragmentList"/>.</summary>
    /// <param name="item">The list member's <see cref="Member.Item"/>.</param>
    /// <param name="value">The item.</param>
    public virtual ReadOnlyMemory<byte> Fragment(Member item, IShape value) => default;

    /// <summary>The error for an operation that AWS does not have.</summary>
    public virtual AwsException UnknownOperation(string operation) => new("UnknownOperationException", $"The operation {operation} does not exist.");

    /// <summary>The error for a request that names no operation.</summary>
    public virtual AwsException MissingOperation() => new("UnknownOperationException", "The request names no operation.");

    /// <summary>The error for an operation that AWS has and Nines does not. Never 5xx: clients would retry in vain.</summary>
    public virtual AwsException NotImplemented(string service, string operation) =>
        new("UnsupportedOperationException", $"Nines does not implement the operation {operation} of {service}.");

    private protected abstract IShape ParseInput(Operation operation, WireRequest request);

    private protected abstract IShape ParseOutput(Operation operation, WireResponse response);

    private protected abstract AwsException ParseError(WireResponse response);

    /// <summary>What an error message calls a member.</summary>
    private protected virtual string NameForErrors(Member member) => char.ToLowerInvariant(member.Name[0]) + member.Name[1..];

    /// <summary>The error for an absent required member.</summary>
    private protected virtual AwsException Missing(string path) =>
        new("ValidationException", $"1 validation error detected: Value null at '{path}' failed to satisfy constraint: Member must not be null");

    private protected static string EmptyToNull(string? text, string otherwise) => string.IsNullOrEmpty(text) ? otherwise : text;
}
