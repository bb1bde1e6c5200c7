using System.Text.Json.Serialization;

namespace Nines.Control.Services.Ec2.Encryption;

/// <summary>What a volume or a snapshot is encrypted with: a data key that only a key of KMS opens. Those that start as one another share it.</summary>
/// <param name="KmsKeyArn">The key of KMS, which belongs to the same account.</param>
/// <param name="Id">The volume or snapshot that the data key was made for; it is the encryption context, and names the data key on hosts.</param>
/// <param name="Ciphertext">The data key as KMS encrypted it, in base 64; empty when the key could not be used: then it opens nothing, ever.</param>
internal sealed record VolumeKey(string KmsKeyArn, string Id, string Ciphertext)
{
    /// <summary>The id of the key of KMS.</summary>
    [JsonIgnore]
    public string KmsKeyId => KmsKeyArn[(KmsKeyArn.LastIndexOf('/') + 1)..];
}
