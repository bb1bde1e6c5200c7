using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Nines.Wire.Signing;

/// <summary>Whether a request is really its caller's. Pure: the time, the secret and the body's hash are given.</summary>
public static class SignatureVerifier
{
    /// <summary>Checks that what must be covered by the signature is.</summary>
    /// <returns>What is wrong, or null.</returns>
    public static SignatureError? CheckCoverage(in SignableRequest request, RequestSignature signature, SigningPolicy policy)
    {
        if (!signature.Signs("host"))
        {
            return new SignatureError(SignatureErrorKind.HeaderNotSigned, "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.");
        }

        if (Array.Exists(signature.SignedHeaders, static name => name.AsSpan().ContainsAnyInRange('A', 'Z')))
        {
            return SignatureError.Incomplete("'SignedHeaders' must contain the names of the headers in lower case.");
        }

        foreach (var name in request.Headers.Names)
        {
            if (name.StartsWith("x-amz-", StringComparison.OrdinalIgnoreCase) && MustBeSigned(name, policy) && !Signs(signature, name))
            {
                return new SignatureError(
                    SignatureErrorKind.HeaderNotSigned, $"There were headers present in the request which were not signed: {name.ToLowerInvariant()}");
            }
        }

        return null;
    }

    /// <summary>Checks the time of the signature against ours, so that a request that was overheard is soon worth nothing.</summary>
    /// <returns>What is wrong, or null.</returns>
    public static SignatureError? CheckTime(RequestSignature signature, DateTimeOffset now, SigningPolicy policy)
    {
        if (signature.SignedAt > now + policy.Skew)
        {
            return new SignatureError(
                SignatureErrorKind.NotYetCurrent,
                $"Signature not yet current: {signature.SignedAtText} is still later than {Text(now + policy.Skew)} ({Text(now)} + {policy.Skew.TotalMinutes:0} min.)");
        }

        if (signature is { IsPresigned: true, Expires: { } expires })
        {
            return now > signature.SignedAt + expires ? SignatureError.PresignedExpired : null;
        }

        return signature.SignedAt >= now - policy.Skew
            ? null
            : new SignatureError(
                SignatureErrorKind.Expired,
                $"Signature expired: {signature.SignedAtText} is now earlier than {Text(now - policy.Skew)} ({Text(now)} - {policy.Skew.TotalMinutes:0} min.)");
    }

    /// <summary>Compares the signature with the one we calculate, in a time that does not depend on where they differ.</summary>
    /// <param name="request">The request.</param>
    /// <param name="signature">What it carries.</param>
    /// <param name="signingKey">The key of the access key and the scope.</param>
    /// <param name="payload">The body's hash, or one of the values of <see cref="Payload"/>.</param>
    /// <param name="policy">The service's rules.</param>
    public static bool Matches(
        in SignableRequest request, RequestSignature signature, ReadOnlySpan<byte> signingKey, string payload, SigningPolicy policy)
    {
        Span<byte> expected = stackalloc byte[64];
        CanonicalRequest.Sign(
            request, signature.SignedHeaders, payload, signature.SignedAtText, signature.Scope, signingKey, signature.IsPresigned, policy, expected);

        Span<byte> given = stackalloc byte[64];
        return Encoding.ASCII.TryGetBytes(signature.Signature, given, out var length)
            && length == given.Length
            && CryptographicOperations.FixedTimeEquals(expected, given);
    }

    /// <summary>
    /// The headers that change what a request does or whether it is still good. The session token need not be: it is
    /// sealed, and only the secret inside it gives the signature.
    /// </summary>
    private static bool MustBeSigned(string name, SigningPolicy policy) =>
        policy.SignsEveryAmzHeader
        || name.Equals("x-amz-date", StringComparison.OrdinalIgnoreCase)
        || name.Equals("x-amz-target", StringComparison.OrdinalIgnoreCase);

    private static bool Signs(RequestSignature signature, string name) =>
        Array.Exists(signature.SignedHeaders, signed => signed.Equals(name, StringComparison.OrdinalIgnoreCase));

    private static string Text(DateTimeOffset time) =>
        time.UtcDateTime.ToString(RequestSignatureParser.DateFormat, CultureInfo.InvariantCulture);
}
