using Nines.Control.Identity;
using Nines.Wire;
using Nines.Wire.Signing;

namespace Nines.Control.Gateway;

/// <summary>Says who sent a request, from its signature. There is no way around it.</summary>
/// <param name="keys">The long-term keys.</param>
/// <param name="sessions">The temporary ones.</param>
/// <param name="region">The region of this cloud.</param>
internal sealed class Authenticator(AccessKeys keys, SessionTokens sessions, string region)
{
    /// <summary>Services with one endpoint for the world: their clients sign for this region wherever they are.</summary>
    private const string GlobalRegion = "us-east-1";

    private static readonly string[] s_globalServices = ["iam", "route53", "sts"];

    private readonly SigningKeyCache _signingKeys = new();

    /// <summary>The caller of a request.</summary>
    /// <param name="request">The request, with its body.</param>
    /// <param name="signingName">The service that was asked, by the name that stands in a credential's scope; null when the request does not say: it is refused later.</param>
    /// <param name="now">The time.</param>
    /// <param name="error">Why there is no caller, when null is returned.</param>
    public Caller? Authenticate(WireRequest request, string? signingName, DateTimeOffset now, out SignatureError? error)
    {
        var policy = signingName == "s3" ? SigningPolicy.S3 : SigningPolicy.Default;
        var signable = new SignableRequest(request.Method, request.Path, request.QueryString, request.Headers);
        if (!RequestSignatureParser.TryParse(signable, out var signature, out error))
        {
            if (error == SignatureError.Missing && HasVersion2Form(request))
            {
                error = SignatureError.UnsupportedVersion;
            }

            return null;
        }

        error = CheckScope(signature.Scope, signingName ?? signature.Scope.Service)
            ?? SignatureVerifier.CheckCoverage(signable, signature, policy)
            ?? SignatureVerifier.CheckTime(signature, now, policy);
        if (error is not null || !TryGetPayload(request, signature, policy, out var payload, out error))
        {
            return null;
        }

        if (FindKey(signature, now, out var secret, out error) is not { } caller)
        {
            return null;
        }

        var key = _signingKeys.Get(signature.AccessKeyId, secret, signature.Scope);
        error = SignatureVerifier.Matches(signable, signature, key, payload, policy) ? null : SignatureError.Mismatch;
        return error is null ? caller : null;
    }

    private Caller? FindKey(RequestSignature signature, DateTimeOffset now, out string secret, out SignatureError? error)
    {
        secret = "";
        error = null;
        if (signature.SecurityToken is { } token)
        {
            if (!sessions.TryOpen(token, out var session) || session.AccessKeyId != signature.AccessKeyId)
            {
                error = SignatureError.InvalidToken;
                return null;
            }

            if (now >= session.ExpiresAt)
            {
                error = SignatureError.ExpiredToken;
                return null;
            }

            secret = session.SecretAccessKey;
            return new Caller(session.AccountId, session.Arn, session.UserId, session.AccessKeyId, session.IsRoot, IsSession: true);
        }

        if (keys.Find(signature.AccessKeyId) is not { } found)
        {
            error = SignatureError.UnknownKey;
            return null;
        }

        secret = found.Secret;
        var accountId = found.Key.AccountId;
        return new Caller(accountId, Account.RootArn(accountId), accountId, found.Key.Id, IsRoot: true);
    }

    private SignatureError? CheckScope(in CredentialScope scope, string signingName)
    {
        if (scope.Service != signingName)
        {
            return new SignatureError(SignatureErrorKind.WrongScope, $"Credential should be scoped to correct service: '{signingName}'. ");
        }

        return scope.Region == region || (scope.Region == GlobalRegion && s_globalServices.Contains(signingName))
            ? null
            : new SignatureError(SignatureErrorKind.WrongScope, $"Credential should be scoped to a valid region, not '{scope.Region}'. ");
    }

    /// <summary>
    /// What stands for the body in the signature. Only S3 lets the client declare it, and then it must be true: a body
    /// in signed chunks is not taken as long as nothing checks the chunks.
    /// </summary>
    private static bool TryGetPayload(
        WireRequest request, RequestSignature signature, SigningPolicy policy, out string payload, out SignatureError? error)
    {
        error = null;
        if (!policy.DeclaresPayload)
        {
            payload = Payload.Hash(SentBody(request).Span);
            return true;
        }

        payload = request.Headers.Find(Payload.HeaderName) ?? (signature.IsPresigned ? Payload.NotSigned : "");
        error = payload.Length == 0 ? SignatureError.PayloadNotDeclared : Payload.ParseKind(payload) switch
        {
            PayloadKind.NotSigned => null,
            PayloadKind.Hash when payload == Payload.Hash(SentBody(request).Span) => null,
            PayloadKind.Hash => SignatureError.PayloadMismatch,
            _ => SignatureError.PayloadNotSupported(payload),
        };
        return error is null;
    }

    private static bool HasVersion2Form(WireRequest request)
    {
        const int Look = 4096;
        var start = request.Body.Span[..Math.Min(request.Body.Length, Look)];
        return start.IndexOf("AWSAccessKeyId="u8) >= 0 && start.IndexOf("Signature="u8) >= 0;
    }

    private static ReadOnlyMemory<byte> SentBody(WireRequest request) => request.EncodedBody ?? request.Body;
}
