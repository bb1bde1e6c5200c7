using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Nines.Wire.Signing;

/// <summary>Finds and takes apart the authentication of a request: in its Authorization header, or in its query.</summary>
public static class RequestSignatureParser
{
    internal const string DateFormat = "yyyyMMdd'T'HHmmss'Z'";

    /// <summary>Reads the authentication of a request.</summary>
    /// <returns>Whether there is one and it is well formed; else <paramref name="error"/> says what is wrong.</returns>
    public static bool TryParse(
        in SignableRequest request,
        [NotNullWhen(true)] out RequestSignature? signature,
        [NotNullWhen(false)] out SignatureError? error)
    {
        signature = null;
        error = null;
        var authorization = request.Headers.Find("authorization");
        var algorithm = request.Query.Length == 0 ? null : QueryNames.Find(request.Query, QueryNames.Algorithm);
        try
        {
            if (authorization is not null && algorithm is not null)
            {
                throw new MalformedSignatureException(SignatureError.Incomplete(
                    "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter or the Authorization header should be specified"));
            }

            signature = authorization is not null ? FromHeader(authorization, request.Headers)
                : algorithm is not null ? FromQuery(algorithm, request.Query)
                : throw new MalformedSignatureException(IsVersion2(request.Query) ? SignatureError.UnsupportedVersion : SignatureError.Missing);
            return true;
        }
        catch (MalformedSignatureException malformed)
        {
            error = malformed.Error;
            return false;
        }
    }

    /// <summary>
    /// Whether parameters (of a query or of a form) carry a signature of version 2, as old clients send it. Such a
    /// request is refused, but with the reason.
    /// </summary>
    public static bool IsVersion2(ReadOnlySpan<char> parameters) =>
        parameters.Contains("AWSAccessKeyId=", StringComparison.Ordinal) && parameters.Contains("Signature=", StringComparison.Ordinal);

    private static RequestSignature FromHeader(string authorization, IRequestHeaders headers)
    {
        var space = authorization.IndexOf(' ', StringComparison.Ordinal);
        var algorithm = space < 0 ? authorization : authorization[..space];
        if (algorithm != CanonicalRequest.Algorithm)
        {
            throw new MalformedSignatureException(algorithm is "AWS" ? SignatureError.UnsupportedVersion : UnsupportedAlgorithm(algorithm));
        }

        string? credential = null, signedHeaders = null, signature = null;
        var fields = space < 0 ? "" : authorization.AsSpan(space + 1);
        foreach (var range in fields.Split(','))
        {
            var field = fields[range].Trim();
            var equals = field.IndexOf('=');
            if (equals < 0)
            {
                throw Malformed($"'{field}' not a valid key=value pair (missing equal-sign) in Authorization header: '{authorization}'.");
            }

            switch (field[..equals])
            {
                case "Credential":
                    credential = field[(equals + 1)..].ToString();
                    break;
                case "SignedHeaders":
                    signedHeaders = field[(equals + 1)..].ToString();
                    break;
                case "Signature":
                    signature = field[(equals + 1)..].ToString();
                    break;
            }
        }

        var date = headers.Find("x-amz-date") ?? headers.Find("date");
        if (credential is null || signedHeaders is null || signature is null || date is null)
        {
            throw Malformed(string.Concat(
                credential is null ? "Authorization header requires 'Credential' parameter. " : "",
                signature is null ? "Authorization header requires 'Signature' parameter. " : "",
                signedHeaders is null ? "Authorization header requires 'SignedHeaders' parameter. " : "",
                date is null ? "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. " : "") + $"Authorization={algorithm}");
        }

        return Assemble(credential, signedHeaders, signature, date) with { SecurityToken = headers.Find("x-amz-security-token") };
    }

    private static RequestSignature FromQuery(string algorithm, string query)
    {
        if (algorithm != CanonicalRequest.Algorithm)
        {
            throw new MalformedSignatureException(UnsupportedAlgorithm(algorithm));
        }

        if (QueryNames.Find(query, QueryNames.Credential) is not { } credential
            || QueryNames.Find(query, QueryNames.SignedHeaders) is not { } signedHeaders
            || QueryNames.Find(query, QueryNames.Signature) is not { } signature
            || QueryNames.Find(query, QueryNames.Date) is not { } date)
        {
            throw Malformed("AWS query-string parameters must include 'X-Amz-Algorithm', 'X-Amz-Credential', 'X-Amz-Signature', 'X-Amz-SignedHeaders' and 'X-Amz-Date'. Re-examine the query-string parameters.");
        }

        return Assemble(credential, signedHeaders, signature, date) with
        {
            IsPresigned = true,
            SecurityToken = QueryNames.Find(query, QueryNames.SecurityToken),
            Expires = QueryNames.Find(query, QueryNames.Expires) is { } expires ? ParseExpires(expires) : null,
        };
    }

    private static RequestSignature Assemble(string credential, string signedHeaders, string signature, string date)
    {
        var parts = credential.Split('/');
        if (parts.Length != 5)
        {
            throw Malformed($"Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '{credential}'");
        }

        if (parts[4] != CredentialScope.Terminator)
        {
            throw new MalformedSignatureException(SignatureError.WrongScope(
                $"Credential should be scoped with a valid terminator: '{CredentialScope.Terminator}', not '{parts[4]}'."));
        }

        var signedAt = ParseDate(date);
        var signedAtText = signedAt.ToString(DateFormat, CultureInfo.InvariantCulture);
        if (!signedAtText.AsSpan(0, 8).SequenceEqual(parts[1]))
        {
            throw new MalformedSignatureException(SignatureError.WrongScope(
                $"Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '{parts[1]}' != '{signedAtText[..8]}', from '{signedAtText}'."));
        }

        return new RequestSignature
        {
            AccessKeyId = parts[0],
            Scope = new CredentialScope(parts[1], parts[2], parts[3]),
            SignedHeaders = signedHeaders.Split(';'),
            SignedHeadersText = signedHeaders,
            Signature = signature,
            SignedAt = signedAt,
            SignedAtText = signedAtText,
        };
    }

    private static DateTimeOffset ParseDate(string text)
    {
        const DateTimeStyles Utc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
        return DateTimeOffset.TryParseExact(text, DateFormat, CultureInfo.InvariantCulture, Utc, out var date)
            || DateTimeOffset.TryParseExact(text, "r", CultureInfo.InvariantCulture, Utc, out date)
            ? date
            : throw Malformed($"Date must be in ISO-8601 'basic format'. Got '{text}'. See http://en.wikipedia.org/wiki/ISO_8601");
    }

    private static TimeSpan ParseExpires(string text)
    {
        if (!long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var seconds))
        {
            throw Malformed("X-Amz-Expires should be a number");
        }

        var longest = (long)SigningPolicy.Default.LongestPresigned.TotalSeconds;
        return seconds < 0 ? throw Malformed("X-Amz-Expires must be non-negative")
            : seconds > longest ? throw Malformed($"X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than {longest} seconds")
            : TimeSpan.FromSeconds(seconds);
    }

    private static SignatureError UnsupportedAlgorithm(string algorithm) =>
        SignatureError.Incomplete($"Unsupported AWS 'algorithm': '{algorithm}'. Sign with {CanonicalRequest.Algorithm}.");

    private static MalformedSignatureException Malformed(string message) => new(SignatureError.Incomplete(message));

    private sealed class MalformedSignatureException(SignatureError error) : Exception(error.Message)
    {
        public SignatureError Error { get; } = error;
    }
}
