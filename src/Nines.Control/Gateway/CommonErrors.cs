using Nines.Wire;
using Nines.Wire.Signing;

namespace Nines.Control.Gateway;

/// <summary>
/// The errors that every service has, under the names that each family of services gives them. Sources: "Error codes for
/// the Amazon EC2 API", "Common Errors" of the STS and ECS API references, "Error Responses" of the S3 API reference.
/// </summary>
internal static class CommonErrors
{
    private const string Ec2Refusal = "AWS was not able to validate the provided access credentials";

    /// <summary>The caller is not who it says, or does not say who it is.</summary>
    public static AwsException Authentication(ErrorFamily family, SignatureError error) => family switch
    {
        ErrorFamily.Ec2 => Ec2(error),
        ErrorFamily.S3 => S3(error),
        ErrorFamily.Query => Query(error),
        ErrorFamily.Json => Json(error, 400),
        _ => Json(error, 403),
    };

    /// <summary>The caller may not do this.</summary>
    public static AwsException Denied(ErrorFamily family, string callerArn, string action)
    {
        var message = $"User: {callerArn} is not authorized to perform: {action}";
        return family switch
        {
            ErrorFamily.Ec2 => new("UnauthorizedOperation", $"You are not authorized to perform this operation. {message}", 403),
            ErrorFamily.Json => new("AccessDeniedException", message),
            ErrorFamily.RestJson => new("AccessDeniedException", message, 403),
            _ => new("AccessDenied", message, 403),
        };
    }

    /// <summary>The body is larger than the service takes.</summary>
    public static AwsException TooLarge(ErrorFamily family, long limitBytes) => family switch
    {
        ErrorFamily.S3 => new("EntityTooLarge", $"Your proposed upload exceeds the maximum allowed size of {limitBytes} bytes."),
        ErrorFamily.Json or ErrorFamily.RestJson => new("RequestEntityTooLargeException", $"The request is larger than {limitBytes} bytes.", 413),
        _ => new("RequestEntityTooLarge", $"The request is larger than {limitBytes} bytes.", 413),
    };

    /// <summary>The body is said to be compressed and is not, or not whole.</summary>
    public static AwsException NotGzip(ErrorFamily family) => family switch
    {
        ErrorFamily.Json or ErrorFamily.RestJson => new("SerializationException", "The body is not gzip, as its Content-Encoding says."),
        _ => new("MalformedQueryString", "The body is not gzip, as its Content-Encoding says."),
    };

    /// <summary>More requests at once than are taken; a repeat may succeed.</summary>
    public static AwsException Throttled(ErrorFamily family) => family switch
    {
        ErrorFamily.Ec2 => new("RequestLimitExceeded", "Request limit exceeded.", 503),
        ErrorFamily.S3 => new("SlowDown", "Please reduce your request rate.", 503),
        ErrorFamily.Query => new("Throttling", "Rate exceeded"),
        ErrorFamily.Json => new("ThrottlingException", "Rate exceeded"),
        _ => new("ThrottlingException", "Rate exceeded", 429),
    };

    /// <summary>Nothing is wrong with the request, but it cannot be answered now: the store is full or cannot be written.</summary>
    public static AwsException Unavailable(ErrorFamily family, string message) => family switch
    {
        ErrorFamily.Ec2 => new("Unavailable", message, 503),
        ErrorFamily.Json or ErrorFamily.RestJson => new("ServiceUnavailableException", message, 503),
        _ => new("ServiceUnavailable", message, 503),
    };

    /// <summary>A fault of ours. The message gives the request's id, by which the log has the rest.</summary>
    public static AwsException Internal(ErrorFamily family, string requestId) => family switch
    {
        ErrorFamily.Ec2 or ErrorFamily.S3 => new("InternalError", $"An internal error has occurred (request {requestId})", 500),
        ErrorFamily.Query => new("InternalFailure", $"An internal error has occurred (request {requestId})", 500),
        _ => new("InternalServerError", $"An internal error has occurred (request {requestId})", 500),
    };

    private static AwsException Ec2(SignatureError error) => error.Kind switch
    {
        SignatureErrorKind.Missing => new("MissingAuthenticationToken", error.Message, 403),
        SignatureErrorKind.Incomplete => new("IncompleteSignature", error.Message, 400),
        SignatureErrorKind.Expired or SignatureErrorKind.PresignedExpired or SignatureErrorKind.ExpiredToken => new("RequestExpired", "Request has expired.", 400),

        // EC2 says no more than this for a wrong key, a wrong secret and a clock in the future; what we add to it helps and tells no secret.
        SignatureErrorKind.UnsupportedVersion or SignatureErrorKind.WrongScope or SignatureErrorKind.NotYetCurrent or SignatureErrorKind.HeaderNotSigned =>
            new("AuthFailure", $"{Ec2Refusal}: {error.Message}", 401),
        _ => new("AuthFailure", Ec2Refusal, 401),
    };

    private static AwsException Query(SignatureError error) => error.Kind switch
    {
        SignatureErrorKind.Missing => new("MissingAuthenticationToken", error.Message, 403),
        SignatureErrorKind.Incomplete => new("IncompleteSignature", error.Message, 400),
        SignatureErrorKind.UnknownKey or SignatureErrorKind.InvalidToken => new("InvalidClientTokenId", error.Message, 403),
        SignatureErrorKind.ExpiredToken => new("ExpiredToken", error.Message, 403),
        SignatureErrorKind.PresignedExpired => new("RequestExpired", error.Message, 400),
        _ => new("SignatureDoesNotMatch", error.Message, 403),
    };

    private static AwsException Json(SignatureError error, int status) => error.Kind switch
    {
        SignatureErrorKind.Missing => new("MissingAuthenticationTokenException", error.Message, status),
        SignatureErrorKind.Incomplete => new("IncompleteSignatureException", error.Message, status),
        SignatureErrorKind.UnknownKey or SignatureErrorKind.InvalidToken => new("UnrecognizedClientException", error.Message, status),
        SignatureErrorKind.ExpiredToken => new("ExpiredTokenException", error.Message, status),
        _ => new("InvalidSignatureException", error.Message, status),
    };

    private static AwsException S3(SignatureError error) => error.Kind switch
    {
        SignatureErrorKind.Missing => new("AccessDenied", "Access Denied", 403),
        SignatureErrorKind.Incomplete or SignatureErrorKind.WrongScope => new("AuthorizationHeaderMalformed", error.Message, 400),
        SignatureErrorKind.UnsupportedVersion => new("InvalidRequest", error.Message, 400),
        SignatureErrorKind.UnknownKey => new("InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist in our records.", 403),
        SignatureErrorKind.InvalidToken => new("InvalidToken", "The provided token is malformed or otherwise invalid.", 400),
        SignatureErrorKind.ExpiredToken => new("ExpiredToken", "The provided token has expired.", 400),
        SignatureErrorKind.Expired or SignatureErrorKind.NotYetCurrent =>
            new("RequestTimeTooSkewed", "The difference between the request time and the current time is too large.", 403),
        SignatureErrorKind.PresignedExpired or SignatureErrorKind.HeaderNotSigned => new("AccessDenied", error.Message, 403),
        SignatureErrorKind.PayloadNotDeclared => new("InvalidRequest", error.Message, 400),
        SignatureErrorKind.PayloadMismatch => new("XAmzContentSHA256Mismatch", error.Message, 400),
        _ => new("SignatureDoesNotMatch", error.Message, 403),
    };
}
