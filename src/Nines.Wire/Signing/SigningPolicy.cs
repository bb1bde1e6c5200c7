namespace Nines.Wire.Signing;

/// <summary>Where the rules of Signature Version 4 differ between services.</summary>
public sealed record SigningPolicy
{
    /// <summary>The rules of every service but S3.</summary>
    public static SigningPolicy Default { get; } = new();

    /// <summary>
    /// The rules of S3: the path is taken as it is and encoded once, every <c>x-amz-*</c> header is signed, the hash of
    /// the body is the one that the client declares (so that a signature can be checked before the body arrives).
    /// </summary>
    public static SigningPolicy S3 { get; } = new()
    {
        Skew = TimeSpan.FromMinutes(15),
        NormalisesPath = false,
        SignsEveryAmzHeader = true,
        DeclaresPayload = true,
    };

    /// <summary>How far the clock of a client may be from ours, either way.</summary>
    public TimeSpan Skew { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>The longest life of a presigned URL.</summary>
    public TimeSpan LongestPresigned { get; init; } = TimeSpan.FromDays(7);

    /// <summary>Whether dot segments and repeated slashes are removed from the path and its percent signs are encoded again.</summary>
    public bool NormalisesPath { get; init; } = true;

    /// <summary>Whether every header that begins with <c>x-amz-</c> must be signed.</summary>
    public bool SignsEveryAmzHeader { get; init; }

    /// <summary>Whether the payload's hash in the signature is the value of <c>x-amz-content-sha256</c>.</summary>
    public bool DeclaresPayload { get; init; }
}
