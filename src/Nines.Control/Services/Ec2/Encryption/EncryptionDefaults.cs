using Nines.Control.Store;

namespace Nines.Control.Services.Ec2.Encryption;

/// <summary>How an account wants new volumes and copies of snapshots encrypted ("Enable EBS encryption by default", Amazon EBS User Guide).</summary>
internal sealed record EncryptionDefaults : IResource
{
    public static readonly TableDefinition<EncryptionDefaults> Table = new("encryption-defaults", Ec2JsonContext.Default.EncryptionDefaults);

    /// <summary>The one record of an account that has said something.</summary>
    public const string TheOne = "encryption-defaults";

    public required string AccountId { get; init; }

    public string Id { get; init; } = TheOne;

    /// <summary>Whether all that is new is encrypted.</summary>
    public bool IsEnabled { get; init; }

    /// <summary>The key where a request names none; <see langword="null"/>: the cloud's own.</summary>
    public string? KmsKeyId { get; init; }

    /// <summary>What an account has said, or a new one's beginning; that it stays so becomes a condition.</summary>
    public static EncryptionDefaults Of(CloudTransaction transaction, string accountId) => transaction.Find(Table, accountId, TheOne) ?? new EncryptionDefaults { AccountId = accountId };

    /// <inheritdoc cref="Of(CloudTransaction, string)"/>
    public static EncryptionDefaults Of(Cloud cloud, string accountId) => cloud.Find(Table, accountId, TheOne) ?? new EncryptionDefaults { AccountId = accountId };
}
