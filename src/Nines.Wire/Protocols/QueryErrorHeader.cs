using Nines.Wire.Schemas;

namespace Nines.Wire.Protocols;

/// <summary>
/// The header that tells clients of a service that moved from the query protocol to JSON or CBOR the code they knew.
/// Source: Smithy's <c>aws.protocols#awsQueryCompatible</c>.
/// </summary>
internal static class QueryErrorHeader
{
    public static void Add(WireResponse response, AwsException fault, ServiceDescriptor? service)
    {
        if (fault.QueryCode is not null || service is { QueryCompatible: true } or { Protocol: ProtocolKind.Query })
        {
            response.Headers.Add("x-amzn-query-error", $"{fault.QueryCode ?? fault.Code};{(fault.SenderFault ? "Sender" : "Receiver")}");
        }
    }
}
