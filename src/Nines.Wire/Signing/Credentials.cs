namespace Nines.Wire.Signing;

/// <summary>What a client signs with.</summary>
/// <param name="AccessKeyId">The access key id, which is no secret.</param>
/// <param name="SecretAccessKey">The secret.</param>
/// <param name="SessionToken">The session's token, for temporary credentials.</param>
public sealed record Credentials(string AccessKeyId, string SecretAccessKey, string? SessionToken = null)
{
    /// <summary>Without the secret.</summary>
    public override string ToString() => AccessKeyId;
}
