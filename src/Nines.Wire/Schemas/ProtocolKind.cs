namespace Nines.Wire.Schemas;

/// <summary>The protocols of AWS.</summary>
public enum ProtocolKind
{
    /// <summary>Form parameters in, XML out; EC2's dialect.</summary>
    Ec2,

    /// <summary>Form parameters in, XML out.</summary>
    Query,

    /// <summary>Resources in paths, XML bodies.</summary>
    RestXml,

    /// <summary>Resources in paths, JSON bodies.</summary>
    RestJson,

    /// <summary>JSON bodies, operation in <c>X-Amz-Target</c>; content type <c>application/x-amz-json-1.0</c>.</summary>
    Json10,

    /// <summary>JSON bodies, operation in <c>X-Amz-Target</c>; content type <c>application/x-amz-json-1.1</c>.</summary>
    Json11,

    /// <summary>Smithy RPC v2 with CBOR bodies, operation in the path.</summary>
    RpcV2Cbor,
}
