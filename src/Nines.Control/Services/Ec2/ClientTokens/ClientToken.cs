using System.Security.Cryptography;
using System.Text;
using Nines.Control.Services.Ec2.Instances;
using Nines.Control.Store;
using Nines.Wire.Json;
using Nines.Wire.Schemas;

namespace Nines.Control.Services.Ec2.ClientTokens;

/// <summary>
/// That a client token made something: the same request again gets the same, another is refused (EC2 API Reference: Ensuring idempotency). Two that come at
/// the same time meet at this record. It goes with what it made. Launches have a record of their own, <see cref="LaunchToken"/>, as they make many.
/// </summary>
/// <param name="AccountId">Whose token.</param>
/// <param name="Id">What kind of resource it made, a slash, and the token.</param>
/// <param name="Fingerprint">What was asked for.</param>
/// <param name="ResourceId">What it made.</param>
internal sealed record ClientToken(string AccountId, string Id, string Fingerprint, string ResourceId) : IResource
{
    public static readonly TableDefinition<ClientToken> Table = new("client-tokens", Ec2JsonContext.Default.ClientToken);

    private const int MaximumLength = 64;

    /// <summary>A request's token; <see langword="null"/> when it has none.</summary>
    /// <exception cref="Nines.Wire.AwsException"><c>InvalidParameterValue</c>.</exception>
    public static string? Parse(string? token)
    {
        if (string.IsNullOrEmpty(token))
        {
            return null;
        }

        return token.Length <= MaximumLength && token.All(char.IsAscii)
            ? token
            : throw Ec2Errors.InvalidValue("clientToken", token, $"The token must be at most {MaximumLength} ASCII characters.");
    }

    /// <summary>A digest of what a request asks for: of all of it but its token and whether it is a dry run, which the caller takes out.</summary>
    public static string FingerprintOf(IShape request) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(ShapeDocument.Write(request).ToJsonString())));

    /// <summary>The resource that the token made before; <see langword="null"/> when it made none, which becomes a condition.</summary>
    /// <param name="transaction">Where it is looked for.</param>
    /// <param name="accountId">Whose token.</param>
    /// <param name="kind">The resource's type, such as <c>volume</c>.</param>
    /// <param name="token">The token; <see langword="null"/>: the request has none.</param>
    /// <param name="fingerprint">What is asked for.</param>
    /// <exception cref="Nines.Wire.AwsException"><c>IdempotentParameterMismatch</c>.</exception>
    public static string? MadeBefore(CloudTransaction transaction, string accountId, string kind, string? token, string fingerprint)
    {
        if (token is null || transaction.Find(Table, accountId, IdOf(kind, token)) is not { } used)
        {
            return null;
        }

        return used.Fingerprint == fingerprint ? used.ResourceId : throw InstanceErrors.TokenReused(token);
    }

    /// <summary>Remembers what the token made.</summary>
    public static void Remember(CloudTransaction transaction, string accountId, string kind, string? token, string fingerprint, string resourceId)
    {
        if (token is not null)
        {
            transaction.Insert(Table, new ClientToken(accountId, IdOf(kind, token), fingerprint, resourceId));
        }
    }

    /// <summary>What the token made is gone; the token is free again.</summary>
    public static void Forget(CloudTransaction transaction, string accountId, string kind, string? token)
    {
        if (token is not null && transaction.Find(Table, accountId, IdOf(kind, token)) is { } used)
        {
            transaction.Delete(Table, used);
        }
    }

    private static string IdOf(string kind, string token) => $"{kind}/{token}";
}
