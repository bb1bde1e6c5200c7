using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text.Json;
using Nines.Control.Secrets;
using Nines.Wire.Signing;

namespace Nines.Control.Identity;

/// <summary>
/// Issues temporary credentials and knows them again. The token is the whole session, encrypted and authenticated with
/// the master key: any replica of the control plane can check it, and it costs no write.
/// </summary>
internal sealed class SessionTokens(SecretBox box, AccessKeyGenerator generator)
{
    private const string Purpose = "session-token";
    private const int LongestToken = 8192;

    /// <summary>New temporary credentials for a principal.</summary>
    /// <param name="accountId">The account.</param>
    /// <param name="arn">The principal.</param>
    /// <param name="userId">AWS's unique id of the principal.</param>
    /// <param name="isRoot">Whether it is the account's root.</param>
    /// <param name="expiresAt">When they end.</param>
    public Credentials Issue(string accountId, string arn, string userId, bool isRoot, DateTimeOffset expiresAt)
    {
        var keys = generator.Next(AccessKeyGenerator.TemporaryPrefix);
        var session = new Session
        {
            AccountId = accountId,
            Arn = arn,
            UserId = userId,
            IsRoot = isRoot,
            AccessKeyId = keys.AccessKeyId,
            SecretAccessKey = keys.SecretAccessKey,
            ExpiresAt = expiresAt,
        };
        var token = box.Seal(JsonSerializer.SerializeToUtf8Bytes(session, IdentityJsonContext.Default.Session), Purpose);
        return keys with { SessionToken = Convert.ToBase64String(token) };
    }

    /// <summary>The session of a token, whether or not it has ended.</summary>
    /// <returns>False when the token is malformed, forged, or made with another master key.</returns>
    public bool TryOpen(string token, [NotNullWhen(true)] out Session? session)
    {
        session = null;
        var sealedSession = new byte[Math.Min(token.Length, LongestToken)];
        if (token.Length > LongestToken || !Convert.TryFromBase64String(token, sealedSession, out var length))
        {
            return false;
        }

        try
        {
            session = JsonSerializer.Deserialize(box.Open(sealedSession.AsSpan(0, length), Purpose), IdentityJsonContext.Default.Session);
            return session is not null;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }
}
