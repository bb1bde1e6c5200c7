using System.Security.Cryptography;
using Nines.Control.Services.Kms;
using Nines.Control.Store;
using Nines.Host.Api;
using Snapshot = Nines.Control.Services.Ec2.Snapshots.Snapshot;

namespace Nines.Control.Services.Ec2.Encryption;

/// <summary>Decides what disks are encrypted with, makes their data keys, and opens them for the hosts.</summary>
internal sealed class VolumeKeys(Cloud cloud, DataKeys keys)
{
    /// <summary>The name of the cloud's own key for disks.</summary>
    public const string ManagedAlias = "alias/aws/ebs";

    /// <summary>What AWS has as the context of a volume's data key ("How Amazon EBS uses AWS KMS").</summary>
    private const string Context = "aws:ebs:id";

    private const string ManagedDescription = "Default key that protects my EBS volumes when no other key is defined";

    /// <summary>The key of KMS that a new volume is to be under; <see langword="null"/>: it is not encrypted.</summary>
    /// <param name="transaction">The volume's own.</param>
    /// <param name="accountId">Whose volume.</param>
    /// <param name="asked">What the request says.</param>
    /// <param name="source">The snapshot that it starts as, or <see langword="null"/>. What comes of an encrypted one is always encrypted, by default under the same key.</param>
    /// <param name="now">When the cloud's own key is made, if it is.</param>
    /// <exception cref="Nines.Wire.AwsException"><c>InvalidParameterDependency</c>, <c>InvalidKmsKeyId.NotFound</c>, <c>AuthFailure</c>.</exception>
    public KmsKey? ForVolume(CloudTransaction transaction, string accountId, EncryptionRequest asked, Snapshot? source, DateTimeOffset now) =>
        Decide(transaction, accountId, asked, source, now, keepsKey: true);

    /// <summary>The key of KMS that a copy of a snapshot is to be under; <see langword="null"/>: it is not encrypted. A copy is under the account's default key unless another is named.</summary>
    /// <exception cref="Nines.Wire.AwsException"><c>InvalidParameterDependency</c>, <c>InvalidKmsKeyId.NotFound</c>, <c>AuthFailure</c>.</exception>
    public KmsKey? ForCopy(CloudTransaction transaction, string accountId, EncryptionRequest asked, Snapshot source, DateTimeOffset now) =>
        Decide(transaction, accountId, asked, source, now, keepsKey: false);

    /// <summary>The key that an account names as its default.</summary>
    /// <exception cref="Nines.Wire.AwsException"><c>InvalidKmsKeyId.NotFound</c>.</exception>
    public KmsKey Find(CloudTransaction transaction, string accountId, string keyId) =>
        keys.Find(transaction, accountId, keyId) ?? throw EncryptionErrors.KeyNotFound(keyId);

    /// <summary>The cloud's own key for an account's disks.</summary>
    public KmsKey Managed(CloudTransaction transaction, string accountId, DateTimeOffset now) => keys.Managed(transaction, accountId, ManagedAlias, ManagedDescription, now);

    /// <summary>The full name of a key of KMS.</summary>
    public string ArnOf(KmsKey key) => keys.ArnOf(key);

    /// <summary>
    /// What a volume or snapshot is encrypted with: its source's data key if it is under the same key of KMS, and else a new one. A key that cannot be used is no error
    /// here: as on AWS, what was to be under it fails later.
    /// </summary>
    /// <param name="id">The volume or snapshot.</param>
    /// <param name="key">The key of KMS; <see langword="null"/>: it is not encrypted.</param>
    /// <param name="source">What it starts as is encrypted with, or <see langword="null"/>.</param>
    public VolumeKey? Make(string id, KmsKey? key, VolumeKey? source) =>
        key is null ? null
        : source?.KmsKeyId == key.Id ? source
        : new VolumeKey(keys.ArnOf(key), id, key.IsEnabled ? Convert.ToBase64String(keys.New(key, ContextOf(id))) : "");

    /// <summary>Whether a key can be opened now; so can none.</summary>
    public static bool IsUsable(CloudTransaction transaction, string accountId, VolumeKey? key) =>
        key is null || (key.Ciphertext.Length > 0 && transaction.Find(KmsKey.Table, accountId, key.KmsKeyId) is { IsEnabled: true });

    /// <summary>What a host is told of a key: the secret, or why it does not get it.</summary>
    public DiskKey? Tell(string accountId, VolumeKey? key)
    {
        if (key is null)
        {
            return null;
        }

        if (key.Ciphertext.Length == 0 || cloud.Find(KmsKey.Table, accountId, key.KmsKeyId) is not { IsEnabled: true } found)
        {
            return new DiskKey(key.Id) { Failure = "The KMS key provided is in an incorrect state" };
        }

        var secret = keys.Open(found, Convert.FromBase64String(key.Ciphertext), ContextOf(key.Id));
        var told = new DiskKey(key.Id) { Secret = Convert.ToBase64String(secret) };
        CryptographicOperations.ZeroMemory(secret);
        return told;
    }

    private KmsKey? Decide(CloudTransaction transaction, string accountId, EncryptionRequest asked, Snapshot? source, DateTimeOffset now, bool keepsKey)
    {
        var defaults = EncryptionDefaults.Of(transaction, accountId);
        if (asked.KmsKeyId is not null && asked.Encrypted != true && !(asked.Encrypted is null && defaults.IsEnabled))
        {
            throw EncryptionErrors.KeyWithoutEncryption();
        }

        if (source is { Key: not null } && source.AccountId != accountId)
        {
            throw EncryptionErrors.KeyOfAnother(source.Id);
        }

        // Encryption is never taken away, and not refused either where the account has it for all that is new.
        if (asked.Encrypted != true && !defaults.IsEnabled && source?.Key is null)
        {
            return null;
        }

        if (asked.KmsKeyId is { } named)
        {
            return named == ManagedAlias ? Managed(transaction, accountId, now) : Find(transaction, accountId, named);
        }

        if (keepsKey && source?.Key is { } kept)
        {
            return Find(transaction, accountId, kept.KmsKeyId);
        }

        return defaults.KmsKeyId is { } own ? Find(transaction, accountId, own) : Managed(transaction, accountId, now);
    }

    private static Dictionary<string, string> ContextOf(string id) => new(StringComparer.Ordinal) { [Context] = id };
}
