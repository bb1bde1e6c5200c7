using Nines.Wire.Signing;

namespace Nines.Wire.Tests.Signing;

public sealed class RequestSignatureParserTests
{
    private const string Good = "AWS4-HMAC-SHA256 Credential=AKID/20150830/us-east-1/iam/aws4_request, SignedHeaders=host;x-amz-date, Signature=abc";

    [Theory]
    [InlineData(Good)]
    [InlineData("AWS4-HMAC-SHA256 Credential=AKID/20150830/us-east-1/iam/aws4_request,SignedHeaders=host;x-amz-date,Signature=abc")]
    public void The_header_is_taken_apart(string authorization)
    {
        Parse(authorization, "20150830T123600Z", out var signature).ShouldBeNull();

        signature!.AccessKeyId.ShouldBe("AKID");
        signature.Scope.ShouldBe(new CredentialScope("20150830", "us-east-1", "iam"));
        signature.SignedHeaders.ShouldBe(["host", "x-amz-date"]);
        signature.Signature.ShouldBe("abc");
        signature.SignedAt.ShouldBe(new DateTimeOffset(2015, 8, 30, 12, 36, 0, TimeSpan.Zero));
        signature.IsPresigned.ShouldBeFalse();
    }

    [Fact]
    public void The_date_header_serves_where_there_is_no_other()
    {
        var headers = new HeaderList(("Host", "h"), ("Authorization", Good), ("Date", "Sun, 30 Aug 2015 12:36:00 GMT"));

        RequestSignatureParser.TryParse(new("GET", "/", "", headers), out var signature, out _).ShouldBeTrue();

        signature!.SignedAtText.ShouldBe("20150830T123600Z");
    }

    [Fact]
    public void Nothing_is_missing_authentication()
    {
        RequestSignatureParser.TryParse(new("GET", "/", "Action=X", new HeaderList(("Host", "h"))), out _, out var error).ShouldBeFalse();

        error.ShouldBe(SignatureError.Missing);
    }

    [Theory]
    [InlineData("AWS AKID:sig", SignatureErrorKind.UnsupportedVersion, "Please use AWS4-HMAC-SHA256")]
    [InlineData("Basic dXNlcjpwYXNz", SignatureErrorKind.Incomplete, "Unsupported AWS 'algorithm': 'Basic'")]
    [InlineData("AWS4-ECDSA-P256-SHA256 Credential=AKID/20150830/iam/aws4_request, SignedHeaders=host, Signature=abc", SignatureErrorKind.Incomplete, "Unsupported AWS 'algorithm'")]
    [InlineData("AWS4-HMAC-SHA256", SignatureErrorKind.Incomplete, "missing equal-sign")]
    [InlineData("AWS4-HMAC-SHA256 Credential", SignatureErrorKind.Incomplete, "missing equal-sign")]
    [InlineData("AWS4-HMAC-SHA256 SignedHeaders=host, Signature=abc", SignatureErrorKind.Incomplete, "requires 'Credential' parameter")]
    [InlineData("AWS4-HMAC-SHA256 Credential=AKID/20150830/us-east-1/iam/aws4_request, Signature=abc", SignatureErrorKind.Incomplete, "requires 'SignedHeaders' parameter")]
    [InlineData("AWS4-HMAC-SHA256 Credential=AKID/20150830/us-east-1/iam/aws4_request, SignedHeaders=host", SignatureErrorKind.Incomplete, "requires 'Signature' parameter")]
    [InlineData("AWS4-HMAC-SHA256 Credential=AKID/20150830/us-east-1/iam, SignedHeaders=host, Signature=abc", SignatureErrorKind.Incomplete, "exactly 5 slash-delimited")]
    [InlineData("AWS4-HMAC-SHA256 Credential=AKID/20150830/us-east-1/iam/aws3, SignedHeaders=host, Signature=abc", SignatureErrorKind.WrongScope, "valid terminator")]
    [InlineData("AWS4-HMAC-SHA256 Credential=AKID/20150831/us-east-1/iam/aws4_request, SignedHeaders=host, Signature=abc", SignatureErrorKind.WrongScope, "'20150831' != '20150830'")]
    public void A_malformed_header_says_what_is_wrong(string authorization, SignatureErrorKind kind, string message)
    {
        var error = Parse(authorization, "20150830T123600Z", out _);

        error!.Kind.ShouldBe(kind);
        error.Message.ShouldContain(message);
    }

    [Theory]
    [InlineData("2015-08-30T12:36:00Z")]
    [InlineData("20150830T123600")]
    [InlineData("20151399T996000Z")]
    [InlineData("")]
    public void A_malformed_date_is_refused(string date) => Parse(Good, date, out _)!.Message.ShouldContain("ISO-8601");

    [Fact]
    public void A_missing_date_is_refused()
    {
        var headers = new HeaderList(("Host", "h"), ("Authorization", Good));

        RequestSignatureParser.TryParse(new("GET", "/", "", headers), out _, out var error).ShouldBeFalse();

        error!.Message.ShouldContain("existence of either a 'X-Amz-Date' or a 'Date' header");
    }

    [Fact]
    public void Header_and_query_together_are_refused()
    {
        var headers = new HeaderList(("Host", "h"), ("Authorization", Good), ("X-Amz-Date", "20150830T123600Z"));

        RequestSignatureParser.TryParse(new("GET", "/", "X-Amz-Algorithm=AWS4-HMAC-SHA256", headers), out _, out var error).ShouldBeFalse();

        error!.Message.ShouldContain("Only one auth mechanism");
    }

    [Theory]
    [InlineData("AWSAccessKeyId=AKID&Signature=x&SignatureVersion=2&SignatureMethod=HmacSHA256")]
    [InlineData("AWSAccessKeyId=AKID&Signature=x&Expires=1")]
    public void Version_2_in_a_query_is_named(string query)
    {
        RequestSignatureParser.TryParse(new("GET", "/", query, new HeaderList(("Host", "h"))), out _, out var error).ShouldBeFalse();

        error!.Kind.ShouldBe(SignatureErrorKind.UnsupportedVersion);
    }

    [Theory]
    [InlineData("X-Amz-Algorithm=AWS4-HMAC-SHA256")]
    [InlineData("X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKID%2F20150830%2Fus-east-1%2Fiam%2Faws4_request&X-Amz-Date=20150830T123600Z&X-Amz-SignedHeaders=host")]
    public void A_query_without_every_parameter_is_refused(string query)
    {
        RequestSignatureParser.TryParse(new("GET", "/", query, new HeaderList(("Host", "h"))), out _, out var error).ShouldBeFalse();

        error!.Kind.ShouldBe(SignatureErrorKind.Incomplete);
    }

    private static SignatureError? Parse(string authorization, string date, out RequestSignature? signature)
    {
        var headers = new HeaderList(("Host", "h"), ("Authorization", authorization), ("X-Amz-Date", date));
        return RequestSignatureParser.TryParse(new("GET", "/", "", headers), out signature, out var error) ? null : error;
    }
}
