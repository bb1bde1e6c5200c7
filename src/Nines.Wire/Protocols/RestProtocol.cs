using System.Collections.Concurrent;
using Nines.Wire.Rest;
using Nines.Wire.Schemas;

namespace Nines.Wire.Protocols;

/// <summary>What the two REST protocols share: the bindings of top-level members to HTTP. Source: Smithy's HTTP binding traits.</summary>
internal sealed class RestProtocol(Func<string, AwsException> malformed)
{
    private readonly ConcurrentDictionary<Operation, UriPattern> _patterns = new();

    /// <summary>The operation's path and query.</summary>
    public UriPattern Pattern(Operation operation) => _patterns.GetOrAdd(operation, static operation => new UriPattern(operation.Method, operation.RequestUri));

    /// <summary>A reader of the request; <paramref name="body"/> reads what is not bound.</summary>
    public RestShapeReader Input(Operation operation, WireRequest request, Func<ReadOnlyMemory<byte>, ShapeReader> body)
    {
        var pattern = Pattern(operation);
        var message = new RestMessage
        {
            Labels = pattern.Match(request.Method, request.Path, request.Query) ?? throw malformed("The path is not that of the operation."),
            Parameters = request.Query,
            FixedQuery = pattern.Query,
            Headers = request.Headers,
            Body = request.Body,
            Schema = operation.Input,
            Malformed = malformed,
        };
        return new RestShapeReader(message, Body(operation.Input, request.Body, body));
    }

    /// <summary>A reader of the response.</summary>
    public RestShapeReader Output(Operation operation, WireResponse response, Func<ReadOnlyMemory<byte>, ShapeReader> body)
    {
        var message = new RestMessage
        {
            Headers = response.Headers,
            Status = response.Status,
            Body = response.Body,
            Schema = operation.Output,
            Malformed = malformed,
        };
        return new RestShapeReader(message, Body(operation.Output, response.Body, body));
    }

    /// <summary>The request for what the writer was given.</summary>
    public WireRequest Request(Operation operation, RestShapeWriter writer, PooledBuffer body, string contentType)
    {
        var pattern = Pattern(operation);
        if (ContentType(operation.Input, body, contentType) is { } type)
        {
            writer.Headers.Add("Content-Type", type);
        }

        var query = pattern.Query.Select(pair => pair.Value is null ? pair.Key : pair.Key + "=" + pair.Value)
            .Concat(writer.Query.Select(pair => Uri.EscapeDataString(pair.Key) + "=" + Uri.EscapeDataString(pair.Value)));
        return new WireRequest
        {
            Method = operation.Method,
            Path = pattern.Fill(writer.Labels),
            QueryString = string.Join('&', query),
            Headers = writer.Headers,
            Body = body.Written.ToArray(),
        };
    }

    /// <summary>The response for what the writer was given.</summary>
    public static WireResponse Response(Operation operation, RestShapeWriter writer, PooledBuffer body, string contentType, string requestId)
    {
        var response = new WireResponse(writer.Status ?? operation.SuccessStatus, body);
        foreach (var header in writer.Headers)
        {
            response.Headers.Add(header);
        }

        if (ContentType(operation.Output, body, contentType) is { } type)
        {
            response.Headers.Add("Content-Type", type);
        }

        response.Headers.Add("x-amzn-RequestId", requestId);
        return response;
    }

    /// <summary>Whether the message has a document: members that are not bound, or a structure as payload.</summary>
    public static bool HasDocument(Schema schema)
    {
        if (schema.PayloadMember is { } payload)
        {
            return payload.Type is not (ShapeType.Blob or ShapeType.String);
        }

        foreach (var member in schema.Members)
        {
            if (member.Location == MemberLocation.Body)
            {
                return true;
            }
        }

        return false;
    }

    // Where the model binds the header to a member, its value is the member's or none.
    private static string? ContentType(Schema schema, PooledBuffer body, string document)
    {
        foreach (var member in schema.Members)
        {
            if (member.Location == MemberLocation.Header && member.WireName.Equals("Content-Type", StringComparison.OrdinalIgnoreCase))
            {
                return null;
            }
        }

        return body.Length == 0 ? null : schema.PayloadMember?.Type switch
        {
            ShapeType.Blob => "application/octet-stream",
            ShapeType.String => "text/plain",
            _ => document,
        };
    }

    private static ShapeReader? Body(Schema schema, ReadOnlyMemory<byte> bytes, Func<ReadOnlyMemory<byte>, ShapeReader> body) =>
        HasDocument(schema) && !bytes.IsEmpty ? body(bytes) : null;
}
