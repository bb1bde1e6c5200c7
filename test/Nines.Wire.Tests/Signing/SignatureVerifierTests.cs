using FsCheck;
using FsCheck.Fluent;
using Nines.Wire.Signing;

namespace Nines.Wire.Tests.Signing;

public sealed class SignatureVerifierTests
{
    private const string Secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

    private static readonly DateTimeOffset s_now = new(2026, 3, 1, 23, 58, 0, TimeSpan.Zero);
    private static readonly string s_payload = Payload.Hash("Action=GetCallerIdentity"u8);
    private static readonly HeaderList s_headers = new(("Host", "localhost:4566"), ("X-Amz-Date", "20260301T235800Z"));

    [Fact]
    public void What_was_signed_is_accepted() => Verify(Signed("POST", "/", "a=1", s_payload), s_payload).ShouldBeTrue();

    [Fact]
    public void A_wrong_secret_is_refused() => Verify(Signed("POST", "/", "a=1", s_payload), s_payload, secret: Secret + "x").ShouldBeFalse();

    [Fact]
    public void A_tampered_body_is_refused() => Verify(Signed("POST", "/", "", s_payload), Payload.Hash("Action=Other"u8)).ShouldBeFalse();

    [Fact]
    public void A_tampered_query_method_path_or_header_is_refused()
    {
        var request = Signed("POST", "/", "a=1", s_payload);

        Verify(request with { Query = "a=2" }, s_payload).ShouldBeFalse();
        Verify(request with { Method = "GET" }, s_payload).ShouldBeFalse();
        Verify(request with { Path = "/x" }, s_payload).ShouldBeFalse();
        Verify(request with { Headers = ((HeaderList)request.Headers).With(("Host", "other")) }, s_payload).ShouldBeFalse();
    }

