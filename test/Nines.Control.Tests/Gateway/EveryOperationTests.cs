using Nines.Api;
using Nines.Control.Admin;
using Nines.Wire.Schemas;
using Nines.Wire.Signing;

namespace Nines.Control.Tests.Gateway;

/// <summary>
/// Every operation that the models say is implemented, and every operator's verb, called without authentication and with
/// every kind of wrong authentication. The list is the generated one: an operation cannot be added without passing here.
/// </summary>
public sealed class EveryOperationTests(EveryServiceFixture fixture) : IClassFixture<EveryServiceFixture>
{
    private readonly TestGateway _gateway = fixture.Gateway;

    public static TheoryData<string, string> Operations =>
        new(AwsServices.Implemented.SelectMany(service => service.Operations.Select(operation => (service.Id, operation.Name)))
            .Concat(AdminEndpoint.Targets.Select(target => (AdminEndpoint.SigningName, target))));

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Operations))]
    public async Task Without_a_signature_it_is_refused(string service, string operation)
    {
        using var response = await _gateway.Plain.SendAsync(Request(service, operation), Cancel);

        await ShouldBeAsync(response, service, (403, "MissingAuthenticationToken"), (403, "MissingAuthenticationToken"), (400, "MissingAuthenticationTokenException"));
    }

    [Theory]
    [MemberData(nameof(Operations))]
    public async Task With_an_unknown_key_it_is_refused(string service, string operation)
    {
        using var client = Client(service, new Credentials("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"));
        using var response = await client.SendAsync(Request(service, operation), Cancel);

        await ShouldBeAsync(response, service, (401, "AuthFailure"), (403, "InvalidClientTokenId"), (400, "UnrecognizedClientException"));
    }

    [Theory]
    [MemberData(nameof(Operations))]
    public async Task With_a_wrong_secret_it_is_refused(string service, string operation)
    {
        using var client = Client(service, _gateway.Root.Credentials with { SecretAccessKey = "wrong" });
        using var response = await client.SendAsync(Request(service, operation), Cancel);

        await ShouldBeAsync(response, service, (401, "AuthFailure"), (403, "SignatureDoesNotMatch"), (400, "InvalidSignatureException"));
    }

    [Theory]
    [MemberData(nameof(Operations))]
    public async Task Signed_too_long_ago_it_is_refused(string service, string operation)
    {
        using var client = Client(service, time: new ShiftedTime(TimeSpan.FromMinutes(-6)));
        using var response = await client.SendAsync(Request(service, operation), Cancel);

        await ShouldBeAsync(response, service, (400, "RequestExpired"), (403, "SignatureDoesNotMatch"), (400, "InvalidSignatureException"));
    }

    [Theory]
    [MemberData(nameof(Operations))]
    public async Task With_a_session_that_has_ended_it_is_refused(string service, string operation)
    {
        var ended = _gateway.Sessions.Issue("123456789012", "arn:aws:iam::123456789012:root", "123456789012", isRoot: true, DateTimeOffset.UnixEpoch);
        using var client = Client(service, ended);
        using var response = await client.SendAsync(Request(service, operation), Cancel);

        await ShouldBeAsync(response, service, (400, "RequestExpired"), (403, "ExpiredToken"), (400, "ExpiredTokenException"));
    }

    [Theory]
    [MemberData(nameof(Operations))]
    public async Task With_another_sessions_token_it_is_refused(string service, string operation)
    {
        var one = Session(isRoot: true);
        using var client = Client(service, one with { SessionToken = Session(isRoot: true).SessionToken });
        using var response = await client.SendAsync(Request(service, operation), Cancel);

        await ShouldBeAsync(response, service, (401, "AuthFailure"), (403, "InvalidClientTokenId"), (400, "UnrecognizedClientException"));
    }

    [Theory]
    [MemberData(nameof(Operations))]
    public async Task A_principal_without_rights_may_not(string service, string operation)
    {
        using var client = Client(service, Session(isRoot: false));
        using var response = await client.SendAsync(Request(service, operation), Cancel);

        await ShouldBeAsync(response, service, (403, "UnauthorizedOperation"), (403, "AccessDenied"), (400, "AccessDeniedException"));
    }

    [Theory]
    [MemberData(nameof(Operations))]
    public async Task The_root_is_answered_and_never_with_a_fault(string service, string operation)
    {
        using var client = Client(service);
        using var response = await client.SendAsync(Request(service, operation), Cancel);
        var body = await response.Content.ReadAsStringAsync(Cancel);

        ((int)response.StatusCode).ShouldBeLessThan(500, body);
        body.ShouldNotContain("Nines does not implement");
    }

    private static HttpRequestMessage Request(string service, string operation) => service == AdminEndpoint.SigningName
        ? GatewayRequests.Admin(operation)
        : GatewayRequests.For(Service(service).Find(operation)!);

    private static ServiceDescriptor Service(string id) => AwsServices.Implemented.Single(service => service.Id == id);

    private HttpClient Client(string service, Credentials? credentials = null, TimeProvider? time = null) =>
        _gateway.Client(service == AdminEndpoint.SigningName ? service : Service(service).SigningName, credentials, time: time);

    private Credentials Session(bool isRoot) => _gateway.Sessions.Issue(
        "123456789012", "arn:aws:iam::123456789012:user/somebody", "AIDACKCEVSQ6C2EXAMPLE", isRoot, DateTimeOffset.UnixEpoch.AddYears(200));

    private static async Task ShouldBeAsync(
        HttpResponseMessage response, string service, (int Status, string Code) ec2, (int Status, string Code) query, (int Status, string Code) json)
    {
        var protocol = service == AdminEndpoint.SigningName ? ProtocolKind.Json11 : Service(service).Protocol;
        var body = await response.Content.ReadAsStringAsync(Cancel);
        switch (protocol)
        {
            case ProtocolKind.Ec2:
                ((int)response.StatusCode).ShouldBe(ec2.Status, body);
                body.ShouldContain($"<Response><Errors><Error><Code>{ec2.Code}</Code><Message>");
                break;
            case ProtocolKind.Query:
                ((int)response.StatusCode).ShouldBe(query.Status, body);
                body.ShouldContain($"<Code>{query.Code}</Code>");
                body.ShouldContain("<ErrorResponse");
                break;
            case ProtocolKind.Json10 or ProtocolKind.Json11 or ProtocolKind.RpcV2Cbor:
                ((int)response.StatusCode).ShouldBe(json.Status, body);
                body.ShouldContain($"\"{json.Code}\"");
                break;
            default:
                throw new InvalidOperationException($"Say here how {protocol} refuses.");
        }

        response.Headers.GetValues("x-amzn-RequestId").ShouldHaveSingleItem();
    }
}
