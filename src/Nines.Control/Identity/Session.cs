namespace Nines.Control.Identity;

/// <summary>Temporary credentials, whole: their token is this record, sealed, so that nothing about them is stored.</summary>
internal sealed record Session
{
    /// <summary>The account.</summary>
    public required string AccountId { get; init; }

    /// <summary>The principal: for <c>GetSessionToken</c> the one that asked.</summary>
    public required string Arn { get; init; }

    /// <summary>AWS's unique id of the principal.</summary>
    public required string UserId { get; init; }

    /// <summary>Whether the principal is the root of the account.</summary>
    public required bool IsRoot { get; init; }

    /// <summary>The temporary access key id: <c>ASIA…</c>.</summary>
    public required string AccessKeyId { get; init; }

    /// <summary>The temporary secret.</summary>
    public required string SecretAccessKey { get; init; }

    /// <summary>When the session ends.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }
}
