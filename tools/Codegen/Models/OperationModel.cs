using System.Text.Json.Nodes;

namespace Codegen.Models;

/// <summary>One operation of a model.</summary>
internal sealed record OperationModel(
    string Name,
    string Method,
    string RequestUri,
    int SuccessStatus,
    string? Input,
    string? Output,
    string? ResultWrapper,
    string? InputElement,
    string? OutputElement,
    (string Uri, string? Prefix)? InputNamespace)
{
    public static OperationModel Read(string name, JsonObject json) => new(
        name,
        (string?)json["http"]?["method"] ?? "POST",
        (string?)json["http"]?["requestUri"] ?? "/",
        (int?)json["http"]?["responseCode"] ?? 200,
        (string?)json["input"],
        (string?)json["output"],
        (string?)json["outputResultWrapper"],
        (string?)json["inputLocationName"],
        (string?)json["outputLocationName"],
        MemberModel.Namespace(json["inputXmlNamespace"]));
}
