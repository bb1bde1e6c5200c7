using Nines.Control.Gateway;
using Nines.Wire.Signing;

namespace Nines.Control.Tests.Gateway;

public sealed class CommonErrorsTests
{
    public static TheoryData<SignatureErrorKind> Kinds => [.. Enum.GetValues<SignatureErrorKind>()];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_refusal_is_the_clients_fault_in_every_family(SignatureErrorKind kind)
    {
        foreach (var family in Enum.GetValues<ErrorFamily>())
        {
            var error = CommonErrors.Authentication(family, new SignatureError(kind, "why"));
            error.Status.ShouldBeInRange(400, 403);
            error.Code.ShouldMatch("^[A-Z][A-Za-z0-9]+$");
            error.Message.ShouldNotBeEmpty();
            error.Code.EndsWith("Exception", StringComparison.Ordinal).ShouldBe(family is ErrorFamily.Json or ErrorFamily.RestJson);
        }
    }

    [Theory]
    [InlineData(SignatureErrorKind.Missing, "MissingAuthenticationToken 403", "MissingAuthenticationToken 403", "MissingAuthenticationTokenException 400", "MissingAuthenticationTokenException 403", "AccessDenied 403")]
    [InlineData(SignatureErrorKind.Incomplete, "IncompleteSignature 400", "IncompleteSignature 400", "IncompleteSignatureException 400", "IncompleteSignatureException 403", "AuthorizationHeaderMalformed 400")]
    [InlineData(SignatureErrorKind.UnknownKey, "AuthFailure 401", "InvalidClientTokenId 403", "UnrecognizedClientException 400", "UnrecognizedClientException 403", "InvalidAccessKeyId 403")]
    [InlineData(SignatureErrorKind.Mismatch, "AuthFailure 401", "SignatureDoesNotMatch 403", "InvalidSignatureException 400", "InvalidSignatureException 403", "SignatureDoesNotMatch 403")]
    [InlineData(SignatureErrorKind.Expired, "RequestExpired 400", "SignatureDoesNotMatch 403", "InvalidSignatureException 400", "InvalidSignatureException 403", "RequestTimeTooSkewed 403")]
    [InlineData(SignatureErrorKind.PresignedExpired, "RequestExpired 400", "RequestExpired 400", "InvalidSignatureException 400", "InvalidSignatureException 403", "AccessDenied 403")]
    [InlineData(SignatureErrorKind.ExpiredToken, "RequestExpired 400", "ExpiredToken 403", "ExpiredTokenException 400", "ExpiredTokenException 403", "ExpiredToken 400")]
    [InlineData(SignatureErrorKind.InvalidToken, "AuthFailure 401", "InvalidClientTokenId 403", "UnrecognizedClientException 400", "UnrecognizedClientException 403", "InvalidToken 400")]
    public void Each_family_has_its_own_name_for_the_same_fault(SignatureErrorKind kind, string ec2, string query, string json, string restJson, string s3)
    {
        Of(ErrorFamily.Ec2, kind).ShouldBe(ec2);
        Of(ErrorFamily.Query, kind).ShouldBe(query);
        Of(ErrorFamily.Json, kind).ShouldBe(json);
        Of(ErrorFamily.RestJson, kind).ShouldBe(restJson);
        Of(ErrorFamily.S3, kind).ShouldBe(s3);
    }

    private static string Of(ErrorFamily family, SignatureErrorKind kind)
    {
        var error = CommonErrors.Authentication(family, new SignatureError(kind, "why"));
        return $"{error.Code} {error.Status}";
    }
}
