using System.Text;
using System.Text.Json;
using Nines.Wire.Resolve;
using Nines.Wire.Schemas;
using Nines.Wire.Tests.RoundTrip;

namespace Nines.Wire.Tests.Protocols;

/// <summary>Requests that the AWS SDK for JavaScript 3.1163 sent, with what they say. Its CloudWatch client speaks JSON, and CBOR when told to.</summary>
public class RecordedRequestTests
{
    private static readonly JsonElement s_requests = Load();

    private static readonly IReadOnlyList<ServiceDescriptor> s_services = [.. Nines.Api.AwsServices.Implemented, .. Generated.AwsServices.Implemented];

    private static readonly OperationResolver s_resolver = new(s_services, () =>
    {
        using var json = typeof(Nines.Api.AwsServices).Assembly.GetManifestResourceStream("services.json")!;
        return ServiceCatalogue.Load(json, s_services);
    });

    public static TheoryData<string> Names { get; } = [.. s_requests.EnumerateArray().Select(recorded => recorded.GetProperty("name").GetString()!)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_request_of_the_javascript_sdk_is_found_and_read(string name)
    {
        var recorded = s_requests.EnumerateArray().Single(candidate => candidate.GetProperty("name").GetString() == name);
        var request = Request(recorded);

        var found = s_resolver.Resolve(request);

        found.Error.ShouldBeNull();
        found.OperationName.ShouldBe(name.Split(' ')[1]);
        found.Protocol.Kind.ToString().ShouldBe(recorded.GetProperty("protocol").GetString());
        CanonicalText.Of(found.Protocol.ReadInput(found.Operation!, request)).ShouldBe(
            string.Join('\n', recorded.GetProperty("says").EnumerateArray().Select(line => line.GetString())));
    }

    private static WireRequest Request(JsonElement recorded)
    {
        var headers = Requests.Headers(null, recorded.GetProperty("service").GetString());
        foreach (var header in recorded.GetProperty("headers").EnumerateObject())
        {
            headers.Add(header.Name, header.Value.GetString()!);
        }

        return new WireRequest
        {
            Method = recorded.GetProperty("method").GetString()!,
            Path = recorded.GetProperty("path").GetString()!,
            QueryString = recorded.GetProperty("query").GetString()!,
            Headers = headers,
            Body = recorded.TryGetProperty("base64", out var bytes) ? bytes.GetBytesFromBase64() : Encoding.UTF8.GetBytes(recorded.GetProperty("body").GetString()!),
        };
    }

    private static JsonElement Load()
    {
        using var json = typeof(RecordedRequestTests).Assembly.GetManifestResourceStream("javascript-sdk.json")!;
        return JsonDocument.Parse(json).RootElement.Clone();
    }
}
