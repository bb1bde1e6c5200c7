namespace Nines.Wire.Signing;

/// <summary>Why a request is not taken for its caller's. Every service family has its own error codes for these.</summary>
public enum SignatureErrorKind
{
    /// <summary>Nothing in the request says who calls.</summary>
    Missing,

    /// <summary>The authentication is there, but a part of it is missing or malformed.</summary>
    Incomplete,

    /// <summary>An older (or other) signature version than 4.</summary>
    UnsupportedVersion,

    /// <summary>The scope of the credential names another day, region or service.</summary>
    WrongScope,

    /// <summary>No such access key.</summary>
    UnknownKey,

    /// <summary>The session token is malformed, forged, or of another access key.</summary>
    InvalidToken,

    /// <summary>The session has ended.</summary>
    ExpiredToken,

    /// <summary>Signed too long ago.</summary>
    Expired,

    /// <summary>Signed in the future.</summary>
    NotYetCurrent,

    /// <summary>A presigned URL after its time.</summary>
    PresignedExpired,

    /// <summary>The signature is not the one we calculate.</summary>
    Mismatch,

    /// <summary>A header that must be signed is not.</summary>
    HeaderNotSigned,

    /// <summary>The header that declares the body's hash is missing.</summary>
    PayloadNotDeclared,

    /// <summary>The body's hash is not the declared one.</summary>
    PayloadMismatch,
}
