using Nines.Api.Ec2;

namespace Nines.Control.Services.Ec2.Encryption;

/// <summary>What a request says about the encryption of a disk.</summary>
/// <param name="Encrypted">Whether it is to be; <see langword="null"/>: as its source is, and as the account has it.</param>
/// <param name="KmsKeyId">The key, by its id, its alias or the full name of either; <see langword="null"/>: none is named.</param>
internal sealed record EncryptionRequest(bool? Encrypted, string? KmsKeyId)
{
    /// <summary>Nothing is said.</summary>
    public static readonly EncryptionRequest Nothing = new(null, null);

    /// <summary>What a block device mapping says.</summary>
    public static EncryptionRequest Of(EbsBlockDevice? ebs) => ebs is null ? Nothing : new EncryptionRequest(ebs.Encrypted, ebs.KmsKeyId);
}
