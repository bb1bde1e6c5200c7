using Nines.Wire.Schemas;

namespace Nines.Wire.Resolve;

/// <summary>The service and operation that an RPC request names.</summary>
internal sealed record RpcCall(ProtocolKind Protocol, string Service, string Operation)
{
    /// <summary>What the request names in its path (Smithy RPC v2) or in <c>X-Amz-Target</c> (JSON); null when neither.</summary>
    public static RpcCall? Find(WireRequest request)
    {
        if (request.Headers.Find("smithy-protocol") == "rpc-v2-cbor" && request.Path.Split('/') is [.., "service", var service, "operation", var operation])
        {
            // A namespace before the service's name is allowed and means nothing.
            return new RpcCall(ProtocolKind.RpcV2Cbor, service[(service.LastIndexOf('.') + 1)..], operation);
        }

        if (request.Headers.Find("X-Amz-Target") is not { } target)
        {
            return null;
        }

        var dot = target.LastIndexOf('.');
        var json10 = request.Headers.Find("Content-Type")?.StartsWith("application/x-amz-json-1.0", StringComparison.OrdinalIgnoreCase) ?? false;
        return new RpcCall(json10 ? ProtocolKind.Json10 : ProtocolKind.Json11, dot < 0 ? "" : target[..dot], target[(dot + 1)..]);
    }
}
