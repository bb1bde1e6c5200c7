using System.Security.Cryptography;

namespace Nines.Control.Services.Ec2.KeyPairs;

/// <summary>OpenSSH's own form of a private key, without a passphrase. Source: PROTOCOL.key of OpenSSH.</summary>
internal static class OpenSshKeyFile
{
    private const int BlockSize = 8;
    private const int LineLength = 70;

    /// <summary>An Ed25519 key.</summary>
    public static string Write(PublicKey key, byte[] publicPart, byte[] seed, string comment)
    {
        // The same number twice: a reader knows by it that it decrypted rightly.
        var check = RandomNumberGenerator.GetBytes(sizeof(uint));
        var secret = new SshWriter()
            .Raw(check).Raw(check)
            .String(PublicKey.Ed25519Algorithm)
            .String(publicPart)
            .String([.. seed, .. publicPart])
            .String(comment)
            .ToArray();
        byte[] padding = [.. Enumerable.Range(1, (BlockSize - (secret.Length % BlockSize)) % BlockSize).Select(number => (byte)number)];
        var file = new SshWriter()
            .Raw("openssh-key-v1\0"u8)
            .String("none").String("none").String("")
            .UInt32(1)
            .String(key.Blob)
            .String([.. secret, .. padding])
            .ToArray();
        var lines = Convert.ToBase64String(file).Chunk(LineLength).Select(line => new string(line));
        return $"-----BEGIN OPENSSH PRIVATE KEY-----\n{string.Join('\n', lines)}\n-----END OPENSSH PRIVATE KEY-----\n";
    }
}
