using Nines.Wire.Schemas;

namespace Nines.Control.Tests.Gateway;

/// <summary>The least request for an operation, in its service's protocol: enough to be recognised, not to be valid.</summary>
internal static class GatewayRequests
{
    public static HttpRequestMessage For(Operation operation) => operation.Service.Protocol switch
    {
        ProtocolKind.Ec2 or ProtocolKind.Query => Form(("Action", operation.Name), ("Version", operation.Service.ApiVersion)),
        ProtocolKind.Json10 => Json(operation, "application/x-amz-json-1.0"),
        ProtocolKind.Json11 => Json(operation, "application/x-amz-json-1.1"),
        _ => new HttpRequestMessage(new HttpMethod(operation.Method), operation.RequestUri.Replace("{", "", StringComparison.Ordinal).Replace("}", "", StringComparison.Ordinal)),
    };

    public static HttpRequestMessage Form(params (string Name, string Value)[] parameters) => new(HttpMethod.Post, "/")
    {
        Content = new FormUrlEncodedContent(parameters.Select(parameter => KeyValuePair.Create(parameter.Name, parameter.Value))),
    };

    public static HttpRequestMessage Sts(string action) => Form(("Action", action), ("Version", "2011-06-15"));

    public static HttpRequestMessage Admin(string target, string body = "{}") => new(HttpMethod.Post, "/")
    {
        Headers = { { "X-Amz-Target", $"Nines.{target}" } },
        Content = new StringContent(body, null, "application/x-amz-json-1.1"),
    };

    private static HttpRequestMessage Json(Operation operation, string contentType) => new(HttpMethod.Post, "/")
    {
        Headers = { { "X-Amz-Target", $"{operation.Service.TargetPrefix}.{operation.Name}" } },
        Content = new StringContent("{}", null, contentType),
    };
}
