using System.Globalization;
using System.Text;

namespace Nines.Wire.Signing;

/// <summary>Signs requests, as a client does.</summary>
/// <param name="credentials">Whose requests they are.</param>
/// <param name="region">The region that is called.</param>
/// <param name="service">The signing name of the service that is called.</param>
/// <param name="policy">The service's rules; the default ones when null.</param>
public sealed class RequestSigner(Credentials credentials, string region, string service, SigningPolicy? policy = null)
{
    private readonly SigningPolicy _policy = policy ?? SigningPolicy.Default;
    private readonly SigningKeyCache _keys = new(capacity: 4);

    /// <summary>The value of the Authorization header.</summary>
    /// <param name="request">The request; every one of its headers is signed. It must have <c>host</c> and <c>x-amz-date</c> (of <paramref name="now"/>), and <c>x-amz-security-token</c> for a session.</param>
    /// <param name="payload">The body's hash, or one of the values of <see cref="Payload"/>.</param>
    /// <param name="now">The time of the signature.</param>
    public string Authorization(in SignableRequest request, string payload, DateTimeOffset now)
    {
        var scope = Scope(now);
        var names = request.Headers.Names.Select(name => name.ToLowerInvariant()).Distinct().Order(StringComparer.Ordinal).ToArray();
        return $"{CanonicalRequest.Algorithm} Credential={credentials.AccessKeyId}/{scope}, SignedHeaders={string.Join(';', names)}, Signature={Sign(request, names, payload, now, scope, isPresigned: false)}";
    }

    /// <summary>The query of a presigned URL: the request's own, the signature's parameters, and the signature.</summary>
    /// <param name="request">The request; every one of its headers is signed, commonly <c>host</c> alone.</param>
    /// <param name="payload">The body's hash, or one of the values of <see cref="Payload"/>.</param>
    /// <param name="now">The time of the signature.</param>
    /// <param name="expires">How long the URL is good for.</param>
    public string PresignedQuery(in SignableRequest request, string payload, DateTimeOffset now, TimeSpan expires)
    {
        var scope = Scope(now);
        var names = request.Headers.Names.Select(name => name.ToLowerInvariant()).Distinct().Order(StringComparer.Ordinal).ToArray();
        var query = new StringBuilder(request.Query);
        Append(query, QueryNames.Algorithm, CanonicalRequest.Algorithm);
        Append(query, QueryNames.Credential, $"{credentials.AccessKeyId}/{scope}");
        Append(query, QueryNames.Date, DateText(now));
        Append(query, QueryNames.Expires, ((long)expires.TotalSeconds).ToString(CultureInfo.InvariantCulture));
        Append(query, QueryNames.SignedHeaders, string.Join(';', names));
        if (credentials.SessionToken is not null)
        {
            Append(query, QueryNames.SecurityToken, credentials.SessionToken);
        }

        Append(query, QueryNames.Signature, Sign(request with { Query = query.ToString() }, names, payload, now, scope, isPresigned: true));
        return query.ToString();
    }

    /// <summary>A time as <c>x-amz-date</c> carries it.</summary>
    public static string DateText(DateTimeOffset time) =>
        time.UtcDateTime.ToString(RequestSignatureParser.DateFormat, CultureInfo.InvariantCulture);

    private CredentialScope Scope(DateTimeOffset now) => new(DateText(now)[..8], region, service);

    private string Sign(in SignableRequest request, string[] names, string payload, DateTimeOffset now, in CredentialScope scope, bool isPresigned)
    {
        Span<byte> signature = stackalloc byte[64];
        var key = _keys.Get(credentials.AccessKeyId, credentials.SecretAccessKey, scope);
        CanonicalRequest.Sign(request, names, payload, DateText(now), scope, key, isPresigned, _policy, signature);
        return Encoding.ASCII.GetString(signature);
    }

    private static void Append(StringBuilder query, string name, string value) =>
        query.Append(query.Length == 0 ? "" : "&").Append(name).Append('=').Append(UriEncoding.Encode(value, keepSlash: false));
}
