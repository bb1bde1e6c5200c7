using Nines.Control.Services.Kms;
using Nines.Control.Store;
using Snapshot = Nines.Control.Services.Ec2.Snapshots.Snapshot;

namespace Nines.Control.Services.Ec2.Encryption;

/// <summary>Whom encrypted snapshots may be shared with ("Share an Amazon EBS snapshot", Amazon EBS User Guide).</summary>
internal static class SharingRules
{
    /// <summary>Lets a snapshot, or an image that has it, be shared, or does not.</summary>
    /// <param name="transaction">The change's own.</param>
    /// <param name="what">What is to be shared, for the message.</param>
    /// <param name="snapshot">The snapshot.</param>
    /// <param name="isForAll">Whether with everybody.</param>
    /// <exception cref="Nines.Wire.AwsException"><c>OperationNotPermitted</c>.</exception>
    public static void Check(CloudTransaction transaction, string what, Snapshot snapshot, bool isForAll)
    {
        if (snapshot.Key is not { } key)
        {
            return;
        }

        if (isForAll)
        {
            throw EncryptionErrors.NotPublic(what);
        }

        if (transaction.Find(KmsKey.Table, snapshot.AccountId, key.KmsKeyId) is { IsManaged: true })
        {
            throw EncryptionErrors.ManagedKeyNotShared();
        }
    }
}
