using Nines.Wire;

namespace Nines.Control.Services.Ec2.KeyPairs;

/// <summary>The errors that only key pairs have, in EC2's codes and words.</summary>
internal static class KeyPairErrors
{
    /// <summary>The name is taken.</summary>
    public static AwsException Duplicate(string name) => new("InvalidKeyPair.Duplicate", $"The keypair '{name}' already exists.");

    /// <summary>No pair has these names.</summary>
    public static AwsException NamesNotFound(params IReadOnlyCollection<string> names) => new(
        "InvalidKeyPair.NotFound",
        names.Count == 1 ? $"The key pair '{names.First()}' does not exist" : $"The key pairs '{string.Join(", ", names)}' do not exist");

    /// <summary>The material is no public key that instances could use.</summary>
    public static AwsException NotAKey() => new("InvalidKey.Format", "Key is not in valid OpenSSH public key format");
}
