using System.Text.Json;
using Nines.Wire.Schemas;

namespace Nines.Wire.Resolve;

/// <summary>Every AWS service, read from <c>models/services.json</c>.</summary>
public sealed class ServiceCatalogue
{
    private ServiceCatalogue(IReadOnlyList<CatalogueService> services) => Services = services;

    /// <summary>The services in ordinal order of their ids.</summary>
    public IReadOnlyList<CatalogueService> Services { get; }

    /// <summary>Reads the catalogue; an implemented service is represented by its own descriptor.</summary>
    public static ServiceCatalogue Load(Stream json, IReadOnlyList<ServiceDescriptor> implemented)
    {
        using var document = JsonDocument.Parse(json);
        return new ServiceCatalogue([.. document.RootElement.GetProperty("services").EnumerateObject().Select(service => new CatalogueService(
            implemented.FirstOrDefault(known => known.Id == service.Name) ?? Describe(service.Name, service.Value),
            service.Value.GetProperty("operations").EnumerateObject().ToDictionary(pair => pair.Name, pair => pair.Value.GetString()!, StringComparer.Ordinal)))]);
    }

    private static ServiceDescriptor Describe(string id, JsonElement service)
    {
        var prefix = Text(service, "endpointPrefix") ?? id;
        return new ServiceDescriptor(id, Protocol(Text(service, "protocol"), Text(service, "jsonVersion")), [])
        {
            FullName = Text(service, "serviceFullName") ?? id,
            ApiVersion = Text(service, "apiVersion") ?? "",
            EndpointPrefix = prefix,
            SigningName = Text(service, "signingName") ?? prefix,
            TargetPrefix = Text(service, "targetPrefix"),
            XmlNamespace = Text(service, "xmlNamespace"),
            QueryCompatible = service.TryGetProperty("awsQueryCompatible", out _),
            BareXmlErrors = id == "s3",
        };
    }

    private static string? Text(JsonElement service, string name) =>
        service.TryGetProperty(name, out var value) ? value.ValueKind == JsonValueKind.String ? value.GetString() : value.GetRawText() : null;

    private static ProtocolKind Protocol(string? protocol, string? version) => protocol switch
    {
        "ec2" => ProtocolKind.Ec2,
        "query" => ProtocolKind.Query,
        "rest-xml" => ProtocolKind.RestXml,
        "rest-json" => ProtocolKind.RestJson,
        _ => version == "1.0" ? ProtocolKind.Json10 : ProtocolKind.Json11,
    };
}
