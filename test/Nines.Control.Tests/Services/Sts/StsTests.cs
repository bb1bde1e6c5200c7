using System.Globalization;
using System.Xml.Linq;
using Nines.Control.Tests.Gateway;
using Nines.Wire.Signing;

namespace Nines.Control.Tests.Services.Sts;

/// <summary>STS over HTTP, signed as clients sign.</summary>
public sealed class StsTests(TestGatewayFixture fixture) : IClassFixture<TestGatewayFixture>
{
    private readonly TestGateway _gateway = fixture.Gateway;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_root_is_told_who_it_is()
    {
        var answer = await CallAsync(null, "GetCallerIdentity");

        answer.Value("Account").ShouldBe("123456789012");
        answer.Value("UserId").ShouldBe("123456789012");
        answer.Value("Arn").ShouldBe("arn:aws:iam::123456789012:root");
    }

    [Fact]
    public async Task Other_regions_are_not_this_cloud_but_STS_has_a_global_endpoint()
    {
        (await CallAsync(null, "GetCallerIdentity", region: "eu-west-1")).Value("Code").ShouldBe("SignatureDoesNotMatch");
        (await CallAsync(null, "GetCallerIdentity", region: "us-east-1")).Value("Account").ShouldBe("123456789012");
    }

    [Fact]
    public async Task A_session_is_who_asked_for_it_and_ends_when_it_says()
    {
        var issued = await CallAsync(null, "GetSessionToken", ("DurationSeconds", "900"));
        var keys = new Credentials(issued.Value("AccessKeyId"), issued.Value("SecretAccessKey"), issued.Value("SessionToken"));
        var expires = DateTimeOffset.Parse(issued.Value("Expiration"), CultureInfo.InvariantCulture);

        keys.AccessKeyId.ShouldStartWith("ASIA");
        (expires - TimeProvider.System.GetUtcNow()).TotalSeconds.ShouldBeInRange(800, 900);
        (await CallAsync(keys, "GetCallerIdentity")).Value("Arn").ShouldBe("arn:aws:iam::123456789012:root");
        (await CallAsync(keys with { SessionToken = null }, "GetCallerIdentity")).Value("Code").ShouldBe("InvalidClientTokenId");
        (await CallAsync(keys, "GetSessionToken")).Value("Code").ShouldBe("AccessDenied");
    }

    [Theory]
    [InlineData("129600")]
    [InlineData("3601")]
    [InlineData(null)]
    public async Task A_roots_session_lasts_an_hour_at_most(string? seconds)
    {
        var issued = await CallAsync(null, "GetSessionToken", seconds is null ? [] : [("DurationSeconds", seconds)]);

        var expires = DateTimeOffset.Parse(issued.Value("Expiration"), CultureInfo.InvariantCulture);
        (expires - TimeProvider.System.GetUtcNow()).TotalSeconds.ShouldBeInRange(3500, 3600);
    }

    [Theory]
    [InlineData("899", "ValidationError", "greater than or equal to 900")]
    [InlineData("129601", "ValidationError", "less than or equal to 129600")]
    public async Task A_duration_out_of_range_is_refused(string seconds, string code, string message)
    {
        var answer = await CallAsync(null, "GetSessionToken", ("DurationSeconds", seconds));

        answer.Value("Code").ShouldBe(code);
        answer.Value("Message").ShouldContain(message);
    }

    [Fact]
    public async Task A_code_of_a_device_that_nobody_registered_is_wrong() =>
        (await CallAsync(null, "GetSessionToken", ("SerialNumber", "arn:aws:iam::123456789012:mfa/x"), ("TokenCode", "123456")))
            .Value("Code").ShouldBe("AccessDenied");

    [Fact]
    public async Task A_presigned_URL_works_until_it_expires_and_not_when_it_is_changed()
    {
        var url = Presign(TimeProvider.System.GetUtcNow());
        (await GetAsync(url)).Value("Account").ShouldBe("123456789012");
        (await GetAsync(url.Replace("GetCallerIdentity", "GetSessionToken", StringComparison.Ordinal))).Value("Code").ShouldBe("SignatureDoesNotMatch");
        (await GetAsync(Presign(TimeProvider.System.GetUtcNow().AddMinutes(-2)))).Value("Code").ShouldBe("RequestExpired");
        (await GetAsync(Presign(TimeProvider.System.GetUtcNow().AddMinutes(6)))).Value("Code").ShouldBe("SignatureDoesNotMatch");
    }

    [Fact]
    public async Task A_tampered_body_is_refused()
    {
        using var client = _gateway.Client("sts");
        using var signed = GatewayRequests.Sts("GetCallerIdentity");
        using var first = await client.SendAsync(signed, Cancel);

        // The same headers with another body: what someone on the way could try.
        using var tampered = GatewayRequests.Sts("GetSessionToken");
        foreach (var (name, values) in first.RequestMessage!.Headers)
        {
            tampered.Headers.TryAddWithoutValidation(name, values);
        }

        using var response = await _gateway.Plain.SendAsync(tampered, Cancel);
        (await ReadAsync(response)).Value("Code").ShouldBe("SignatureDoesNotMatch");
    }

    [Fact]
    public async Task Version_2_signatures_are_refused_with_the_reason()
    {
        using var form = GatewayRequests.Form(
            ("Action", "GetCallerIdentity"), ("Version", "2011-06-15"), ("AWSAccessKeyId", "AKID"), ("SignatureVersion", "2"), ("SignatureMethod", "HmacSHA256"), ("Signature", "x"));
        using var response = await _gateway.Plain.SendAsync(form, Cancel);

        (await ReadAsync(response)).Value("Message").ShouldContain("Signature Version 4");
    }

    private string Presign(DateTimeOffset now)
    {
        var request = new SignableRequest("GET", "/", "Action=GetCallerIdentity&Version=2011-06-15", new HostHeader(_gateway.Endpoint.Authority));
        var query = new RequestSigner(_gateway.Root.Credentials, "us-east-1", "sts").PresignedQuery(request, Payload.EmptyHash, now, TimeSpan.FromMinutes(1));
        return $"/?{query}";
    }

    private async Task<XElement> GetAsync(string url)
    {
        using var response = await _gateway.Plain.GetAsync(url, Cancel);
        return await ReadAsync(response);
    }

    private Task<XElement> CallAsync(Credentials? keys, string action, params (string, string)[] parameters) => CallAsync(keys, action, "us-east-1", parameters);

    private async Task<XElement> CallAsync(Credentials? keys, string action, string region, params (string, string)[] parameters)
    {
        using var client = _gateway.Client("sts", keys, region);
        using var response = await client.SendAsync(GatewayRequests.Form([("Action", action), ("Version", "2011-06-15"), .. parameters]), Cancel);
        return await ReadAsync(response);
    }

    private static async Task<XElement> ReadAsync(HttpResponseMessage response) => XElement.Parse(await response.Content.ReadAsStringAsync(Cancel));

    private sealed class HostHeader(string host) : IRequestHeaders
    {
        public IEnumerable<string> Names => ["host"];

        public string? Find(string name) => name == "host" ? host : null;
    }
}
