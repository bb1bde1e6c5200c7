namespace Nines.Wire.Signing;

/// <summary>Why a request is refused, in the words that AWS uses where they are known.</summary>
/// <param name="Kind">What is wrong.</param>
/// <param name="Message">The message for the client.</param>
public sealed record SignatureError(SignatureErrorKind Kind, string Message)
{
    /// <summary>Nothing in the request says who calls.</summary>
    public static SignatureError Missing { get; } = new(SignatureErrorKind.Missing, "Request is missing Authentication Token");

    /// <summary>The signature is not the one we calculate.</summary>
    public static SignatureError Mismatch { get; } = new(
        SignatureErrorKind.Mismatch,
        "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.");

    /// <summary>No such access key.</summary>
    public static SignatureError UnknownKey { get; } = new(SignatureErrorKind.UnknownKey, "The security token included in the request is invalid.");

    /// <summary>The session token is malformed, forged, or of another access key.</summary>
    public static SignatureError InvalidToken { get; } = new(SignatureErrorKind.InvalidToken, "The security token included in the request is invalid.");

    /// <summary>The session has ended.</summary>
    public static SignatureError ExpiredToken { get; } = new(SignatureErrorKind.ExpiredToken, "The security token included in the request is expired");

    /// <summary>A presigned URL after its time.</summary>
    public static SignatureError PresignedExpired { get; } = new(SignatureErrorKind.PresignedExpired, "Request has expired");

    /// <summary>An older signature version.</summary>
    public static SignatureError UnsupportedVersion { get; } = new(
        SignatureErrorKind.UnsupportedVersion,
        "The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256 (Signature Version 4).");

    /// <summary>The header that declares the body's hash is missing.</summary>
    public static SignatureError PayloadNotDeclared { get; } = new(
        SignatureErrorKind.PayloadNotDeclared, "Missing required header for this request: x-amz-content-sha256");

    /// <summary>The body's hash is not the declared one.</summary>
    public static SignatureError PayloadMismatch { get; } = new(
        SignatureErrorKind.PayloadMismatch, "The provided 'x-amz-content-sha256' header does not match what was computed.");

    /// <summary>The body is covered in a way that this service cannot check (yet).</summary>
    public static SignatureError PayloadNotSupported(string declared) =>
        new(SignatureErrorKind.PayloadMismatch, $"A payload of '{declared}' is not supported.");

    /// <summary>A part of the authentication is missing or malformed.</summary>
    internal static SignatureError Incomplete(string message) => new(SignatureErrorKind.Incomplete, message);

    /// <summary>The scope names another day, region or service.</summary>
    internal static SignatureError WrongScope(string message) => new(SignatureErrorKind.WrongScope, message);
}
