using Nines.Control.Store;

namespace Nines.Control.Identity;

/// <summary>An account: the owner of everything that is made in its name.</summary>
internal sealed record Account : IResource
{
    public static readonly TableDefinition<Account> Table = new("accounts", IdentityJsonContext.Default.Account);

    /// <summary>Twelve digits.</summary>
    public required string AccountId { get; init; }

    /// <summary>The account's id again: the record's key.</summary>
    public string Id => AccountId;

    /// <summary>What the operator calls it; <see langword="null"/> for the operator's own, which the cloud began with.</summary>
    public string? Name { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The principal that owns the account.</summary>
    public static string RootArn(string accountId) => $"arn:aws:iam::{accountId}:root";

    /// <summary>Whether text is an account's id.</summary>
    public static bool IsId(string text) => text.Length == 12 && !text.AsSpan().ContainsAnyExceptInRange('0', '9');
}
