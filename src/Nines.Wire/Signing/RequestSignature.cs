namespace Nines.Wire.Signing;

/// <summary>The authentication that a request carries, taken apart but not yet believed.</summary>
public sealed record RequestSignature
{
    /// <summary>Whose secret signed: an access key id.</summary>
    public required string AccessKeyId { get; init; }

    /// <summary>What the signature is good for.</summary>
    public required CredentialScope Scope { get; init; }

    /// <summary>The names of the signed headers, in lower case, in the order in which they were signed.</summary>
    public required string[] SignedHeaders { get; init; }

    /// <summary>The names as they were sent, with semicolons.</summary>
    public required string SignedHeadersText { get; init; }

    /// <summary>The signature, in hexadecimal.</summary>
    public required string Signature { get; init; }

    /// <summary>When the request was signed.</summary>
    public required DateTimeOffset SignedAt { get; init; }

    /// <summary>That time, as <c>yyyyMMddTHHmmssZ</c>.</summary>
    public required string SignedAtText { get; init; }

    /// <summary>The session token; null when long-term keys signed.</summary>
    public string? SecurityToken { get; init; }

    /// <summary>Whether the signature is in the query (a presigned URL) and not in the header.</summary>
    public bool IsPresigned { get; init; }

    /// <summary>How long a presigned URL is good for; null when it does not say.</summary>
    public TimeSpan? Expires { get; init; }

    /// <summary>Whether a header is among the signed ones.</summary>
    public bool Signs(string lowerName) => Array.IndexOf(SignedHeaders, lowerName) >= 0;
}