    [Theory]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("zz67d582fa61cc504c4bae71f336f98b97f1ea3c7a6bfe1b6e45aec72011b9aeb")]
    [InlineData("ሴ67d582fa61cc504c4bae71f336f98b97f1ea3c7a6bfe1b6e45aec72011b9aeb")]
    public void A_malformed_signature_is_refused_and_breaks_nothing(string signature)
    {
        var request = Signed("POST", "/", "", s_payload);
        var parsed = Parse(request) with { Signature = signature };

        SignatureVerifier.Matches(request, parsed, SigningKey.Derive(Secret, parsed.Scope), s_payload, SigningPolicy.Default).ShouldBeFalse();
    }

    [Theory]
    [InlineData(-301, SignatureErrorKind.Expired)]
    [InlineData(-299, null)]
    [InlineData(299, null)]
    [InlineData(301, SignatureErrorKind.NotYetCurrent)]
    public void A_clock_may_be_five_minutes_wrong(int signedSecondsFromNow, SignatureErrorKind? expected)
    {
        var parsed = Parse(Signed("POST", "/", "", s_payload)) with { SignedAt = s_now.AddSeconds(signedSecondsFromNow) };

        SignatureVerifier.CheckTime(parsed, s_now, SigningPolicy.Default)?.Kind.ShouldBe(expected!.Value);
        (SignatureVerifier.CheckTime(parsed, s_now, SigningPolicy.Default) is null).ShouldBe(expected is null);
    }

    [Fact]
    public void The_message_says_by_how_much()
    {
        var parsed = Parse(Signed("POST", "/", "", s_payload));

        SignatureVerifier.CheckTime(parsed, s_now.AddMinutes(10), SigningPolicy.Default)!.Message
            .ShouldBe("Signature expired: 20260301T235800Z is now earlier than 20260302T000300Z (20260302T000800Z - 5 min.)");
        SignatureVerifier.CheckTime(parsed, s_now.AddMinutes(-10), SigningPolicy.Default)!.Message
            .ShouldBe("Signature not yet current: 20260301T235800Z is still later than 20260301T235300Z (20260301T234800Z + 5 min.)");
    }

    [Theory]
    [InlineData(0, null)]
    [InlineData(59, null)]
    [InlineData(61, SignatureErrorKind.PresignedExpired)]
    [InlineData(-301, SignatureErrorKind.NotYetCurrent)]
    public void A_presigned_URL_lives_as_long_as_it_says(int secondsLater, SignatureErrorKind? expected)
    {
        var request = Presigned(TimeSpan.FromMinutes(1));
        var parsed = Parse(request);

        parsed.IsPresigned.ShouldBeTrue();
        SignatureVerifier.Matches(request, parsed, SigningKey.Derive(Secret, parsed.Scope), Payload.EmptyHash, SigningPolicy.Default).ShouldBeTrue();
        (SignatureVerifier.CheckTime(parsed, s_now.AddSeconds(secondsLater), SigningPolicy.Default)?.Kind).ShouldBe(expected);
    }

    [Theory]
    [InlineData("604800", true)]
    [InlineData("604801", false)]
    [InlineData("-1", false)]
    [InlineData("soon", false)]
    [InlineData("99999999999999999999", false)]
    public void A_presigned_URL_lives_at_most_a_week(string expires, bool accepted)
    {
        var request = Presigned(TimeSpan.FromMinutes(1));
        var changed = request with { Query = request.Query.Replace("X-Amz-Expires=60", $"X-Amz-Expires={expires}", StringComparison.Ordinal) };

        RequestSignatureParser.TryParse(changed, out _, out var error).ShouldBe(accepted);
        (error?.Kind).ShouldBe(accepted ? null : SignatureErrorKind.Incomplete);
    }

    [Fact]
    public void The_host_must_be_signed()
    {
        var request = Signed("POST", "/", "", s_payload, new HeaderList(("X-Amz-Date", "20260301T235800Z")));

        SignatureVerifier.CheckCoverage(request, Parse(request), SigningPolicy.Default)!.Kind.ShouldBe(SignatureErrorKind.HeaderNotSigned);
    }

    [Theory]
    [InlineData("X-Amz-Target", true, true)]
    [InlineData("X-Amz-Acl", false, true)]
    [InlineData("X-Amzn-Trace-Id", false, false)]
    [InlineData("Accept", false, false)]
    public void Headers_that_decide_must_be_signed(string name, bool everywhere, bool atS3)
    {
        var request = Signed("POST", "/", "", s_payload);
        var more = request with { Headers = ((HeaderList)request.Headers).With((name, "added")) };

        (SignatureVerifier.CheckCoverage(more, Parse(more), SigningPolicy.Default) is not null).ShouldBe(everywhere);
        (SignatureVerifier.CheckCoverage(more, Parse(more), SigningPolicy.S3) is not null).ShouldBe(atS3);
    }

    [Fact]
    public void Whatever_is_signed_verifies_and_any_other_path_or_query_does_not() =>
        Prop.ForAll<NonNull<string>, NonNull<string>, NonNull<string>>((path, name, value) =>
        {
            var query = $"{Uri.EscapeDataString(Clean(name.Get))}={Uri.EscapeDataString(Clean(value.Get))}";
            var request = Signed("GET", $"/p/{Uri.EscapeDataString(Clean(path.Get))}", query, s_payload);
            return Verify(request, s_payload)
                && !Verify(request with { Path = $"{request.Path}x" }, s_payload)
                && !Verify(request with { Query = $"{request.Query}x" }, s_payload);
        }).QuickCheckThrowOnFailure();

    private static string Clean(string text) => string.Concat(text.EnumerateRunes());

    private static SignableRequest Signed(string method, string path, string query, string payload, HeaderList? headers = null)
    {
        var request = new SignableRequest(method, path, query, headers ?? s_headers);
        var authorization = new RequestSigner(new("AKIDEXAMPLE", Secret), "us-east-1", "sts").Authorization(request, payload, s_now);
        return request with { Headers = (headers ?? s_headers).With(("Authorization", authorization)) };
    }

    private static SignableRequest Presigned(TimeSpan expires)
    {
        var request = new SignableRequest("GET", "/", "Action=GetCallerIdentity", new HeaderList(("Host", "localhost:4566")));
        var signer = new RequestSigner(new("AKIDEXAMPLE", Secret, "to/ken+="), "us-east-1", "sts");
        return request with { Query = signer.PresignedQuery(request, Payload.EmptyHash, s_now, expires) };
    }

    private static RequestSignature Parse(SignableRequest request)
    {
        RequestSignatureParser.TryParse(request, out var signature, out var error).ShouldBeTrue(error?.Message);
        return signature!;
    }

    private static bool Verify(SignableRequest request, string payload, string secret = Secret)
    {
        var parsed = Parse(request);
        return SignatureVerifier.Matches(request, parsed, SigningKey.Derive(secret, parsed.Scope), payload, SigningPolicy.Default);
    }
}
